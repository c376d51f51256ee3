"""What is exported answers as the pipeline does, in a process with TensorFlow alone."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.pipelines import recorded_calls as recorded
from transformer_tf.pipelines.exporting.labels import ServedLabels
from transformer_tf.pipelines.exporting.masks import ServedMasks

TEXTS = [
    "My name is Sarah and I live in London.",
    "naïve café  owners   don't",
    "東京 is far away 🙂",
    "",
    "x",
]
MASKED = ["My name is {}.", "({})", "{} fox", "naïve café  {}, don't 🙂"]
QUESTIONS = ["Who?", "Where is it?", "¿Dónde?"]
CONTEXTS = ["Sarah lives in London.", "It is in Berlin, naïve one 🙂.", "東京"]
WRITE = {"max_new_tokens": 5, "jit_compile": False}
# Name -> (folder of the recorded model, options, the inputs).
CASES = {
    "features": ("feature_extraction", {}, {"texts": TEXTS}),
    "pooled": (
        "feature_extraction",
        {"pooling": "mean", "normalize": True},
        {"texts": TEXTS},
    ),
    "labels": ("sentiment_analysis", {"top_k": None}, {"texts": TEXTS}),
    "sigmoid": ("sentiment_multi_label", {"top_k": 2}, {"texts": TEXTS}),
    "zero_shot": (
        "zero_shot",
        {},
        {"texts": TEXTS[:3], "candidate_labels": ["sport", "travel", "política"]},
    ),
    "one_label": (
        "zero_shot_other_order",
        {"language": "es"},
        {"texts": TEXTS[:3], "candidate_labels": ["sport"]},
    ),
    "fill_mask": ("fill_mask", {}, {"texts": [t.format("[MASK]") for t in MASKED]}),
    "fill_mask_roberta": (
        "fill_mask_roberta",
        {"top_k": 3},
        {"texts": [t.format("<mask>") for t in MASKED]},
    ),
    "tokens": ("ner", {"ignore_labels": ["MISC"]}, {"texts": TEXTS}),
    "simple": ("ner", {"aggregation_strategy": "simple"}, {"texts": TEXTS}),
    "first": ("ner_roberta", {"aggregation_strategy": "first"}, {"texts": TEXTS}),
    "average": ("ner", {"aggregation_strategy": "average"}, {"texts": TEXTS}),
    "max": ("ner_roberta", {"aggregation_strategy": "max"}, {"texts": TEXTS}),
    "answers": (
        "question_answering",
        {"top_k": 3},
        {"questions": QUESTIONS, "contexts": CONTEXTS},
    ),
    "impossible": (
        "question_answering_roberta",
        {"handle_impossible_answer": True, "top_k": 9, "align_to_words": False},
        {"questions": QUESTIONS, "contexts": CONTEXTS},
    ),
    "generation": (
        "text_generation",
        {"do_sample": False, **WRITE},
        {"texts": TEXTS[:3]},
    ),
    "summary": ("summarization", WRITE, {"texts": TEXTS[:3]}),
}
SIZES = {
    "generation": {"prompt_length": 30, "rows": 2},
    "summary": {"prompt_length": 50},
}


# In the ordinary run: a label, and places in the text. The others take minutes.
EVERYDAY = {"labels", "answers"}


def cases(names):
    """Names for a test, each marked by how often it runs."""
    marks = {True: pytest.mark.slow, False: pytest.mark.full}
    return [pytest.param(name, marks=marks[name in EVERYDAY]) for name in names]


@pytest.fixture(scope="module")
def everyday_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("everyday")


@pytest.fixture(scope="module")
def everyday(everyday_folder):
    return exported(EVERYDAY, everyday_folder)


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    return exported(CASES.keys() - EVERYDAY, tmp_path_factory.mktemp("others"))


@pytest.fixture
def served(request, name):
    """The answers of an exported pipeline."""
    fixture = "everyday" if name in EVERYDAY else "others"
    return request.getfixturevalue(fixture)[name]


def exported(names, folder):
    """The answers of exported pipelines, from a process of its own."""
    for name in names:
        of, options, _ = CASES[name]
        recorded.made(of).export(folder / name, SIZES.get(name), **options)
    run = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("served_alone.py")), str(folder)],
        input=json.dumps({name: CASES[name][2] for name in names}),
        capture_output=True,
        text=True,
        timeout=600,
        cwd=folder,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout.splitlines()[-1])


def of_pipeline(name):
    """The same from the pipeline, one answer a row."""
    of, options, inputs = CASES[name]
    answer = recorded.made(of)
    if "questions" in inputs:
        pairs = zip(inputs["questions"], inputs["contexts"])
        given = [{"question": q, "context": c} for q, c in pairs]
        return answer(given, **options)
    labels = inputs.get("candidate_labels")
    more = {} if labels is None else {"candidate_labels": labels}
    return answer(inputs["texts"], **more, **options)


def rows(found, names):
    """Columns of a signature as the pipeline's dicts, row by row."""
    columns = [found[name] for name in names]
    return [
        [dict(zip(names.values(), cell)) for cell in zip(*row)] for row in zip(*columns)
    ]


@pytest.mark.parametrize("name", cases(["labels", "sigmoid"]))
def test_labels(served, name):
    found = rows(served, {"labels": "label", "scores": "score"})
    assert recorded.differences(found, of_pipeline(name)) == []


