"""Tasks whose tokenizer is SentencePiece's, exported: the same answers elsewhere.

Run in one process that has TensorFlow and tensorflow-text, and nothing of ours.
"""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.pipelines import recorded_calls as recorded
from tests.pipelines.test_exporting import rows
from tests.text.in_graph.test_placed import FAMILIES, of_steps
from transformer_tf import (
    Seq2SeqLM,
    SequenceClassifier,
    SpanQuestionAnswerer,
    TokenClassifier,
    bart_config,
    bert_config,
    t5_config,
)
from transformer_tf.pipelines import (
    QuestionAnswering,
    Summarization,
    TextClassification,
    TokenClassification,
    Translation,
)
from transformer_tf.text import from_pretrained

pytest.importorskip("tensorflow_text")
SIZES = {"dim": 16, "num_layers": 1, "num_heads": 2, "hidden_dim": 32}
TEXTS = [
    "My name is Sarah and I live in London.",
    "naïve  café owners   don't",
    "東京 is «far» away 🙂, ﬁne",
]
QUESTIONS = ["Who?", "Where is it?", "¿Dónde?"]
CONTEXTS = ["Sarah lives in London.", "It is  in Berlin, naïve one 🙂.", "東京 (x)"]
WRITE = {"max_new_tokens": 4, "jit_compile": False}


def loud(model):
    """Random weights that are large enough for answers to differ."""
    draw = np.random.default_rng(3)
    for weight in model.weights:
        if "float" in str(weight.dtype):
            weight.assign(weight + 0.3 * draw.normal(size=weight.shape))
    return model


def encoder(kind, tokenizer, *classes):
    keras.utils.set_random_seed(1)
    config = bert_config(vocabulary_size=len(tokenizer), max_length=64, **SIZES)
    model = kind(config, *classes)
    model.build()
    return loud(model)


def writer(make, tokenizer, **more):
    keras.utils.set_random_seed(1)
    config = make(vocabulary_size=len(tokenizer), max_length=64, **SIZES, **more)
    model = Seq2SeqLM(config)
    model.build()
    return loud(model)


def of_family(name):
    return from_pretrained(FAMILIES / name)


def ner(tokenizer):
    found = TokenClassification(encoder(TokenClassifier, tokenizer, 5), tokenizer)
    return found


def translating(tokenizer, model, kind, **options):
    found = Translation(model, tokenizer, **options, **WRITE)
    found.config = {"model_type": kind}
    return found


CASES = {
    "entities": lambda: ner(of_family("xlm_roberta")),
    "entities_of_steps": lambda: ner(of_steps("cut at white space")),
    "answers": lambda: QuestionAnswering(
        encoder(SpanQuestionAnswerer, (known := of_family("deberta_v2"))),
        known,
        top_k=3,
    ),
    "labels": lambda: TextClassification(
        encoder(SequenceClassifier, (known := of_family("albert")), 3), known, top_k=3
    ),
    "marian": lambda: translating(
        (known := of_family("marian")),
        writer(bart_config, known),
        "marian",
        tgt_lang="fra",
    ),
    "mbart": lambda: translating(
        (known := of_family("mbart")),
        writer(bart_config, known),
        "mbart",
        src_lang="en_XX",
        tgt_lang="fr_XX",
        suppress_tokens=[n for n in (0, 1, *range(95, 121)) if n != 102],
    ),
    "t5": lambda: translating(
        (known := of_family("t5")),
        writer(t5_config, known),
        "t5",
        src_lang="en",
        tgt_lang="es",
    ),
    "summary": lambda: Summarization(
        writer(
            t5_config, (known := of_steps("one space for several, none at the ends"))
        ),
        known,
        **WRITE,
    ),
}
STRATEGIES = {"entities": "first", "entities_of_steps": "average"}
EVERYDAY = ("entities", "answers")


def inputs(name):
    if name == "answers":
        return {"questions": QUESTIONS, "contexts": CONTEXTS}
    return {"texts": TEXTS}


@pytest.fixture(scope="module")
def served(request, tmp_path_factory):
    """The pipelines asked for, and what their SavedModels answer elsewhere."""
    names, folder = request.param, tmp_path_factory.mktemp("served")
    made = {name: CASES[name]() for name in names}
    for name, pipeline in made.items():
        sizes = {"prompt_length": 60, "rows": 3} if name not in READING else None
        strategy = STRATEGIES.get(name)
        more = {} if strategy is None else {"aggregation_strategy": strategy}
        pipeline.options = pipeline.options.merge(pipeline.task, more)
        pipeline.export(folder / name, sizes)
    script = Path(__file__).with_name("served_alone.py")
    run = subprocess.run(
        [sys.executable, str(script), str(folder), "tensorflow_text"],
        input=json.dumps({name: inputs(name) for name in names}),
        capture_output=True,
        text=True,
        timeout=900,
        cwd=folder,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return made, json.loads(run.stdout.splitlines()[-1])


READING = ("entities", "entities_of_steps", "answers", "labels")


@pytest.mark.parametrize(
    "served",
    [
        pytest.param(EVERYDAY, marks=pytest.mark.slow, id="everyday"),
        pytest.param(
            tuple(n for n in CASES if n not in EVERYDAY),
            marks=pytest.mark.full,
            id="all",
        ),
    ],
    indirect=True,
)
def test_the_same_answers(served):
    made, answers = served
    for name, pipeline in made.items():
        found = answers[name]
        if name.startswith("entities"):
            keys = ("labels", "scores", "words", "start", "end")
            keys = dict(zip(keys, ("entity_group", "score", "word", "start", "end")))
            ours = [r[:n] for r, n in zip(rows(found, keys), found["count"])]
            expected = pipeline(TEXTS)
            assert sum(map(len, expected)) > 5
        elif name == "answers":
            keys = dict(zip(("scores", "start", "end"), ("score", "start", "end")))
            ours = rows(found, {**keys, "answers": "answer"})
            expected = pipeline(question=QUESTIONS, context=CONTEXTS)
            ours = [r[: len(e)] for r, e in zip(ours, expected)]
        elif name == "labels":
            ours = rows(found, {"labels": "label", "scores": "score"})
            expected = pipeline(TEXTS)
        else:
            ours = found[pipeline.result]
            expected = [answer[pipeline.result] for answer in pipeline(TEXTS)]
            key = pipeline.result.replace("text", "token_ids")
            ids = [answer[key][1:] for answer in pipeline(TEXTS, return_tensors=True)]
            held = [r[:n] for r, n in zip(found["ids"], found["length"])]
            assert held == ids and len({*map(tuple, ids)}) > 1  # the texts were read
        assert recorded.differences(ours, expected) == [], name


def test_the_languages_reach_the_exported_ids():
    """mBART's source code is that of the options, not that of the file."""
    tf = pytest.importorskip("tensorflow")
    from transformer_tf.pipelines.exporting.writing import ServedWriting

    known = of_family("mbart")
    translate = CASES["mbart"]()
    for source in ("en_XX", "es_XX"):
        settings = translate.options.merge("translation", {"src_lang": source})
        served = ServedWriting(translate, settings, prompt_length=60, rows=3)
        seen = []
        served._batches = lambda ids, *_, seen=seen: (
            seen.append(ids) or (ids[:, :1], tf.ones(len(ids), tf.int32))
        )
        served._room = 1
        served.answer(tf.constant(TEXTS))
        expected = translate.preprocess(TEXTS, settings, None)
        assert source == "en_XX" or known.token_to_id(source) in expected[0][0].ids
        for row, (encoding,) in zip(seen[0].numpy().tolist(), expected):
            assert row[: len(encoding)] == encoding.ids
