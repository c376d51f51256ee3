"""The staged references of unit 07 against the library and independent truth."""

import inspect
import math
import re

import numpy as np
import pytest
import tensorflow as tf

import transformer_tf
from course.checks.blocks.encoder import Encoder
from course.checks.encoders.pair import pair_example
from course.checks.encoders.replaced import replaced_tokens
from course.checks.encoders.whole_words import choose_whole_words
from course.datasets.bilingual import LANGUAGES, home_sentences, other_sentences
from course.datasets.filling import MASK, Counting, Task, filling_task, scores
from course.paths import repository
from course.pieces import corrupt, fill_masks, mlm_head, mlm_loss, mlm_targets
from transformer_tf.objectives import TokenCrossEntropy
from transformer_tf.text import WordPieceTokenizer


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


class TestCorrupt:
    def test_law_is_eighty_ten_ten(self, rng):
        """Each share lies within five standard deviations of what it must be."""
        size = (1000, 1000)
        draw, kind = (rng.random(size).astype("float32") for _ in "12")
        ids, other = np.full(size, 1, "int32"), np.full(size, 2, "int32")
        special = np.zeros(size, bool)
        found = np.asarray(corrupt(ids, special, draw, kind, other, 3, rate=0.15))
        for token, share in ((3, 0.12), (2, 0.015), (1, 0.865)):
            spread = math.sqrt(share * (1 - share) / found.size)
            assert abs((found == token).mean() - share) < 5 * spread

    def test_place_by_place(self, rng):
        size = (4, 50)
        ids, other = (rng.integers(5, 99, size=size).astype("int32") for _ in "12")
        draw, kind = (rng.random(size).astype("float32") for _ in "12")
        special = rng.random(size) < 0.2
        found = np.asarray(corrupt(ids, special, draw, kind, other, 4, rate=0.6))
        for place in np.ndindex(size):
            expected = ids[place]
            if draw[place] < 0.6 and not special[place]:
                if kind[place] < 0.8:
                    expected = 4
                elif kind[place] < 0.9:
                    expected = other[place]
            assert found[place] == expected
        chosen = (draw < 0.6) & ~special
        labels = np.asarray(mlm_targets(ids, found, chosen))
        for place in np.ndindex(size):
            assert labels[place] == (ids[place] if chosen[place] else -100)


def test_words_are_those_of_a_tokenizer():
    tokens = "[PAD] [UNK] [CLS] [SEP] [MASK] un ##do ##able it we".split()
    vocabulary = {token: n for n, token in enumerate(tokens)}
    tokenizer = WordPieceTokenizer.from_pieces(vocabulary)
    encoding = tokenizer.encode("undo it", "undoable we")
    words = list(encoding.word_ids)
    assert words == [None, 0, 0, 1, None, 0, 0, 0, 1, None]
    draws = [0.0, 0.1, 0.9, 0.9, 0.0, 0.9, 0.1, 0.1, 0.1, 0.0]
    chosen = choose_whole_words(words, draws, 0.5)
    tokens = [t for t, is_chosen in zip(encoding.tokens, chosen) if is_chosen]
    assert tokens == ["un", "##do", "we"]


class TestHead:
    def arguments(self, rng, dim=6, vocabulary=9):
        return [
            floats(rng, *shape)
            for shape in (
                (2, 3, dim),
                (dim, dim),
                (dim,),
                (dim,),
                (dim,),
                (vocabulary, dim),
                (vocabulary,),
            )
        ]

    def test_is_the_library_s(self, rng):
        x, kernel, bias, scale, offset, table, token_bias = self.arguments(rng)
        head = transformer_tf.MaskedLMHead(9, epsilon=1e-6)
        head.build(x.shape, table.shape)
        head.transform.set_weights([kernel, bias])
        head.norm.set_weights([scale, offset])
        head.bias.assign(token_bias)
        expected = np.asarray(head(x, table=table))
        found = mlm_head(x, kernel, bias, scale, offset, table, token_bias)
        np.testing.assert_allclose(found, expected, atol=2e-5)

    def test_is_the_paper_s_in_double_precision(self, rng):
        arguments = self.arguments(rng)
        x, kernel, bias, scale, offset, table, token_bias = (
            a.astype("float64") for a in arguments
        )
        y = x @ kernel + bias
        y = y * (1 + np.vectorize(math.erf)(y / math.sqrt(2))) / 2
        centred = y - y.mean(-1, keepdims=True)
        y = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-6)
        expected = np.einsum("bld,vd->blv", y * scale + offset, table) + token_bias
        np.testing.assert_allclose(mlm_head(*arguments), expected, atol=5e-5)


