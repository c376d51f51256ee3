"""Unigram: the model against brute force, its trainer against the one of tokenizers."""

import itertools
import json
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.samples import english, spanish
from transformer_tf.text.models.unigram import UnigramModel
from transformer_tf.text.pre_tokenizers.metaspace import Metaspace
from transformer_tf.text.trainers.segmentations import Segmentations
from transformer_tf.text.trainers.unigram import digamma, learn_unigram, seed_pieces
from transformer_tf.text.training import count_pieces
from transformer_tf.text.unigram_tokenizer import UnigramTokenizer, plain_normalizer

PIECES = [("<unk>", 0.0), ("a", -1.5), ("b", -2.0), ("ab", -3.0), ("ba", -2.5)]
PIECES += [("abb", -4.0), ("bab", -4.25), ("é", -5.0), ("aé", -5.5)]


def cuts(text):
    """Every way to cut a text into parts."""
    for count in range(len(text)):
        for places in itertools.combinations(range(1, len(text)), count):
            bounds = [0, *places, len(text)]
            yield [text[a:b] for a, b in itertools.pairwise(bounds)]


def log_probability(model, parts):
    """The log probability of one cut; a single uncovered character is unknown."""
    total = 0.0
    for part in parts:
        if part in model.vocabulary:
            total += model.scores[model.vocabulary[part]]
        elif len(part) == 1:
            total += model.unknown_score
        else:
            return -math.inf
    return total


