"""The staged references of unit 02 against the library and independent truth."""

import math

import numpy as np
import pytest
import tensorflow as tf

import course
import transformer_tf
from course.checks.word_vectors.analogy import analogy
from course.checks.word_vectors.angle import cosine_and_angle
from course.checks.word_vectors.look_up import look_up
from course.checks.word_vectors.sentence import sentence_vectors
from course.checks.word_vectors.tying import tied_logits
from course.datasets.household import OWN_WORDS, commands
from course.datasets.real_vectors import published_vectors, trained_vectors
from course.pieces import nearest


@pytest.fixture
def rng():
    return np.random.default_rng(2)


def embedding_with(table):
    """The library's layer with this table, in float64."""
    layer = transformer_tf.TokenEmbedding(*table.shape, dtype="float64")
    layer.build()
    layer.set_weights([table])
    return layer


def test_a_product_with_one_hot_is_the_library_s_look_up(rng):
    ids, table = rng.integers(7, size=(2, 3)), rng.normal(size=(7, 5))
    one_hot, vectors = look_up(ids, table)
    np.testing.assert_array_equal(one_hot, np.eye(7)[ids])
    np.testing.assert_allclose(vectors, embedding_with(table)(ids))


def test_angles_are_those_they_were_made_with():
    degrees = np.array([0.0, 1, 30, 90, 137, 180])
    one = np.tile([2.0, 0.0], (6, 1))
    other = 0.7 * np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    cosine, angle = cosine_and_angle(one, other.T)
    np.testing.assert_allclose(angle, degrees, atol=1e-5)
    np.testing.assert_allclose(cosine, np.cos(np.radians(degrees)), atol=1e-12)


def test_a_vector_of_zeros_has_cosine_zero_in_every_precision():
    for dtype in ("float32", "float64"):
        cosine, angle = cosine_and_angle(
            np.zeros((1, 3), dtype), np.ones((1, 3), dtype)
        )
        assert (float(cosine[0]), round(float(angle[0]))) == (0.0, 90)


def test_sentences_are_averaged_word_by_word(rng):
    table = rng.normal(size=(9, 4))
    sentences = [[1, 2, 2], [], [3, 8, 4, 0, 1]]
    ids = np.array([s + [5] * (6 - len(s)) for s in sentences])
    got = np.array(sentence_vectors(ids, table, 5))
    for row, sentence in zip(got, sentences, strict=True):
        expected = sum(table[word] for word in sentence) / max(1, len(sentence))
        np.testing.assert_allclose(row, np.zeros(4) + expected, atol=1e-12)


def test_an_average_forgets_the_order(rng):
    table, ids = rng.normal(size=(9, 4)), np.array([[1, 2, 3, 4], [3, 1, 4, 2]])
    first, second = np.array(sentence_vectors(ids, table, 0))
    np.testing.assert_allclose(first, second)


def cosine(one, other):
    return (
        sum(a * b for a, b in zip(one, other))
        / math.dist(one, 0 * one)
        / math.dist(other, 0 * other)
    )


def test_neighbours_are_found_pair_by_pair(rng):
    table, vector = rng.normal(size=(20, 4)), rng.normal(size=4)
    everybody = sorted(range(20), key=lambda n: -cosine(table[n], vector))
    left_out = [everybody[0], everybody[3]]
    expected = [n for n in everybody if n not in left_out][:6]
    assert np.array(nearest(table, vector, 6, left_out)).tolist() == expected
    assert np.array(nearest(table, vector, 20)).tolist() == everybody


def test_an_analogy_completes_a_parallelogram():
    corners = np.array([[3.0, 4, 0], [3, -4, 0], [0, 4, 3], [0, -4, 3], [5, 0, 0]])
    lengths = np.array([1.0, 7, 0.2, 3, 2])[:, None]
    assert np.array(analogy(corners * lengths, 0, 1, 2, 1)).tolist() == [3]


def test_tied_logits_are_the_library_s(rng):
    ids, table = rng.integers(7, size=(2, 3)), rng.normal(size=(7, 4))
    kernel = rng.normal(size=(4, 4)) / 2
    layer = embedding_with(table)
    weights = layer.table.value
    source = tf.constant(table)
    with tf.GradientTape() as tape:
        tape.watch(source)
        theirs = layer.logits(tf.tanh(layer(ids) @ kernel))
        loss = tf.reduce_sum(theirs**2)
    expected = tf.convert_to_tensor(tape.gradient(loss, weights))
    with tf.GradientTape() as tape:
        tape.watch(source)
        ours = tied_logits(ids, source, tf.constant(kernel))
        loss = tf.reduce_sum(ours**2)
    np.testing.assert_allclose(ours, theirs)
    np.testing.assert_allclose(
        tf.convert_to_tensor(tape.gradient(loss, source)), expected
    )


def test_the_ready_made_piece_is_no_answer_to_its_own_exercise():
    verdict = course.examine("word_vectors.nearest", nearest)
    assert (verdict.outcome, verdict.score) == ("delegated", 0)


@pytest.mark.parametrize("language", ["en", "es"])
class TestCommands:
    def test_are_words_drawn_from_a_seed(self, language):
        drawn = commands(language, 400, seed=3)
        assert drawn == commands(language, 400, seed=3)
        assert drawn != commands(language, 400, seed=4)
        assert len(set(drawn)) > 300
        assert not any(set(text) & set("(){}[]<>|;@") for text in drawn)

    def test_use_the_household_s_own_words(self, language):
        words = {word for text in commands(language, 2000) for word in text.split()}
        for own in OWN_WORDS[language].values():
            assert set(own.split()) <= words

    def test_teach_vectors_whose_neighbours_fit_the_same_gaps(self, language):
        words, table = trained_vectors(commands(language, 4000))
        rooms = set(OWN_WORDS[language]["area"].split())
        food = set(OWN_WORDS[language]["item"].split())
        for group in (rooms, food):
            for word in group:
                place = words.index(word)
                found = nearest(table, table[place], 4, [place])
                assert sum(words[int(n)] in group for n in found) >= 3, word


def test_published_vectors_know_kings_and_queens():
    words, table = published_vectors()
    assert table.shape == (len(words), 384)
    assert len(words) == 21722
    for word, neighbour in (("king", "queen"), ("tuesday", "wednesday")):
        place = words.index(word)
        found = nearest(table, table[place], 3, [place])
        assert neighbour in [words[int(n)] for n in found]