class TestLoss:
    def drawn(self, rng):
        labels = rng.integers(0, 7, size=(4, 5))
        labels[rng.random(labels.shape) < 0.6] = -100
        return floats(rng, 4, 5, 7), labels.astype("int32")

    def test_is_the_library_s_and_a_loop_s(self, rng):
        logits, labels = self.drawn(rng)
        terms = []
        for place in np.argwhere(labels >= 0):
            row = logits[tuple(place)].astype("float64")
            terms.append(np.log(np.exp(row).sum()) - row[labels[tuple(place)]])
        loss = float(mlm_loss(logits, labels))
        assert loss == pytest.approx(np.mean(terms), abs=1e-5)
        assert loss == pytest.approx(float(TokenCrossEntropy()(labels, logits)))

    def test_nothing_to_learn_is_no_loss_and_no_gradient(self, rng):
        logits = tf.constant(floats(rng, 2, 3, 5))
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = mlm_loss(logits, tf.fill((2, 3), -100))
        assert float(loss) == 0
        assert not np.any(tape.gradient(loss, logits))


def test_masks_are_filled_by_sorting(rng):
    ids = rng.integers(0, 4, size=(3, 5)).astype("int32")
    logits = np.round(floats(rng, 3, 5, 8), 1)  # some are equally likely
    tokens, probabilities = map(np.asarray, fill_masks(logits, ids, 2, 4))
    masks = np.argwhere(ids == 2)
    assert len(tokens) == len(masks) > 1
    for (text, place), row, odds in zip(masks, tokens, probabilities):
        p = np.exp(logits[text, place].astype("float64"))
        p /= p.sum()
        order = sorted(range(8), key=lambda token: (-logits[text, place, token], token))
        assert row.tolist() == order[:4]
        np.testing.assert_allclose(odds, p[order[:4]], rtol=1e-5)


def test_replaced_tokens_are_those_that_differ(rng):
    ids, sampled = (rng.integers(1, 4, size=(5, 9)).astype("int32") for _ in "12")
    chosen, real = rng.random(ids.shape) < 0.5, rng.random(ids.shape) < 0.8
    corrupted, labels = map(np.asarray, replaced_tokens(ids, chosen, sampled, real))
    for place in np.ndindex(ids.shape):
        token = sampled[place] if chosen[place] else ids[place]
        assert corrupted[place] == token
        expected = int(token != ids[place]) if real[place] else -100
        assert labels[place] == expected


@pytest.mark.parametrize(("draw", "second", "label"), [(0.1, "c", 0), (0.9, "d e", 1)])
def test_pairs_are_the_tokenizer_s(draw, second, label):
    words = "[PAD] [CLS] [SEP] [UNK] [MASK] a b c d e".split()
    vocabulary = {word: n for n, word in enumerate(words)}
    tokenizer = WordPieceTokenizer.from_pieces(vocabulary)
    expected = tokenizer.encode("a b", second)
    ids, types, found = pair_example([[5, 6], [7]], 0, [8, 9], draw, 1, 2)
    assert (ids, types) == (list(expected.ids), list(expected.type_ids))
    assert found == label


