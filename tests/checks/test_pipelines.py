"""The references of unit 12 against the library and independent truth."""

import copy
import itertools
import types

import numpy as np
import pytest

import transformer_tf
from course.checks.pipelines import pipeline as capstone
from course.checks.pipelines.fill_mask import fill_mask
from course.checks.pipelines.long_text import pack_sentences
from course.checks.pipelines.pipeline import pipeline
from course.checks.pipelines.settings import resolve_settings
from course.checks.pipelines.zero_shot import zero_shot
from course.datasets.unseen_texts import differences, library_answers, unseen_items
from course.models import model_folder
from course.pieces import (
    batch_rows,
    best_answer,
    best_labels,
    by_length,
    find_entities,
    label_words,
    probabilities,
    stitch,
    trained,
)
from course.pieces.trained import trained_model
from transformer_tf.pipelines.generation_options import combine_settings
from transformer_tf.pipelines.spans import best_spans
from transformer_tf.pipelines.tags import TagScheme
from transformer_tf.pipelines.windows import Whole
from transformer_tf.text import Truncation


@pytest.fixture
def rng():
    return np.random.default_rng(12)


def test_rows_come_back_from_their_rectangle(rng):
    lengths = [2, 9, 5, 7]
    rows = [[1, *rng.integers(9, size=n - 2).tolist(), 3] for n in lengths]
    ids, real = batch_rows(rows, 3, 7)
    assert ids.shape == real.shape == (4, 7)
    for row, found, seen in zip(rows, ids, real):
        kept = row if len(row) <= 7 else row[:6] + row[-1:]
        assert found[seen].tolist() == kept
        assert (found[~seen] == 3).all() and seen[: len(kept)].all()


@pytest.mark.parametrize("size", [1, 3, 20])
def test_every_text_is_in_one_batch_and_finds_its_answer(rng, size):
    lengths = rng.integers(1, 6, size=11).tolist()  # many ties
    batches, back = by_length(lengths, size)
    flat = list(itertools.chain(*batches))
    assert sorted(flat) == list(range(11))
    assert flat == sorted(flat, key=lambda n: (-lengths[n], n))
    assert [flat[place] for place in back] == list(range(11))
    assert all(len(batch) == size for batch in batches[:-1])


def test_probabilities_and_names_are_those_of_the_pipeline(rng):
    classify = transformer_tf.pipeline(
        "text-classification", model_folder("bilingual_classifier")
    )
    (logits,) = rng.normal(size=(1, len(classify.labels))) * 3
    for name, several in (("softmax", False), ("sigmoid", True)):
        settings = types.SimpleNamespace(top_k=4, function_to_apply=name)
        expected = classify.postprocess(None, [], [logits], settings)
        scores = np.array(probabilities(logits[None], several))[0].tolist()
        found = best_labels(scores, list(classify.labels), 4)
        for one, other in zip(found, expected, strict=True):
            assert one["label"] == other["label"]
            assert one["score"] == pytest.approx(other["score"], rel=1e-6)


def test_a_filled_gap_is_what_the_pipeline_gives():
    """Its `targets`, and its text with capitals, blanks and accents as they were."""
    fill = transformer_tf.pipeline("fill-mask", model_folder("bilingual_encoder"))
    vocabulary = fill.tokenizer.vocabulary
    text = "¡Apaga  la [MASK], de la Cocina!"
    targets = ["luz", "radio", "##s", "lámpara"]
    (encoding,) = fill.reader.encode([text], take_special=True)
    place = encoding.ids.index(fill.mask_id)
    inputs = {"ids": np.array([encoding.ids])}
    logits = np.array(fill.model(inputs, training=False))[0, place]
    filled, refused = fill_mask(text, logits, vocabulary, [*targets, "pecera"])
    expected = fill(text, targets=targets)
    assert refused == ["pecera"]
    assert [one for _, one in filled] == [one["sequence"] for one in expected]
    scores = [one["score"] for one in expected]
    np.testing.assert_allclose([score for score, _ in filled], scores, rtol=1e-4)


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("labels", [1, 4])
def test_zero_shot_is_two_softmaxes_in_numpy(rng, labels, several):
    logits = rng.normal(size=(labels, 3)).astype("float32")
    found = np.array(zero_shot(logits, 1, 2, several))
    powers = np.exp(logits.astype("float64"))
    if several or labels == 1:
        expected = powers[:, 1] / (powers[:, 1] + powers[:, 2])
    else:
        expected = powers[:, 1] / powers[:, 1].sum()
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("how", ["first", "average", "max"])
def test_words_and_entities_are_those_of_the_pipeline(rng, how):
    """On drawn scores: the steps behind the model alone."""
    tag = transformer_tf.pipeline("ner", model_folder("bilingual_tagger"))
    text = "apaga la lámpara del acuario grandísimo del trastero"
    (encoding,) = tag.reader.encode([text])
    whole = Whole(encoding)
    order = {word: n for n, word in enumerate(dict.fromkeys(whole.word_ids))}
    word_ids = [order[word] for word in whole.word_ids]
    assert len(word_ids) > len(order) > 5
    for _ in range(20):
        scores = rng.dirichlet(np.full(len(tag.names), 0.05), size=len(word_ids))
        classes, best = label_words(scores, word_ids, how)
        borders = []
        for word in range(len(order)):
            places = [n for n, one in enumerate(word_ids) if one == word]
            borders.append((whole.offsets[places[0]][0], whole.offsets[places[-1]][1]))
        tags = [tag.names[n] for n in classes]
        found = find_entities(tags, best.tolist(), borders)
        units = tag._units(whole, scores, whole.word_ids, how)
        expected = tag._entities(text, units, ("O",))
        assert [one[0] for one in found] == [e["entity_group"] for e in expected]
        assert [one[2:] for one in found] == [[e["start"], e["end"]] for e in expected]
        scored = [e["score"] for e in expected]
        np.testing.assert_allclose([one[1] for one in found], scored)


