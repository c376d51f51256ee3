"""Zero-shot: names of classes, templates and labels, as we answer them."""

import numpy as np
import pytest

from tests.pipelines import recorded_calls as recorded
from tests.pipelines.test_recorded import REFUSED, TWICE
from transformer_tf.pipelines import pipeline

TEXT = "My name is Sarah and I live in London."


def test_classes_without_names_are_refused_unless_named():
    folder = "zero_shot_without_names"
    for number, call in enumerate(recorded.calls(folder)[1]):
        if "error" in call or number == 12:
            continue
        with pytest.raises(ValueError, match="none of the classes"):
            recorded.answer(folder, number)
        named = recorded.answer(folder, number, entailment=2, contradiction="LABEL_0")
        assert recorded.differences(named, call["result"]) == []


def test_contradiction_is_found_by_its_name():
    """Theirs takes class 0, neutral here, and scores against that."""
    classify = recorded.made("zero_shot_entailment_in_the_middle")
    answer = classify(TEXT, ["politics", "sports"], multi_label=True)
    pairs = [f"This example is {label}." for label in answer["labels"]]
    rows = classify.reader.encode([TEXT] * 2, pairs)
    logits = np.stack(classify.forward(rows, classify.options)).astype("float64")
    powers = np.exp(logits[:, [1, 2]])  # entailment, contradiction
    np.testing.assert_allclose(
        answer["scores"], powers[:, 0] / powers.sum(1), atol=1e-6
    )
    theirs = classify(TEXT, ["politics", "sports"], multi_label=True, contradiction=0)
    number = 3
    known = recorded.result("zero_shot_entailment_in_the_middle", number)
    assert recorded.differences(theirs, known) == []


def test_large_logits_give_numbers(monkeypatch):
    classify = recorded.made("zero_shot")
    monkeypatch.setattr(
        classify, "forward", lambda rows, _: [np.float32([900, 0, 1000])] * len(rows)
    )
    for multi_label in (False, True):
        scores = classify(TEXT, ["a", "b"], multi_label=multi_label)["scores"]
        assert np.isfinite(scores).all()


def test_a_label_that_comes_twice_counts_once():
    assert TWICE
    classify = recorded.made("zero_shot")
    once = classify(TEXT, ["same", "other"])
    for labels in (["same", "other", "same"], "same, other,same,"):
        assert recorded.differences([classify(TEXT, labels)], [once]) == []
    one, two = (classify(TEXT, ["same"] * count) for count in (1, 2))
    assert recorded.differences([two], [one]) == []


def test_all_labels_of_a_text_share_a_batch(monkeypatch):
    classify = recorded.made("zero_shot")
    forward, sizes = classify.forward, []
    monkeypatch.setattr(
        classify,
        "forward",
        lambda rows, settings: sizes.append(len(rows)) or forward(rows, settings),
    )
    classify([TEXT] * 2, [f"label {n}" for n in range(9)])
    assert sizes == [18]


def test_labels_for_each_text():
    classify = recorded.made("zero_shot")
    texts = [TEXT, "The quick brown fox"]
    labels = [["a", "b", "c"], ["d", "e"]]
    found = classify(texts, labels)
    alone = [classify(*pair) for pair in zip(texts, labels)]
    assert recorded.differences(found, alone) == []
    lazily = list(classify(iter(texts), labels, batch_size=1))
    assert recorded.differences(lazily, alone) == []
    with pytest.raises(
        ValueError, match="2 lists of labels, and there is a text number 2"
    ):
        classify([*texts, TEXT], labels)


def test_templates_and_languages():
    classify = recorded.made("zero_shot")
    spanish = classify(TEXT, ["viajes", "política"], language="es")
    template = "Este ejemplo trata de {}."
    assert spanish == classify(TEXT, ["viajes", "política"], template)
    assert spanish == classify(
        TEXT, ["viajes", "política"], template.replace("{}", "{label}")
    )
    with pytest.raises(ValueError, match="no template in 'xx', only in en, es"):
        classify(TEXT, ["a"], language="xx")
    for wrong in ("{{}}", "{} or {}", "{other}", "{0.real.x}", "{"):
        with pytest.raises(ValueError, match="hypothesis_template"):
            classify(TEXT, ["a", "b"], wrong)


def test_sentence_vectors_say_that_they_were_asked():
    """Nothing weak is used silently: the answer names the method."""
    classify = pipeline(
        "zero-shot-classification", recorded.FOLDER / "feature_extraction"
    )
    extract = recorded.made("feature_extraction")
    labels = ["politics", "sports", "travel"]
    answer = classify(TEXT, labels)
    assert [*answer] == ["sequence", "labels", "scores", "method"]
    assert answer["method"] == "embedding"
    sentences = [TEXT, *(f"This text is about {label}." for label in labels)]
    vectors = extract(sentences, pooling="mean", normalize=True).astype("float64")
    powers = np.exp((vectors[1:] @ vectors[0]) / 0.05)
    expected = dict(zip(labels, powers / powers.sum()))
    for label, score in zip(answer["labels"], answer["scores"]):
        assert abs(score - expected[label]) < 1e-4
    assert answer["scores"] == sorted(answer["scores"], reverse=True)
    found = classify([TEXT, "fox"], labels, batch_size=1)
    assert recorded.differences(found[0], answer) == []
    with pytest.raises(ValueError, match="not whether one holds"):
        classify(TEXT, labels, multi_label=True)
    spanish = classify(TEXT, labels, language="es")
    template = "Este texto trata de {}."
    assert spanish == classify(TEXT, labels, template)
    with pytest.raises(ValueError, match="is not served"):
        classify.export("nowhere")


def test_the_text_is_cut_and_never_the_hypothesis():
    classify = recorded.made("zero_shot")
    long = " ".join([TEXT] * 20)
    (rows,) = classify.preprocess([(long, ["politics"])], classify.options, None)
    hypothesis = classify.tokenizer.encode(
        "This example is politics.", special_tokens=False
    )
    ids = rows[0].ids
    assert len(ids) == 40 and ids[-1 - len(hypothesis) : -1] == hypothesis.ids
    with pytest.raises(ValueError, match=r"input 1 has \d+ tokens"):
        classify([TEXT, long], ["politics"], truncation=False)
    assert REFUSED