def test_the_notebooks_hold_what_the_pieces_hold():
    """A piece that stands in for a learner's answer is the answer of the notebook."""
    folder = repository() / "solutions" / "07_encoders"
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    text = text.replace("    ### BEGIN SOLUTION\n", "")
    text = text.replace("    ### END SOLUTION\n", "").replace("given.", "")
    for piece in (corrupt, mlm_targets, mlm_head, mlm_loss, fill_masks):
        assert inspect.getsource(piece) in text, piece.__name__
    for reference in (choose_whole_words, replaced_tokens, pair_example):
        assert inspect.getsource(reference) in text, reference.__name__


class TestData:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_what_is_held_out_was_not_trained_on(self, language):
        for read in (lambda one: home_sentences(one, 3), other_sentences):
            training, testing = read(language)
            assert len(training) > 3 * len(testing) > 30
            assert not set(training) & set(testing)

    def test_every_test_hides_one_known_word(self):
        task = filling_task(seed=3, a_template=2, most_tests=50)
        assert isinstance(task, Task)
        for language in LANGUAGES:
            ids, answers = task.testing[language], task.answers[language]
            assert len(ids) == len(answers) == 50
            assert ((ids == MASK).sum(axis=1) == 1).all()
            assert (answers > MASK).all()
            assert (answers < len(task.words)).all()

    def test_equal_seeds_draw_equal_tasks(self):
        one, other = (filling_task(seed=3, a_template=2, most_tests=9) for _ in "12")
        assert np.array_equal(one.training, other.training)
        assert np.array_equal(one.testing["es"], other.testing["es"])


class TestCounting:
    """Brute force: the counts by hand, of a text of three sentences."""

    ids = np.array([[3, 4, 5, 0], [3, 4, 6, 0], [7, 4, 5, 3]], "int32")

    @pytest.mark.parametrize("looks_at", ["nothing", "left", "both"])
    def test_is_a_distribution(self, looks_at):
        model = Counting(self.ids, 8, looks_at)
        found = model.probabilities(np.array([[3, 2, 5, 0], [2, 4, 0, 0]], "int32"))
        np.testing.assert_allclose(found.sum(axis=1), 1)
        assert (found >= 0).all()

    def test_more_context_knows_more(self):
        gap = np.array([[4, 2, 0, 0]], "int32")  # after 4 at the end: 5, 6 or 5
        best = {
            looks_at: Counting(self.ids, 8, looks_at).probabilities(gap)[0].argmax()
            for looks_at in ("nothing", "left", "both")
        }
        assert best == {"nothing": 3, "left": 5, "both": 5}
        between = np.array([[7, 2, 5, 0]], "int32")
        p = Counting(self.ids, 8, "left").probabilities(between)[0]
        single = 3.01 / (10 + 5 * 0.01)  # of ten words, five kinds may stand there
        assert p[4] == pytest.approx((1 + 2 * single) / 3, rel=1e-6)

    def test_scores(self):
        p = np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]])
        found = scores(p, np.array([0, 0]))
        assert found["right"] == 50
        assert found["surprise"] == pytest.approx(-np.log([0.5, 0.1]).mean())


def test_the_notebook_trains_as_the_benchmark_does():
    """With the notebook's model: its head reads what its encoder has written."""
    from benchmarks.filling import ENCODER, LEARN, RATE, model_of_the_notebook

    script = repository() / "solutions" / "07_encoders" / "4_capstone.py"
    text = script.read_text(encoding="utf-8")
    for name, value in (ENCODER | LEARN | {"RATE": RATE}).items():
        assert re.search(rf"\b{name} ?= ?{value}\b", text), name
    model = model_of_the_notebook()(Encoder(11, **ENCODER))
    ids = np.array([[1, 5, 7, 0]], "int32")
    logits = model(ids, ids > 0)
    weights = [model.kernel, model.bias, model.scale, model.offset]
    shared = [model.encoder.table, model.token_bias]
    found = mlm_head(model.encoder(ids, ids > 0), *map(np.array, weights + shared))
    np.testing.assert_allclose(logits, found, rtol=1e-4, atol=1e-5)