def test_entities_are_found_by_their_borders(rng):
    """Another way: for every stretch of words, is it one whole entity?"""
    scheme = TagScheme(["O", "B-x", "I-x", "B-y", "I-y"])
    for _ in range(30):
        tags = rng.choice(["O", "B-x", "I-x", "B-y", "I-y"], size=7).tolist()
        goes_on = [
            before != "O" and scheme.continues(before, tag)
            for before, tag in itertools.pairwise(["O", *tags])
        ]
        expected = []
        for first in range(7):
            if tags[first] != "O" and not goes_on[first]:
                last = first
                while last + 1 < 7 and goes_on[last + 1]:
                    last += 1
                expected.append([tags[first][2:], first, last + 1])
        offsets = [(n, n + 1) for n in range(7)]
        found = find_entities(tags, [1.0] * 7, offsets)
        assert [[kind, a, b] for kind, _, a, b in found] == expected


@pytest.mark.parametrize(("limit", "overlap"), [(9, 3), (9, 6), (12, 4), (30, 5)])
def test_stitched_is_each_token_from_the_library_s_window(rng, limit, overlap):
    tag = transformer_tf.pipeline("ner", model_folder("bilingual_tagger"))
    text = "apaga la lámpara de lectura del salón y la radio de la cocina ya mismo"
    (encoding,) = tag.reader.encode([text], None, Truncation(limit, overlap=overlap))
    windows = [encoding, *encoding.overflowing]
    outputs = [rng.normal(size=(len(window.ids), 4)) for window in windows]
    expected = Whole(encoding, overlap).stitch(outputs)
    inside = [
        output[[n == 0 for n in window.sequence_ids]]
        for output, window in zip(outputs, windows)
    ]
    np.testing.assert_array_equal(stitch(inside, overlap), expected)


@pytest.mark.parametrize("longest", [1, 4, 30])
def test_best_answer_is_that_of_the_library(rng, longest):
    settings = types.SimpleNamespace(
        top_k=1, max_answer_len=longest, align_to_words=False
    )
    empty = 0
    for _ in range(30):
        logits = 2 * rng.normal(size=(9, 2)) - 1
        shifts = rng.normal(size=(3, 1, 2)) * 3
        windows = [
            np.concatenate([np.zeros((1, 2)), logits[a : a + 5]]) + shift
            for a, shift in zip((0, 2, 4), shifts)
        ]
        offsets = [(3 * n, 3 * n + 2) for n in range(9)]
        score, start, end = best_answer(windows, 3, offsets, longest)
        found = best_spans(np.concatenate([np.zeros((1, 2)), logits]), settings)
        value, first, last = found.spans[0]
        if found.null > value:
            assert (start, end) == (0, 0)
            value, empty = found.null, empty + 1
        else:
            assert (start, end) == (3 * first, 3 * last + 2)
        assert score == pytest.approx(value, rel=1e-9)
    assert 0 < empty < 30


def test_settings_are_those_that_the_library_generates_with(rng):
    names = ("max_length", "max_new_tokens", "num_beams")
    for _ in range(40):
        layers = [{"max_new_tokens": 20}]
        for _ in range(3):
            said = {name: int(rng.integers(8, 30)) for name in names}
            said["do_sample"] = bool(rng.integers(2))
            layers.append({n: v for n, v in said.items() if rng.random() < 0.4})
        _, most, draws, beams = resolve_settings(layers, 7)
        config = combine_settings(*layers)
        assert most == config.limit(7)
        assert beams == (config["num_beams"] or 1)
        assert draws == bool(config["do_sample"])


