"""The references of unit 10 against the library and independent truth."""

import itertools
import re

import keras
import numpy as np
import pytest

import transformer_tf
from benchmarks.four_heads import CURVE_STEPS, STEPS
from course.building.script import read
from course.checks.transfer.distil import distillation_loss
from course.checks.transfer.exact_match import exact_match
from course.checks.transfer.frozen import FrozenClassifier
from course.checks.transfer.heads import FourHeads
from course.checks.transfer.low_rank import LowRank
from course.checks.transfer.rates import learning_rates
from course.paths import repository
from course.pieces import (
    align_labels,
    best_span,
    choose,
    class_scores,
    entity_f1,
    mean_pool,
    span_targets,
)


@pytest.fixture
def rng():
    return np.random.default_rng(10)


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def test_each_text_is_pooled_as_it_would_be_alone(rng):
    x, lengths = floats(rng, 4, 6, 5), (6, 3, 1, 0)
    real = np.arange(6) < np.array(lengths)[:, None]
    for row, found, length in zip(x, np.array(mean_pool(x, real)), lengths):
        expected = row[:length].mean(axis=0) if length else np.zeros(5)
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_frozen_body_is_what_it_was_and_the_head_is_not(rng):
    import tensorflow as tf

    layer = FrozenClassifier(20, 4, 3, dropout=0.3)
    ids, real = rng.integers(20, size=(5, 6)), np.full((5, 6), True)
    layer(ids, real)
    variables = layer.trainable_variables
    assert {w.path for w in variables} == {w.path for w in layer.head.weights}
    before = [w.numpy() for w in (*layer.body.weights, *layer.head.weights)]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(layer(ids, real, training=True) ** 2)
    optimizer = keras.optimizers.AdamW(0.1, weight_decay=0.1)
    optimizer.apply(tape.gradient(loss, variables), variables)
    after = [w.numpy() for w in (*layer.body.weights, *layer.head.weights)]
    moved = [not np.array_equal(*pair) for pair in zip(before, after, strict=True)]
    assert moved == [False] * len(layer.body.weights) + [True, True]


@pytest.mark.parametrize("layers", [0, 1, 6])
def test_every_part_has_a_share_of_the_rate_above_it(layers):
    rates = learning_rates(0.4, 0.5, layers)
    assert len(rates) == layers + 2 and rates[-1] == 0.4
    assert all(low == high / 2 for low, high in itertools.pairwise(rates))


def test_labels_come_back_from_their_pieces(rng):
    """From the label of each word to pieces, and from their first pieces back."""
    for _ in range(50):
        labels = rng.integers(0, 9, size=rng.integers(0, 8)).tolist()
        pieces = rng.integers(1, 4, size=len(labels))
        word_ids = [None, *(n for n, c in enumerate(pieces) for _ in range(c)), None]
        aligned = align_labels(word_ids, labels)
        assert len(aligned) == len(word_ids)
        assert [label for label in aligned if label != -100] == labels
        for word in range(len(labels)):
            assert aligned[word_ids.index(word)] == labels[word]


def test_the_text_of_the_target_tokens_holds_the_answer(rng):
    """By slicing the text, for tokens of every size and every answer there is."""
    text = "".join(rng.choice(list("abc "), size=14))
    cuts = sorted(rng.choice(range(1, 14), size=5, replace=False).tolist())
    bounds = list(itertools.pairwise([0, *cuts, 14]))
    offsets, inside = [(0, 0), (0, 5), (0, 0), *bounds], [False] * 3 + [True] * 6
    for start, end in itertools.combinations(range(15), 2):
        first, last = span_targets(offsets, inside, start, end)
        begin, finish = offsets[first][0], offsets[last][1]
        assert begin <= start < offsets[first][1]
        assert offsets[last][0] < end <= finish
        assert text[start:end] in text[begin:finish]
    shorter = (offsets[:-1], inside[:-1])  # a window that ends before the text
    assert span_targets(*shorter, bounds[-1][0] - 1, 14) == (0, 0)