class TestUnigramModel:
    @given(st.text("abéx", min_size=1, max_size=9))
    def test_best_cut_is_the_best_of_all(self, text):
        model = UnigramModel(PIECES)
        parts = [text[start:end] for _, start, end in model.best_segmentation(text)]
        best = max(log_probability(model, cut) for cut in cuts(text))
        assert log_probability(model, parts) == pytest.approx(best, abs=1e-12)

    @given(st.text("abéx", min_size=1, max_size=9))
    def test_likelihood_is_the_sum_over_all_cuts(self, text):
        model = UnigramModel(PIECES)
        logs = [log_probability(model, cut) for cut in cuts(text)]
        assert model.log_likelihood(text) == pytest.approx(np.logaddexp.reduce(logs))

    @given(st.text("abcd<", max_size=20), st.integers(0, 2**32))
    def test_ties_are_broken_as_tokenizers_do(self, text, seed):
        tokenizers = pytest.importorskip("tokenizers")
        draw = random.Random(seed)
        names = {"".join(draw.choices("abc", k=draw.randint(1, 4))) for _ in range(15)}
        # Scores that float64 holds exactly: many cuts are equally likely.
        pieces = [("<unk>", 0.0)]
        pieces += [(name, -draw.randint(1, 6) / 2) for name in sorted(names)]
        peer = tokenizers.Tokenizer(tokenizers.models.Unigram(pieces, 0, False))
        expected = peer.encode(text)
        got = UnigramModel(pieces).tokenize(text)
        assert [number for number, *_ in got] == expected.ids
        assert [token for _, token, *_ in got] == expected.tokens

    def test_unknown_neighbours_are_one_token(self):
        got = UnigramModel(PIECES).tokenize("xyaxéz")
        assert got == [
            (0, "xy", 0, 2),
            (1, "a", 2, 3),
            (0, "x", 3, 4),
            (7, "é", 4, 5),
            (0, "z", 5, 6),
        ]

    def test_time_is_linear(self):
        model, calls = UnigramModel(PIECES), []
        for size in (500, 1000):
            count = 0
            original = model._pieces_at
            for start in range(size):
                count += len(original("ab" * (size // 2), start))
            calls.append(count)
        assert calls[1] < 2.1 * calls[0]
        assert len(model.tokenize("ab" * 50_000)) == 50_000

    def test_without_unknown_token(self):
        model = UnigramModel(PIECES[1:], unknown_id=None)
        assert [token for _, token, *_ in model.tokenize("abb")] == ["abb"]
        with pytest.raises(ValueError, match="no piece covers the character 'x'"):
            model.tokenize("abx")

    @pytest.mark.parametrize(
        "pieces, unknown_id, message",
        [
            ([("a", 0.0), ("a", -1.0)], 0, "'a' occurs twice, with ids 0 and 1"),
            ([("a", math.nan)], 0, "the score of 'a' is nan"),
            ([("a", 0.0)], 1, "unknown_id=1 is no id: the 1 pieces"),
        ],
    )
    def test_errors(self, pieces, unknown_id, message):
        with pytest.raises(ValueError, match=message):
            UnigramModel(pieces, unknown_id)


class TestSegmentations:
    WORDS = {"abab": 3, "bba": 2, "a": 5, "ééa": 1}

    def test_expected_counts_are_those_of_all_cuts(self):
        names = [piece for piece, _ in PIECES[1:]]
        scores = np.array([score for _, score in PIECES[1:]])
        words = Segmentations(self.WORDS, names, [*self.WORDS.values()])
        model, expected, total = UnigramModel(PIECES), dict.fromkeys(names, 0.0), 0.0
        for word, count in self.WORDS.items():
            known = [c for c in cuts(word) if all(part in expected for part in c)]
            shares = np.exp([log_probability(model, cut) for cut in known])
            total += count * math.log(shares.sum())
            for cut, share in zip(known, shares / shares.sum()):
                for part in cut:
                    expected[part] += count * share
        got = words.expected_counts(scores)
        np.testing.assert_allclose(got, [*expected.values()], atol=1e-9)
        assert words.log_likelihood(scores) == pytest.approx(total)

    def test_restricted_is_the_same_as_new(self):
        names = [piece for piece, _ in PIECES[1:]]
        scores = np.array([score for _, score in PIECES[1:]])
        kept = np.array([0, 1, 3, 6])
        counts = [*self.WORDS.values()]
        new = Segmentations(self.WORDS, [names[i] for i in kept], counts)
        old = Segmentations(self.WORDS, names, counts).restrict(kept)
        np.testing.assert_array_equal(
            old.expected_counts(scores[kept]), new.expected_counts(scores[kept])
        )


class TestTraining:
    def test_digamma(self):
        euler = 0.5772156649015329
        expected = [-euler - 2 * math.log(2), -euler, 1 - euler, 1.5 - euler]
        np.testing.assert_allclose(digamma([0.5, 1, 2, 3]), expected, atol=1e-9)

    def test_seeds_are_substrings_that_cannot_be_lengthened(self):
        seeds = seed_pieces({"banana": 2, "nab": 1}, list("abn"), 16, 100)
        assert seeds == {"a": 7, "b": 3, "n": 5, "ana": 12, "banana": 12, "na": 10,
                         "anana": 10, "nana": 8}  # fmt: skip

    def test_the_alphabet_stays_and_the_size_is_exact(self):
        counts = {"abcabc": 9, "abc": 8, "q": 1, "xabc": 2, "bcx": 3, "cab": 4}
        pieces = learn_unigram(counts, 9)
        assert len(pieces) == 9 and set("abcqx") < {piece for piece, _ in pieces}
        assert sum(math.exp(score) for _, score in pieces) == pytest.approx(1, abs=0.1)

    def test_errors(self):
        with pytest.raises(ValueError, match="2 pieces cannot hold the 3 characters"):
            learn_unigram({"abc": 1}, 2)
        with pytest.raises(ValueError, match="no text"):
            learn_unigram({}, 2)

    @pytest.mark.parametrize("size, characters", [(500, 100_000)])
    def test_held_out_likelihood_is_that_of_tokenizers(self, size, characters):
        ours, theirs = held_out_likelihoods(size, characters)
        assert ours >= theirs - 0.01 * abs(theirs)

    @pytest.mark.full
    @pytest.mark.parametrize("size, characters", [(8_000, 3_000_000)])
    def test_held_out_likelihood_of_many_pieces(self, size, characters):
        ours, theirs = held_out_likelihoods(size, characters)
        assert ours >= theirs - 0.01 * abs(theirs)


def held_out_likelihoods(size, characters):
    """Marginal log-likelihoods of unseen text, by our pieces and by `tokenizers`'."""
    tokenizers = pytest.importorskip("tokenizers")
    texts = random.Random(0).sample(english(), len(english()))
    lengths = np.cumsum([len(text) for text in texts])
    split = int(np.searchsorted(lengths, characters))
    counts = count_pieces(texts[:split], plain_normalizer(), Metaspace())
    unseen = count_pieces(texts[-1_000:], plain_normalizer(), Metaspace())
    alphabet = set().union(*counts)
    unseen = {
        word: count for word, count in unseen.items() if alphabet.issuperset(word)
    }

    peer = tokenizers.Tokenizer(tokenizers.models.Unigram())
    peer.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    trainer = tokenizers.trainers.UnigramTrainer(
        vocab_size=size + 1,
        special_tokens=["<unk>"],
        unk_token="<unk>",
        show_progress=False,
    )
    words = [word for word, count in counts.items() for _ in range(count)]
    peer.train_from_iterator([word.replace("▁", " ") for word in words], trainer)
    theirs = json.loads(peer.to_str())["model"]["vocab"][1:]
    ours = learn_unigram(counts, size)
    return [log_likelihood(pieces, alphabet, unseen) for pieces in (ours, theirs)]


def log_likelihood(pieces, alphabet, counts):
    """Marginal, the pieces' probabilities made to sum to one."""
    names, scores = map(list, zip(*pieces))
    assert alphabet <= set(names)
    scores = np.array(scores) - np.logaddexp.reduce(scores)
    return Segmentations(counts, names, [*counts.values()]).log_likelihood(scores)


class TestUnigramTokenizer:
    @settings(max_examples=30, deadline=None)
    @given(st.text("tow ñ\u0303s", max_size=15))
    def test_trained_and_read_by_tokenizers(self, tmp_path_factory, text):
        tokenizers = pytest.importorskip("tokenizers")
        tokenizer = UnigramTokenizer.train(["two tow towns", "no wound two"], 20)
        path = str(tmp_path_factory.mktemp("unigram") / "tokenizer.json")
        tokenizer.save(path)
        peer = tokenizers.Tokenizer.from_file(path)
        assert tokenizer.encode(text).ids == peer.encode(text).ids

    def test_text_comes_back(self):
        tokenizer = UnigramTokenizer.train(spanish()[:300], 400)
        for text in spanish()[:50]:
            plain = " ".join(text.split())
            if plain == text:
                assert tokenizer.decode(tokenizer.encode(text).ids) == text
