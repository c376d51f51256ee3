"""What every pipeline owes: any form of input, the same answer in any batch, errors."""

import io
import os
import random

import numpy as np
import pytest

from tests.pipelines import recorded_calls as recorded
from transformer_tf import Encoder, bert_config
from transformer_tf.pipelines import Interrupted, pipeline
from transformer_tf.pipelines.tasks import ALIASES, TASKS, find_task

# One folder a task, and the options that make each call quick.
EACH = {
    "feature-extraction": ("feature_extraction", {}),
    "fill-mask": ("fill_mask", {"top_k": 2}),
    "token-classification": ("ner_roberta", {"aggregation_strategy": "first"}),
    "question-answering": ("question_answering", {"top_k": 2}),
    "text-classification": ("sentiment_analysis", {"top_k": 2}),
    "zero-shot-classification": ("zero_shot", {"candidate_labels": "sport, travel"}),
}
WORDS = recorded.calls("ner")[1][23]["args"][0].split()


def inputs(task, count=9, seed=3):
    """Texts of very different length, some of them too long for one window."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        most = 60 if task in ("token-classification", "question-answering") else 5
        text = " ".join(chance.choices(WORDS, k=chance.randint(1, most)))
        if task == "fill-mask":
            text = f"{text} [MASK] {WORDS[number]}"
        if task == "question-answering":
            text = {"question": f"Who {WORDS[number]}?", "context": text}
        made.append(text)
    return made


def made(task):
    return recorded.made(EACH[task][0])


@pytest.mark.parametrize("task", EACH)
def test_an_answer_is_the_same_in_every_batch(task):
    answer, (_, options) = made(task), EACH[task]
    texts = inputs(task)
    one_by_one = [answer([text], **options)[0] for text in texts]
    for batch_size in (1, 2, 32):
        found = answer(texts, batch_size=batch_size, **options)
        assert recorded.differences(list(found), [*map(plain, one_by_one)]) == []


def plain(value):
    return value.tolist() if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("task", EACH)
def test_every_form_of_input(task, tmp_path):
    answer, (_, options) = made(task), EACH[task]
    texts = inputs(task, 5)
    expected = [*map(plain, answer(texts, **options))]
    forms = {
        "tuple": tuple(texts),
        "generator": (text for text in texts),
        "array": np.array(texts, dtype=object),
    }
    if task != "question-answering":
        file = tmp_path / "texts.txt"
        file.write_text("\n".join(texts) + "\n", encoding="utf-8")
        forms |= {
            "path": file,
            "file": io.StringIO("\r\n".join(texts)),
            "NumPy's strings": np.array(texts),
        }
    tf = pytest.importorskip("tensorflow")
    columns = (
        {name: [text[name] for text in texts] for name in texts[0]}
        if isinstance(texts[0], dict)
        else texts
    )
    forms["dataset"] = tf.data.Dataset.from_tensor_slices(columns)
    for name, given in forms.items():
        found = [*map(plain, answer(given, **options))]
        assert recorded.differences(found, expected) == [], name


@pytest.mark.parametrize("task", EACH)
def test_nothing_gives_nothing(task):
    assert len(made(task)([], **EACH[task][1])) == 0
    assert list(made(task)(iter([]), **EACH[task][1])) == []


@pytest.mark.parametrize("task", EACH)
def test_a_generator_is_read_a_batch_at_a_time(task):
    read = []

    def texts():
        for text in inputs(task, 8):
            read.append(text)
            yield text

    answers = made(task)(texts(), batch_size=2, **EACH[task][1])
    assert read == []
    for count in (2, 2, 4, 4, 6):
        next(answers)
        assert len(read) == count


@pytest.mark.parametrize("task", EACH)
def test_a_bad_input_is_named_by_its_position(task):
    answer, (_, options) = made(task), EACH[task]
    for bad in (3, None, b"bytes\xff", ["a", "b"]):
        texts = [*inputs(task, 2), bad]
        if isinstance(bad, bytes):
            with pytest.raises(ValueError, match="input 2 is bytes that are no UTF-8"):
                answer(texts, **options)
            continue
        with pytest.raises(TypeError, match="input 2") as told:
            answer(texts, **options)
        assert "must" in str(told.value) or "write" in str(told.value)
        with pytest.raises(TypeError, match="input 2"):
            list(answer(iter(texts), **options))


@pytest.mark.parametrize(
    "task", ["feature-extraction", "fill-mask", "text-classification"]
)
def test_what_is_too_long_is_named_before_the_model_runs(task, monkeypatch):
    answer, (_, options) = made(task), EACH[task]
    monkeypatch.setattr(answer, "forward", None)
    texts = [*inputs(task, 2), "[MASK] " + " ".join(WORDS)]
    with pytest.raises(
        ValueError, match=r"input 2 has \d+ tokens.* 40 at most"
    ) as told:
        answer(texts, **options)
    assert "truncation=True" in str(told.value)


@pytest.mark.parametrize("task", EACH)
def test_an_unknown_option_is_named(task):
    with pytest.raises(TypeError, match="no option 'topk'"):
        made(task)(inputs(task, 1), topk=3)
    with pytest.raises(TypeError, match=f"{task} has no option 'nonsense'"):
        pipeline(task, made(task).model, made(task).tokenizer, nonsense=1)
    with pytest.raises(ValueError, match="batch_size must be at least 1"):
        made(task)(inputs(task, 1), batch_size=0)


def test_options_of_a_call_win_over_those_of_the_pipeline():
    plain_one = made("text-classification")
    model, tokenizer = plain_one.model, plain_one.tokenizer
    changed = pipeline("sentiment-analysis", model, tokenizer, top_k=3)
    assert len(changed("x")) == 3
    assert len(changed("x", top_k=2)) == 2
    assert len(changed("x")) == 3


def test_interrupted_work_keeps_what_is_done(monkeypatch):
    answer = made("text-classification")
    texts = inputs("text-classification", 70)
    expected = answer(texts, batch_size=1)
    forward, calls = answer.forward, []

    def stopped(rows, settings):
        calls.append(rows)
        if len(calls) > 40:
            raise KeyboardInterrupt
        return forward(rows, settings)

    monkeypatch.setattr(answer, "forward", stopped)
    with pytest.raises(Interrupted, match="stopped after 32 of 70") as told:
        answer(texts, batch_size=1)
    assert recorded.differences(told.value.results, expected[:32]) == []
    assert isinstance(told.value, KeyboardInterrupt)


def test_a_progress_bar_when_asked_for(capsys):
    answer = made("text-classification")
    answer(inputs("text-classification", 40), batch_size=1, progress=True)
    shown = capsys.readouterr()
    assert "40/40" in shown.err and shown.out == ""
    answer(inputs("text-classification", 2))
    assert capsys.readouterr().err == ""


def test_the_compiled_model_answers_what_the_eager_one_does():
    answer = made("text-classification")
    texts = inputs("text-classification", 3)
    compiled = [answer(texts) for _ in range(12)][-1]
    fresh = pipeline("sentiment-analysis", answer.model, answer.tokenizer)
    assert recorded.differences(compiled, fresh(texts)) == []


def test_tasks_by_all_their_names():
    for name, task in ALIASES.items():
        assert find_task(name).name == task
    assert {*TASKS} >= {*EACH}
    with pytest.raises(ValueError, match="did you mean 'sentiment-analysis'"):
        pipeline("sentiment-analyse", made("text-classification").model)
    with pytest.raises(ValueError, match="give a task, a model, or both"):
        pipeline()


@pytest.mark.parametrize("task", sorted(TASKS))
def test_a_default_that_cannot_be_had_names_the_ways_out(task, monkeypatch, capsys):
    from transformer_tf import checkpoints

    def nowhere(name, **options):
        raise FileNotFoundError(f"there is no folder {name}")

    monkeypatch.setattr(checkpoints, "from_pretrained", nowhere)
    with pytest.raises(
        FileNotFoundError, match="Three ways out: .* id .* folder .* course"
    ):
        pipeline(task)
    shown = capsys.readouterr().err
    assert f"{task} uses" in shown and "at revision" in shown
    with pytest.raises(FileNotFoundError, match="there is no folder my/own"):
        pipeline(task, "my/own")


def test_the_task_of_a_model_is_found():
    for task in ("fill-mask", "question-answering", "text-classification"):
        assert pipeline(model=recorded.FOLDER / EACH[task][0]).task == task


def test_a_model_of_another_kind_is_refused():
    wrong = made("token-classification")
    small = bert_config(vocabulary_size=9, dim=8, num_layers=1, num_heads=2)
    with pytest.raises(
        TypeError, match="is a TokenClassifier; text-classification needs"
    ):
        pipeline("sentiment-analysis", wrong.model, wrong.tokenizer)
    with pytest.raises(ValueError, match="no tokenizer"):
        pipeline("feature-extraction", Encoder(small))


def test_what_the_published_tokenizer_cuts_is_not_cut_unasked():
    """A truncation in tokenizer.json would drop the rest of a text without a word."""
    from transformer_tf.text import Truncation

    known = made("text-classification")
    tokenizer = recorded.made("zero_shot").tokenizer
    tokenizer.truncation = Truncation(4)
    try:
        answer = pipeline("sentiment-analysis", known.model, tokenizer)
        text = "My name is Sarah and I live"
        assert recorded.differences(answer(text), known(text)) == []
        assert tokenizer.truncation.max_length == 4
    finally:
        tokenizer.truncation = None


def test_pooled_vectors_are_means_over_real_tokens():
    answer = made("feature-extraction")
    texts = inputs("feature-extraction", 6)
    tokens = answer(texts)
    for pooling, expected in {
        "mean": [t[0].mean(0) for t in tokens],
        "first": [t[0][0] for t in tokens],
        "last": [t[0][-1] for t in tokens],
    }.items():
        found = answer(texts, pooling=pooling)
        assert found.shape == (6, 20)
        np.testing.assert_allclose(found, expected, atol=1e-5)
        unit = answer(texts[0], pooling=pooling, normalize=True)
        np.testing.assert_allclose(unit, found[0] / np.linalg.norm(found[0]), atol=1e-6)
    with pytest.raises(ValueError, match="pooling must be one of"):
        answer("x", pooling="max")


def test_functions_of_scores():
    answer = made("text-classification")
    logits = {
        r["label"]: r["score"]
        for r in answer("x", function_to_apply="none", top_k=None)
    }
    values = np.array([*logits.values()], "float64")
    for name, expected in {
        "softmax": np.exp(values) / np.exp(values).sum(),
        "sigmoid": 1 / (1 + np.exp(-values)),
    }.items():
        found = answer("x", function_to_apply=name, top_k=None)
        assert [r["label"] for r in found] == [*logits]
        np.testing.assert_allclose([r["score"] for r in found], expected, atol=1e-6)
    with pytest.raises(ValueError, match="function_to_apply must be one of"):
        answer("x", function_to_apply="tanh")


def test_a_list_of_two_strings_is_no_pair():
    answer = made("text-classification")
    with pytest.raises(TypeError, match="text_pair"):
        answer([["one", "two"]])
    pair = {"text": "one", "text_pair": "two"}
    assert answer(pair) == answer([pair], top_k=1)[0]
    with pytest.raises(TypeError, match="input 0 must be"):
        answer([{"text": "one", "pair": "two"}])


def test_nothing_is_read_from_the_network_for_a_folder(monkeypatch):
    monkeypatch.setitem(os.environ, "HF_HUB_OFFLINE", "1")
    assert pipeline("ner", recorded.FOLDER / "ner")("x") is not None
