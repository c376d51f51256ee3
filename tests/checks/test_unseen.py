"""Answers that the checks were not built from: found elsewhere, or made by machine."""

import ast
import inspect
import re
from collections import Counter

import numpy as np
import pytest
import tensorflow as tf
from keras import ops

import course
from course.examination.mutants import mutants
from course.examination.rewrites import rewrites
from course.examination.trial import Trial
from course.examination.unseen import accepts, differs, right_answers, unseen
from course.pieces import layer_norm, merge_pair, sinusoidal_positions
from tests.course_exercises import EXERCISES

SEEDS = (0, 1, 20261122)


def original(name):
    return EXERCISES[name].reference


def four_letters_back(text, scores):
    best, start_of = [0.0], [0]
    for end in range(1, len(text) + 1):
        options = [
            (best[start] + scores.get(text[start:end], -np.inf), -start)
            for start in range(max(0, end - 4), end)
        ]
        best.append(max(options)[0])
        start_of.append(-max(options)[1])
    pieces, end = [], len(text)
    while end:
        pieces.append(text[start_of[end] : end])
        end = start_of[end]
    return pieces[::-1]


def four_letters_at_most(word, vocabulary, unknown="[UNK]", max_length=100):
    if len(word) > max_length:
        return [unknown]
    pieces, start = [], 0
    while start < len(word):
        for end in range(min(len(word), start + 4), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                break
        else:
            return [unknown]
        pieces.append(piece)
        start = end
    return pieces


def vocabulary_by(words_of):
    def build_vocabulary(texts, size, unknown="[UNK]"):
        counts = Counter(word for text in texts for word in words_of(text))
        ordered = sorted(counts, key=lambda word: (-counts[word], word))
        return {t: n for n, t in enumerate([unknown, *ordered[: size - 1]])}

    return build_vocabulary


def words_by_pattern(text, vocabulary, unknown="[UNK]"):
    words = re.findall(r"\w+", text.lower())
    ids = [vocabulary.get(word, vocabulary[unknown]) for word in words]
    return ids, [word for word in words if word not in vocabulary]


def stops_at_one(counts, how_many):
    merges = original("tokenizers.learn_merges")(counts, how_many)
    words = [(list(word), count) for word, count in counts.items()]
    kept = []
    for pair in merges:
        totals = original("tokenizers.count_pairs")(words)
        if totals[pair] <= 1:
            break
        kept.append(pair)
        words = [(merge_pair(pieces, pair), count) for pieces, count in words]
    return kept


def rare_words_ignored(words):
    return original("tokenizers.count_pairs")([w for w in words if w[1] > 1])


def six_rounds(word, merges):
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    pieces = list(word)
    for _ in range(6):
        pairs = [pair for pair in zip(pieces, pieces[1:]) if pair in ranks]
        if pairs:
            pieces = merge_pair(pieces, min(pairs, key=ranks.get))
    return pieces


def over_the_third_axis(x, scale, offset, epsilon=1e-6):
    mean = ops.mean(x, axis=2, keepdims=True)
    variance = ops.mean(ops.square(x - mean), axis=2, keepdims=True)
    return (x - mean) / ops.sqrt(variance + epsilon) * scale + offset


def mean_without(*values):
    def masked_mean(numbers, mask):
        hidden = ops.zeros_like(mask)
        for value in values:
            hidden = ops.logical_or(hidden, numbers == value)
        numbers = ops.where(hidden, 0.0, numbers)
        weights = ops.cast(mask, numbers.dtype)
        return ops.sum(numbers * weights, axis=1) / ops.sum(weights, axis=1)

    return masked_mean


def ids_in_a_byte(sentences, padding_id):
    ids, mask = original("map.pad_batch")(sentences, padding_id)
    return ids.astype("uint8"), mask


def in_double_precision(length, dim, max_wavelength=10_000):
    return ops.cast(sinusoidal_positions(length, dim, max_wavelength), "float64")


WRONG = {
    "encoding.best_segmentation": {"four letters back": four_letters_back},
    "tokenizers.longest_match": {"four letters at most": four_letters_at_most},
    "tokenizers.build_vocabulary": {
        "a to z": vocabulary_by(lambda t: re.findall("[a-z]+", t.lower())),
        "letters and digits": vocabulary_by(lambda t: re.findall(r"\w+", t.lower())),
        "ASCII": vocabulary_by(
            lambda t: t.lower().encode("ascii", "ignore").decode().split()
        ),
        "case folded": vocabulary_by(lambda t: t.casefold().split()),
    },
    "tokenizers.encode_words": {"letters and digits": words_by_pattern},
    "tokenizers.learn_merges": {"stops at one": stops_at_one},
    "tokenizers.count_pairs": {"rare words ignored": rare_words_ignored},
    "tokenizers.apply_merges": {"six rounds": six_rounds},
    "blocks.layer_norm": {"over the third axis": over_the_third_axis},
    "map.masked_mean": {
        "minus infinity only": mean_without(-np.inf),
        "infinities only": mean_without(-np.inf, np.inf),
    },
    "map.pad_batch": {"ids in a byte": ids_in_a_byte},
    "blocks.positions": {"in double precision": in_double_precision},
}


@pytest.mark.parametrize(
    ("exercise", "name"), [(e, n) for e, found in WRONG.items() for n in found]
)
class TestWrongOnPromisedInputs:
    """Each of these once earned full marks."""

    def refused(self, exercise, name, seeds):
        for seed in seeds:
            verdict = course.examine(exercise, WRONG[exercise][name], seed=seed)
            assert verdict.score < verdict.points, seed
            assert not verdict.diagnosis, "a name that nobody earned"

    def test_is_refused(self, exercise, name):
        self.refused(exercise, name, SEEDS)

    @pytest.mark.full
    def test_is_refused_whatever_is_drawn(self, exercise, name):
        self.refused(exercise, name, range(30))


def by_moments(x, scale, offset, epsilon=1e-6):
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + epsilon) * scale + offset