@pytest.mark.parametrize("limit", [1, 10, 40])
def test_parts_hold_everything_once_and_as_much_as_fits(rng, limit):
    counts = rng.integers(1, 15, size=20).tolist()
    parts, too_long = pack_sentences(counts, limit)
    assert list(itertools.chain(*parts)) == list(range(20))
    sizes = [sum(counts[n] for n in part) for part in parts]
    assert too_long == [n for n in range(20) if counts[n] > limit]
    for part, size, behind in zip(parts, sizes, [*parts[1:], None]):
        assert size <= limit or len(part) == 1
        assert behind is None or size + counts[behind[0]] > limit


@pytest.mark.parametrize(
    "task", ["text-classification", "token-classification", "question-answering"]
)
def test_the_capstone_says_what_the_library_says(task):
    items = unseen_items(task, 64, seed=20261128)
    ours, theirs = pipeline(task, items, 7), library_answers(task, items)
    others, largest = differences(ours, theirs)
    assert others == 0
    assert largest < 1e-5


def test_alone_and_in_a_batch_is_the_same():
    items = unseen_items("token-classification", 10, seed=3)
    together = pipeline("token-classification", items, 10)
    alone = [pipeline("token-classification", [item], 1)[0] for item in items]
    others, largest = differences(together, alone)
    assert others == 0 and largest < 1e-9


def test_a_batch_is_answered_again_as_it_was_whatever_became_of_the_answer():
    model = trained_model("token-classification")
    (row,) = model.read("Turn on the lamp.").rows
    batch = [row.ids], [row.types], [[True] * len(row.ids)]
    first = model.logits(*batch)
    kept = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(model.logits(*batch), kept)
    hidden = [[*[True] * (len(row.ids) - 1), False]]
    assert (model.logits(*batch[:2], hidden) != kept).any()


def test_a_batch_is_read_once_and_any_other_anew(monkeypatch):
    read = []

    def count(weights, ids, types, real):
        read.append((ids.tolist(), types.tolist(), real.tolist()))
        return np.full((len(ids), 2), float(len(read)))

    monkeypatch.setattr(trained, "bert_logits", count)
    model = copy.copy(trained_model("text-classification"))
    model._said = {}
    ids, kinds, real = [[5, 6, 7, 8]], [[0, 0, 1, 1]], [[True, True, True, False]]
    batches = [
        (ids, kinds, real),
        ([[5, 6, 7, 9]], kinds, real),
        (ids, [[0, 0, 0, 1]], real),
        (ids, kinds, [[True, True, True, True]]),
        # The same numbers in rows of two.
        tuple(np.reshape(one, (2, 2)) for one in (ids, kinds, real)),
    ]
    for _ in range(2):
        said = [model.logits(*batch)[0, 0] for batch in batches]
        assert said == [1, 2, 3, 4, 5]
    for number in range(trained.KEPT):
        model.logits([[number, 10, 11, 12]], kinds, real)
    assert len(model._said) == trained.KEPT
    assert model.logits(*batches[0])[0, 0] == 5 + trained.KEPT + 1


@pytest.mark.parametrize(
    "probe, windows", [("a_text_that_is_too_long", 1), ("entities_of_a_long_text", 2)]
)
def test_long_texts_are_too_long_under_every_seed(probe, windows):
    (chosen,) = (p for p in capstone.exercise.probes if p.name == probe)
    for seed in range(60):
        task, items, _ = chosen.case(seed).request.args
        model = trained_model(task)
        longest = max((model.read(item).rows for item in items), key=len)
        assert len(longest) >= windows
        assert windows > 1 or len(longest[0].ids) > model.limit


def test_an_answer_has_fifteen_tokens_where_that_is_as_long_as_may_be():
    for where, differs in (
        (capstone.FIFTEEN_WINS, (True, False)),
        (capstone.SIXTEEN_WOULD, (False, True)),
    ):
        for seed, language, commands, question in where:
            rng = np.random.default_rng(seed)
            words = capstone._long(rng, language, commands)
            model = trained_model("question-answering")
            reading = model.read(words, question)
            logits = capstone._outputs(model, reading.rows, 4)
            shorter, right, longer = (
                capstone._answered(words, reading, logits, longest)["answer"]
                for longest in (14, 15, 16)
            )
            assert (shorter != right, right != longer) == differs
