"""Processors about sequences of ids, against a search in plain lists."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from tests.generation.processors.test_processors import (
    END,
    LIMIT,
    NEW,
    START,
    TOKENS,
    VOCABULARY,
    applied,
    kept,
    text,
)
from tests.generation.toy_models import BigramModel, TrigramModel, log_softmax
from transformer_tf.generation import (
    AllowedSequences,
    BeamSearch,
    ForbiddenSequences,
    PrefixConstraint,
    PromptLookup,
    Sampling,
    SequenceBias,
    generate,
    generate_beams,
)
from transformer_tf.generation.history import History

ROWS = len(TOKENS)
EVERYTHING = set(range(VOCABULARY))


@pytest.fixture
def logits(rng):
    return rng.normal(size=(ROWS, VOCABULARY), scale=2).astype("float32")


def random_sequences(rng, count, vocabulary, longest):
    return [
        tuple(rng.integers(0, vocabulary, rng.integers(1, longest + 1)).tolist())
        for _ in range(count)
    ]


def completes(sequence, ids):
    """Whether the next id may complete the sequence after these ids."""
    before = list(sequence[:-1])
    return not before or ids[-len(before) :] == before


class TestForbiddenSequences:
    def test_forbids_what_would_complete_one(self, rng, logits):
        for _ in range(30):
            # The ids of the histories, so that beginnings do occur.
            sequences = random_sequences(rng, 6, 6, 4)
            got = kept(applied(ForbiddenSequences(sequences), logits))
            for row, possible in enumerate(got):
                banned = {s[-1] for s in sequences if completes(s, text(row))}
                assert possible == EVERYTHING - banned

    def test_padding_is_no_beginning(self, logits):
        """Rows 0 and 2 hold 9 before their start, and no row holds it in its text."""
        got = kept(applied(ForbiddenSequences([[9, 9, 1], [9, 7, 3]]), logits))
        assert got == [EVERYTHING] * ROWS

    @pytest.mark.parametrize("strategy", [None, Sampling(3), PromptLookup(3)], ids=str)
    def test_no_text_holds_one(self, rng, strategy):
        model = TrigramModel(rng.normal(size=(5, 5, 5)))
        sequences = [(1, 2), (3, 3, 0), (2, 4, 1), (0,)]
        prompts = [[1], [2, 3, 3], [4, 2, 4]]
        texts = generate(
            model,
            prompts,
            25,
            strategy,
            processors=[ForbiddenSequences(sequences)],
            jit_compile=False,
        )
        for prompt, ids in zip(prompts, texts):
            for end in range(len(ids)):
                read = prompt + ids[: end + 1]
                assert not any(tuple(read[-len(s) :]) == s for s in sequences)


class TestSequenceBias:
    def test_adds_each_bias_that_applies(self, rng, logits):
        for _ in range(30):
            sequences = random_sequences(rng, 6, 6, 4)
            biases = {s: float(rng.normal()) for s in sequences}
            expected = logits.astype("float64")
            for row in range(ROWS):
                for sequence, bias in biases.items():
                    if completes(sequence, text(row)):
                        expected[row, sequence[-1]] += bias
            got = applied(SequenceBias(biases), logits)
            np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5)

    def test_other_values_need_no_other_trace(self):
        model = BigramModel(np.zeros((5, 5)))
        for bias in (1.0, 2.0, -7.0):
            processors = [SequenceBias({(1, 2): bias})]
            generate(model, [[1]], 3, processors=processors, jit_compile=False)
        from transformer_tf.generation import trace_count

        assert trace_count(model) == 1


def followers(sequences, stop_id, generated):
    """The ids that may follow, by definition; None where nothing is constrained."""
    whole = [(*sequence, stop_id) for sequence in sequences]
    count = len(generated)
    found = {s[count] for s in whole if count < len(s) and s[:count] == generated}
    return found or None


class TestAllowedSequences:
    def test_leaves_what_continues_one(self, rng, logits):
        for _ in range(30):
            sequences = [
                *random_sequences(rng, 5, 6, 4),
                # Some that begin as the histories do.
                (1, 2, 4),
                (4, 4),
                (5, 4, 5),
                (7,),
            ]
            got = kept(applied(AllowedSequences(sequences, 10), logits))
            for row, possible in enumerate(got):
                generated = tuple(text(row)[-NEW[row] :])
                expected = followers(sequences, 10, generated)
                assert possible == (EVERYTHING if expected is None else expected)

    def test_nothing_is_constrained_behind_the_stop(self, logits):
        got = kept(applied(AllowedSequences([(4, 4)], 5), logits))
        assert text(1)[-NEW[1] :] == [4, 4, 5]
        assert got[1] == EVERYTHING

    @pytest.mark.parametrize("jit_compile", [False, True])
    def test_sampled_texts_are_among_them(self, rng, jit_compile):
        model = TrigramModel(rng.normal(size=(7, 7, 7)))
        sequences = [(1, 2), (1, 2, 3), (4,), (5, 5, 5, 5), (2, 1)]
        texts = generate(
            model,
            [[3]] * 60,
            8,
            Sampling(1),
            processors=[AllowedSequences(sequences, 6)],
            stop_ids=[6],
            jit_compile=jit_compile,
        )
        found = {tuple(ids) for ids in texts}
        assert found == {(*sequence, 6) for sequence in sequences}

    def test_beams_rank_the_list(self, rng):
        """Beams find the likeliest of the list, by its renormalised probability."""
        model = TrigramModel(rng.normal(size=(6, 6, 6)))
        sequences = [s for n in (1, 2, 3) for s in itertools.permutations((1, 2, 3), n)]
        table = log_softmax(model.logits)

        def score(sequence):
            total, read = 0.0, [0, 4]
            for place, token in enumerate((*sequence, 5)):
                allowed = followers(sequences, 5, sequence[:place])
                step = table[read[-2], read[-1]]
                total += step[token] - np.log(np.exp(step[list(allowed)]).sum())
                read.append(token)
            return total

        truth = sorted(sequences, key=score, reverse=True)
        (texts,) = generate_beams(
            model,
            [[4]],
            6,
            BeamSearch(16, num_results=3),
            processors=[AllowedSequences(sequences, 5)],
            stop_ids=[5],
            jit_compile=False,
        )
        assert [tuple(t.ids) for t in texts] == [(*s, 5) for s in truth[:3]]
        np.testing.assert_allclose(texts[0].score, score(truth[0]), atol=1e-4)


class TestPrefixConstraint:
    def test_asks_for_each_row(self, logits):
        asked = {}

        def allowed(row, ids):
            asked[row] = ids
            return [row, ids[-1]]

        history = History(
            *(ops.cast(x, "int32") for x in (TOKENS, START, END, NEW, LIMIT))
        )
        got = PrefixConstraint(allowed)(ops.convert_to_tensor(logits), history)
        assert asked == {row: text(row) for row in range(ROWS)}
        expected = [{row, text(row)[-1]} for row in range(ROWS)]
        assert kept(np.array(got)) == expected

    @pytest.mark.parametrize("strategy", [None, Sampling(3), PromptLookup(3)], ids=str)
    def test_holds_at_every_step(self, rng, strategy):
        """Each id is one or two above the one before, modulo 7."""
        model = TrigramModel(rng.normal(size=(7, 7, 7)))
        seen = []

        def allowed(row, ids):
            seen.append((row, tuple(ids)))
            return [(ids[-1] + 1) % 7, (ids[-1] + 2) % 7]

        prompts = [[1], [5, 0], [6]]
        texts = generate(
            model,
            prompts,
            9,
            strategy,
            processors=PrefixConstraint(allowed),
            stop_ids=[3],
        )
        for number, (prompt, ids) in enumerate(zip(prompts, texts)):
            steps = np.diff([prompt[-1], *ids]) % 7
            assert set(steps) <= {1, 2}
            for place in range(len(ids)):
                assert (number, (*prompt, *ids[:place])) in seen
        # Neither rows that fill the bucket nor finished ones are asked about.
        assert {row for row, _ in seen} == {0, 1, 2}
        if strategy is None or isinstance(strategy, Sampling):
            assert not any(3 in ids[1:] for _, ids in seen)

    def test_equals_a_list_in_beams(self, rng):
        model = TrigramModel(rng.normal(size=(6, 6, 6)))
        sequences = [s for n in (1, 2, 3) for s in itertools.permutations((1, 2, 3), n)]
        given = {"stop_ids": [5], "strategy": BeamSearch(4, num_results=2)}

        def allowed(row, ids):
            return followers(sequences, 5, tuple(ids[2:]))

        prompts = [[4, 4], [0, 1]]
        got = generate_beams(
            model, prompts, 6, processors=[PrefixConstraint(allowed)], **given
        )
        expected = generate_beams(
            model, prompts, 6, processors=[AllowedSequences(sequences, 5)], **given
        )
        assert [[t.ids for t in row] for row in got] == [
            [t.ids for t in row] for row in expected
        ]

    @pytest.mark.parametrize(
        ("answer", "message"), [([], "no id for row 0"), ([9], "the largest is 6")]
    )
    def test_says_what_the_function_did_wrong(self, answer, message):
        model = BigramModel(np.zeros((7, 7)))
        with pytest.raises((ValueError, tf.errors.InvalidArgumentError), match=message):
            generate(model, [[1]], 3, processors=PrefixConstraint(lambda *_: answer))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: ForbiddenSequences([]), ValueError, "at least one sequence"),
        (lambda: ForbiddenSequences([[1], []]), ValueError, "needs at least one id"),
        (
            lambda: ForbiddenSequences([1, 2]),
            TypeError,
            "must hold lists of ids; got 1",
        ),
        (lambda: ForbiddenSequences("word"), TypeError, "got 'word'"),
        (lambda: ForbiddenSequences([["a"]]), ValueError, "whole numbers.*got 'a'"),
        (
            lambda: ForbiddenSequences([[1, 11]]).tensor_values(11),
            ValueError,
            "the largest is 10",
        ),
        (lambda: SequenceBias([((1,), 2.0)]), TypeError, "must be a dict"),
        (lambda: SequenceBias({1: 2.0}), TypeError, "must hold lists of ids; got 1"),
        (lambda: SequenceBias({(1,): "2"}), TypeError, "must be a number; got '2'"),
        (
            lambda: SequenceBias({(1,): float("-inf")}),
            ValueError,
            "finite.*ForbiddenSequences",
        ),
        (lambda: AllowedSequences([[1]], -1), ValueError, "stop_id.*got -1"),
        (
            lambda: AllowedSequences([[1]], 11).tensor_values(11),
            ValueError,
            "the largest is 10",
        ),
        (lambda: PrefixConstraint([1, 2]), TypeError, "must be a function"),
    ],
)
def test_rejects(make, error, message):
    with pytest.raises(error, match=message):
        make()