def by_batch_normalization(x, scale, offset, epsilon=1e-6):
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return tf.nn.batch_normalization(x, mean, variance, offset, scale, epsilon)


@pytest.mark.parametrize("answer", [by_moments, by_batch_normalization])
class TestNormsByTensorFlow:
    """Both once failed by the seed: a probe magnified how they round."""

    def refused(self, answer, seeds):
        verdicts = [course.examine("blocks.layer_norm", answer, seed=n) for n in seeds]
        return [verdict.message for verdict in verdicts if not verdict.right]

    def test_are_right(self, answer):
        assert self.refused(answer, range(5)) == []

    @pytest.mark.full
    def test_are_right_under_every_seed(self, answer):
        assert self.refused(answer, range(25)) == []


class TestMutants:
    def test_changes_one_thing_at_a_time(self):
        source = ast.parse(inspect.getsource(layer_norm))
        made = list(mutants(layer_norm))
        assert len({mutant.source for mutant in made}) == len(made) > 40
        before = ast.unparse(source).splitlines()
        for mutant in made:
            after = mutant.source.splitlines()
            changed = [one != other for one, other in zip(before, after)]
            assert sum(changed) == 1, mutant.name

    def test_finds_the_kinds_of_change_that_were_once_accepted(self):
        """Limits, counts of 1, other splits of a text: made by machine."""
        kinds = {
            "tokenizers.build_vocabulary": r"casefold|\[a-z\]\+|\\w\+|ascii",
            "tokenizers.count_pairs": r"!= 1|1 not in",
            "tokenizers.apply_merges": r"range\(6\)",
            "tokenizers.longest_match": r"\[:4\]",
        }
        for exercise, pattern in kinds.items():
            names = [m.name + m.source for m in mutants(EXERCISES[exercise].original)]
            assert any(re.search(pattern, name) for name in names), exercise

    def test_an_answer_that_never_ends_is_refused(self):
        def forever(pieces, pair):
            while True:
                pieces = list(pieces)

        assert not accepts(EXERCISES["tokenizers.merge_pair"], forever, 0)

    def test_a_mutant_that_does_the_same_differs_nowhere(self):
        exercise = EXERCISES["tokenizers.count_pairs"]
        assert differs(exercise, exercise.alternatives["with_get"]) is None
        assert differs(exercise, rare_words_ignored) is not None

    # A small table of the audit; `transformer-course audit --mutants` has the whole.
    @pytest.mark.parametrize(
        "name",
        ["map.masked_mean", "tokenizers.build_vocabulary", "blocks.layer_norm"],
    )
    def test_every_wrong_mutant_of_the_reference_is_refused(self, name):
        exercise = EXERCISES[name]
        trial = Trial(exercise, seeds=(0,))
        accepted = [
            mutant.name
            for mutant in mutants(exercise.original)
            if trial.accepts(mutant.answer)
            and differs(exercise, mutant.answer, draws=30) is not None
        ]
        assert accepted == []


class TestRewrites:
    def test_computes_the_same(self):
        x = tf.random.normal((2, 3, 4), seed=1)
        scale, offset = tf.fill([4], 1.5), tf.fill([4], 0.5)
        names = set()
        for other in rewrites(layer_norm):
            names.add(other.name)
            far = other.answer(x, scale, offset) - layer_norm(x, scale, offset)
            assert np.abs(far).max() < 1e-5, other.name
        assert {"in TensorFlow", "reciprocals", "float64 inside"} <= names

    def test_loops_end_where_comprehensions_do(self):
        for other in rewrites(EXERCISES["tokenizers.count_pairs"].original):
            assert other.answer([(["a", "b"], 2)]) == {("a", "b"): 2}, other.name

    @pytest.mark.parametrize("name", ["attention.read_map", "encoding.padded"])
    def test_at_least_six_right_answers_are_accepted(self, name):
        exercise = EXERCISES[name]
        answers = dict(right_answers(exercise))
        assert len(answers) >= 6
        for label, answer in answers.items():
            assert accepts(exercise, answer, seed=3), label


@pytest.mark.full
@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda e: e.name)
def test_the_whole_audit(exercise):
    found = unseen(exercise)
    assert found.accepted == ()
    assert found.refused == ()
    assert found.right >= 6
    assert found.wrong > 20