@pytest.mark.parametrize("longest", [1, 3, 20])
def test_best_span_is_the_best_of_all_pairs(rng, longest):
    for _ in range(20):
        start, end = rng.integers(-4, 4, size=(2, 9)).astype("float32")  # many ties
        allowed = rng.random(9) < 0.7
        allowed[4] = True
        pairs = [
            (first, last)
            for first in range(9)
            for last in range(first, min(9, first + longest))
            if allowed[first] and allowed[last]
        ]
        expected = max(pairs, key=lambda p: (start[p[0]] + end[p[1]], -p[0], -p[1]))
        assert tuple(best_span(start, end, allowed, longest)) == expected


def test_each_question_is_answered_as_it_would_be_alone(rng):
    vectors, kernel = floats(rng, 8, 5), floats(rng, 5)
    for choices in (2, 4, 8):
        found = np.array(choose(vectors, kernel, choices))
        for row, start in zip(found, range(0, 8, choices)):
            expected = softmax(vectors[start : start + choices] @ kernel)
            np.testing.assert_allclose(row, expected, atol=1e-6)


def test_merged_kernel_does_what_both_do(rng):
    layer = LowRank(units=3, rank=2, alpha=5.0)
    x = floats(rng, 4, 6)
    np.testing.assert_allclose(layer(x), x @ np.array(layer.kernel), atol=1e-6)
    for weight in (layer.down, layer.up):
        weight.assign(floats(rng, *weight.shape))
    np.testing.assert_allclose(layer(x), x @ np.array(layer.merged()), atol=1e-4)
    rank = np.linalg.matrix_rank(np.array(layer.merged()) - np.array(layer.kernel))
    assert rank == 2


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_distillation_is_the_library_s_and_numpy_s(rng, share):
    student, teacher = floats(rng, 2, 4, 5)
    labels = rng.integers(5, size=4)
    found = float(distillation_loss(student, teacher, labels, 2.5, share))
    p, q = (softmax(part.astype("float64") / 2.5) for part in (teacher, student))
    soft = 2.5**2 * (p * np.log(p / q)).sum(axis=-1)
    hard = -np.log(softmax(student.astype("float64"))[np.arange(4), labels])
    expected = ((1 - share) * hard + share * soft).mean()
    assert found == pytest.approx(expected, rel=1e-5)


def test_class_scores_count_every_class_by_hand():
    true, said = [0, 0, 0, 0, 1, 1, 2], [0, 0, 0, 1, 1, 3, 0]
    accuracy, balanced, macro = class_scores(true, said)
    assert accuracy == pytest.approx(4 / 7)
    assert balanced == pytest.approx((3 / 4 + 1 / 2 + 0) / 3)
    assert macro == pytest.approx((6 / 8 + 2 / 4 + 0 + 0) / 4)


def test_entity_f1_is_that_of_spans_found_by_their_borders(rng):
    """Another way: for every stretch of words, is it one whole entity?"""

    def spans(tags):
        found = set()
        for first, last in itertools.combinations_with_replacement(range(len(tags)), 2):
            kind = tags[first][2:]
            begins = tags[first] != "O" and (
                tags[first][0] == "B" or first == 0 or tags[first - 1][2:] != kind
            )
            goes_on = all(tag == f"I-{kind}" for tag in tags[first + 1 : last + 1])
            ends = last + 1 == len(tags) or tags[last + 1] != f"I-{kind}"
            if begins and goes_on and ends:
                found.add((kind, first, last))
        return found

    names = ["O", "B-x", "I-x", "B-y", "I-y"]
    gold, said = rng.choice(names, size=(2, 30, 7))
    true = [spans(row.tolist()) for row in gold]
    found = [spans(row.tolist()) for row in said]
    right = sum(len(a & b) for a, b in zip(true, found))
    total = sum(map(len, true)) + sum(map(len, found))
    assert entity_f1(gold.tolist(), said.tolist()) == pytest.approx(2 * right / total)
    assert entity_f1(gold.tolist(), gold.tolist()) == 1
    assert entity_f1([["O"]], [["O"]]) == 0