@pytest.mark.parametrize("name", cases(["zero_shot", "one_label"]))
def test_zero_shot(served, name):
    for row, expected in enumerate(of_pipeline(name)):
        for key in ("labels", "scores"):
            assert recorded.differences(served[key][row], expected[key]) == []


@pytest.mark.parametrize("name", cases(["features"]))
def test_features(served, name):
    for row, expected in enumerate(of_pipeline(name)):
        length = served["length"][row]
        found = np.array(served["vectors"][row])
        np.testing.assert_allclose(found[:length], expected[0], atol=1e-5)
        assert not found[length:].any()


@pytest.mark.parametrize("name", cases(["pooled"]))
def test_one_vector_a_text(served, name):
    np.testing.assert_allclose(served["vectors"], of_pipeline(name), atol=1e-5)


@pytest.mark.parametrize("name", cases(["fill_mask", "fill_mask_roberta"]))
def test_masks(served, name):
    names = {
        "scores": "score",
        "tokens": "token",
        "token_strings": "token_str",
        "sequences": "sequence",
    }
    assert recorded.differences(rows(served, names), of_pipeline(name)) == []


@pytest.mark.parametrize("name", cases(["tokens", "simple", "first", "average", "max"]))
def test_entities(served, name):
    key = "entity" if name == "tokens" else "entity_group"
    names = {"labels": key, "scores": "score", "words": "word", "start": "start"}
    found = rows(served, {**names, "end": "end"})
    found = [row[:count] for row, count in zip(found, served["count"])]
    expected = [
        [{k: v for k, v in entity.items() if k != "index"} for entity in row]
        for row in of_pipeline(name)
    ]
    assert recorded.differences(found, expected) == []


@pytest.mark.parametrize("name", cases(["answers", "impossible"]))
def test_answers(served, name):
    names = {"scores": "score", "start": "start", "end": "end", "answers": "answer"}
    for found, expected in zip(rows(served, names), of_pipeline(name)):
        assert recorded.differences(found[: len(expected)], expected) == []
        assert all(answer["score"] == 0 for answer in found[len(expected) :])


@pytest.mark.parametrize("name", cases(["generation"]))
def test_text_generation(served, name):
    expected = [texts[0]["generated_text"] for texts in of_pipeline(name)]
    assert served["generated_text"] == expected


@pytest.mark.parametrize("name", cases(["summary"]))
def test_summaries(served, name):
    expected = [text["summary_text"] for text in of_pipeline(name)]
    assert served["summary_text"] == expected


def rest(signature, request):
    """What TensorFlow Serving's REST interface answers: rows, or columns.

    As its documentation says: `instances` is a list of rows, whose values are stacked
    by name; all outputs have a row for each. `inputs` holds the columns themselves.
    """
    tf = pytest.importorskip("tensorflow")
    columns = request.get("inputs")
    if columns is None:
        rows_given = request["instances"]
        columns = {name: [row[name] for row in rows_given] for name in rows_given[0]}
    found = signature(**{name: tf.constant(v) for name, v in columns.items()})
    found = {name: value.numpy().tolist() for name, value in found.items()}
    if "inputs" in request:
        return {"outputs": found}
    assert {len(column) for column in found.values()} == {len(request["instances"])}
    named = [dict(zip(found, row)) for row in zip(*found.values())]
    return {"predictions": named}


@pytest.mark.slow
def test_the_conventions_of_tensorflow_serving(everyday, everyday_folder):
    """Tag, method, names, batch first; a folder of versions; rows as columns."""
    tf = pytest.importorskip("tensorflow")
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    for name in EVERYDAY:
        graph = SavedModel()
        graph.ParseFromString((everyday_folder / name / "saved_model.pb").read_bytes())
        (only,) = graph.meta_graphs
        assert list(only.meta_info_def.tags) == ["serve"]
        definition = only.signature_def["serving_default"]
        assert definition.method_name == "tensorflow/serving/predict"
        assert definition.inputs.keys() == CASES[name][2].keys()
        for tensor in [*definition.inputs.values(), *definition.outputs.values()]:
            assert tensor.tensor_shape.dim[0].size == -1  # any number of rows
        # Names that end in _bytes are sent as base64: none of ours is.
        assert not [key for key in definition.outputs if key.endswith("_bytes")]
        served = tf.saved_model.load(str(everyday_folder / name))
        columns = CASES[name][2]
        instances = [dict(zip(columns, row)) for row in zip(*columns.values())]
        signature = served.signatures["serving_default"]
        by_column = rest(signature, {"inputs": columns})["outputs"]
        by_row = rest(signature, {"instances": instances})["predictions"]
        assert by_row == [dict(zip(by_column, row)) for row in zip(*by_column.values())]
        one = rest(signature, {"instances": instances[:1]})["predictions"]
        assert one[0].keys() == everyday[name].keys()


def test_what_does_not_fit_is_named():
    tf = pytest.importorskip("tensorflow")
    for folder, kind, wrong, message in [
        ("sentiment_analysis", ServedLabels, ["short", "word " * 60], "most: cut it"),
        ("fill_mask", ServedMasks, ["[MASK] [MASK]"], "must have one"),
    ]:
        pipeline = recorded.made(folder)
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            kind(pipeline, pipeline.options).answer(tf.constant(wrong))


def test_what_no_graph_does_exactly_is_refused(tmp_path):
    with pytest.raises(ValueError, match="not supported inside a graph"):
        recorded.made("translation_t5").export(tmp_path / "none")
    with pytest.raises(ValueError, match="targets cannot be served"):
        recorded.made("fill_mask").export(tmp_path / "none", targets="has")