@pytest.mark.parametrize(
    ("answer", "gold", "same"),
    [
        ("¿La  Paz?", "paz", True),
        ("Leo\u0301n", "LEÓN", True),
        ("leon", "león", False),
        ("laguna", "guna", False),
        ("1,5", "15", True),
    ],
)
def test_exact_match_ignores_how_it_is_written(answer, gold, same):
    assert exact_match([answer], [["nothing", gold]], ["la"]) == same


def test_heads_are_matrices_on_means_and_tokens(rng):
    layer = FourHeads(3, 5)
    x, real = floats(rng, 2, 4, 6), np.array([[1, 1, 1, 1], [1, 1, 0, 0]], bool)
    classes, tags, spans, choice = (np.array(part) for part in layer(x, real))
    weights = {w.path.split("/", 1)[1]: np.array(w) for w in layer.weights}

    def dense(name, vectors):
        return vectors @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]

    pooled = np.stack([x[0].mean(axis=0), x[1, :2].mean(axis=0)])
    np.testing.assert_allclose(classes, dense("classes", pooled), atol=1e-5)
    np.testing.assert_allclose(tags, dense("tags", x), atol=1e-5)
    np.testing.assert_allclose(choice, dense("choice", pooled)[:, 0], atol=1e-5)
    for place in range(4):
        expected = dense("spans", x[:, place])
        seen = real[:, place]
        np.testing.assert_allclose(spans[seen, :, place], expected[seen], atol=1e-5)
        assert (spans[~seen, :, place] == -1e9).all()


def test_the_notebooks_train_as_the_benchmark_does():
    folder = repository() / "solutions" / "10_transfer"
    for name, steps in (("2_worth.py", CURVE_STEPS), ("6_capstone.py", STEPS)):
        text = (folder / name).read_text(encoding="utf-8")
        assert re.search(rf"\bsteps={steps}\b", text)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_notebook_says_the_means_of_five_seeds(language):
    """Of the figures in the benchmarks' notes, in the order of its table."""
    notes = (repository() / "benchmarks" / "NOTES.md").read_text(encoding="utf-8")
    runs = re.findall(r"(?m)^\| \d \| (\d+) \|((?: [\d.]+ \|){4})$", notes)
    rows = {"80": [], "320": [], "1280": []}
    for labels, row in runs:
        rows[labels].append([float(number) for number in re.findall(r"[\d.]+", row)])
    words, scratch, frozen, tuned = np.transpose([np.mean(r, 0) for r in rows.values()])
    assert [len(found) for found in rows.values()] == [5, 5, 5]
    cells = read(repository() / "solutions" / "10_transfer" / "2_worth.py")
    (text,) = (
        c.source for c in cells if (c.key, c.language) == ("curve-figures", language)
    )
    table = text.partition("|---")[2]
    said = re.findall(r"(?m)^\| [^|]+ \| (\d+) \| (\d+) \| (\d+) \|$", table)
    np.testing.assert_array_equal(
        np.array(said, int), np.round([tuned, scratch, frozen, words])
    )


def test_pooling_is_the_library_s_head(rng):
    """With the same kernel: the mean of the real tokens, then one matrix."""
    head = transformer_tf.SequenceClassificationHead(
        3, pooling="mean", activation=None, use_bias=False
    )
    x = floats(rng, 2, 5, 4)
    real = np.arange(5) < np.array([[5], [2]])
    expected = head(x, padding_mask=real)
    (kernel,) = head.get_weights()
    np.testing.assert_allclose(mean_pool(x, real) @ kernel, expected, atol=1e-5)
