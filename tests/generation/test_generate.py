"""The compiled loop: any layout, bounded traces, drafts and streams that agree."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.selection import pairs_once, table
from transformer_tf import CausalLM, Seq2SeqLM, gpt2_config, llama_config, t5_config
from transformer_tf.generation import (
    BeamSearch,
    Buckets,
    Greedy,
    NoRepeatNgrams,
    PromptLookup,
    RepetitionPenalty,
    Sampling,
    Temperature,
    TopP,
    generate,
    generate_beams,
    stream,
    trace_count,
)

SMALL = {
    "vocabulary_size": 31,
    "dim": 24,
    "num_layers": 2,
    "num_heads": 3,
    "hidden_dim": 20,
    "max_length": 64,
    "initializer_range": 0.3,
}
PROMPTS = [[3, 7, 7, 1], [5], [9, 2, 4, 4, 8, 1, 6]]
PENALTY = RepetitionPenalty(1.5)
TINY = Buckets(batch=(1, 4), prompt=(8,), new_tokens=(16,))


CONFIGS = {
    "gpt2": gpt2_config(**SMALL),
    "llama": llama_config(**SMALL, num_key_value_heads=1, window=5),
    "alibi": gpt2_config(**SMALL, positions="linear", norm_first=False, tied=False),
    "relative": gpt2_config(**SMALL, positions="relative", logit_bias=True, head_dim=5),
    "sinusoidal": gpt2_config(**SMALL, positions="sinusoidal", shared_layers=True),
}


def built(config):
    keras.utils.set_random_seed(5)
    model = CausalLM(config)
    model.build()
    generator = np.random.default_rng(2)
    for weight in model.weights:  # biases too, which start at zero
        if "seed" not in weight.path:
            weight.assign(weight + generator.normal(size=weight.shape, scale=0.1))
    return model


STRATEGIES = (None, BeamSearch(2), PromptLookup(draft=3))
SHORT = [(name, strategy) for name in CONFIGS for strategy in STRATEGIES]


@pytest.fixture(scope="module")
def model():
    return built(CONFIGS["gpt2"])


def greedy_by_hand(model, prompt, new_tokens):
    """One whole forward pass a token: no cache, no padding, no loop."""
    ids = list(prompt)
    for _ in range(new_tokens):
        logits = model(np.array([ids], "int32"))
        ids.append(int(np.argmax(np.asarray(logits)[0, -1])))
    return ids[len(prompt) :]


class TestGreedy:
    @pytest.mark.parametrize("name", CONFIGS)
    def test_equals_whole_forward_passes(self, name):
        model = built(CONFIGS[name])
        got = generate(model, PROMPTS, 9, buckets=TINY, jit_compile=False)
        assert got == [greedy_by_hand(model, prompt, 9) for prompt in PROMPTS]

    @pytest.mark.parametrize(
        "name, strategy", table(SHORT, pairs_once(CONFIGS, STRATEGIES))
    )
    def test_a_model_shorter_than_every_bucket(self, name, strategy):
        """Buckets are rounded up, but never beyond what the model can read."""
        model = built(CONFIGS[name].with_changes(max_length=13))
        prompt = PROMPTS[2]  # 7 tokens, and 6 more fill the model
        got = generate(model, [prompt], 6, strategy, jit_compile=False)
        if strategy is None:
            assert got == [greedy_by_hand(model, prompt, 6)]
        assert len(got[0]) == 6

    def test_a_source_shorter_than_every_bucket(self):
        keras.utils.set_random_seed(5)
        model = Seq2SeqLM(t5_config(**{**SMALL, "max_length": 11}))
        source = [[*range(11)], [4, 2]]
        both = generate(model, source, 5, jit_compile=False)
        assert both == [generate(model, [s], 5, jit_compile=False)[0] for s in source]
        with pytest.raises(ValueError, match="max_length of 11"):
            generate(model, [[*range(12)]], 5)

    def test_xla_writes_the_same(self, model):
        expected = generate(model, PROMPTS, 12, buckets=TINY, jit_compile=False)
        assert generate(model, PROMPTS, 12, buckets=TINY) == expected

    def test_any_layout_gives_the_same(self, model):
        expected = generate(model, PROMPTS, 5, buckets=TINY, jit_compile=False)
        length = 8
        left, right = np.full((2, 3, length), 30)
        real_left, real_right = np.zeros((2, 3, length), bool)
        for row, prompt in enumerate(PROMPTS):
            left[row, length - len(prompt) :] = prompt
            real_left[row, length - len(prompt) :] = True
            right[row, : len(prompt)] = prompt
            real_right[row, : len(prompt)] = True
        for ids, real in ((left, real_left), (right, real_right)):
            got = generate(
                model, ids, 5, padding_mask=real, buckets=TINY, jit_compile=False
            )
            assert got == expected
        ragged = tf.ragged.constant(PROMPTS)
        assert generate(model, ragged, 5, buckets=TINY, jit_compile=False) == expected

    def test_bucket_does_not_matter(self, model):
        large = Buckets(batch=(7,), prompt=(16,), new_tokens=(40,))
        got = generate(model, PROMPTS, 5, buckets=large, jit_compile=False)
        assert got == generate(model, PROMPTS, 5, buckets=TINY, jit_compile=False)


class TestSeq2Seq:
    @pytest.mark.parametrize("strategy", [Greedy(), PromptLookup(draft=3, ngram=1)])
    def test_equals_whole_forward_passes(self, strategy):
        keras.utils.set_random_seed(5)
        small = {k: v for k, v in SMALL.items() if k != "max_length"}
        model = Seq2SeqLM(t5_config(**small, start_id=1))
        model.build()
        got = generate(model, PROMPTS, 9, strategy, jit_compile=False)
        for source, text in zip(PROMPTS, got):
            ids = [1]
            for _ in range(9):
                inputs = {
                    "source_ids": np.array([source]),
                    "target_ids": np.array([ids]),
                }
                ids.append(int(np.argmax(np.asarray(model(inputs))[0, -1])))
            assert text == ids[1:]

    def test_beams_read_their_own_source(self):
        keras.utils.set_random_seed(6)
        small = {k: v for k, v in SMALL.items() if k != "max_length"}
        model = Seq2SeqLM(t5_config(**small))
        model.build()
        together = generate_beams(
            model, PROMPTS, 5, BeamSearch(3), stop_ids=[2], jit_compile=False
        )
        for prompt, texts in zip(PROMPTS, together):
            (alone,) = generate_beams(
                model, [prompt], 5, BeamSearch(3), stop_ids=[2], jit_compile=False
            )
            assert texts[0].ids == alone[0].ids
            assert texts[0].score == pytest.approx(alone[0].score, abs=1e-4)


class TestPromptLookup:
    @pytest.mark.parametrize(
        "lookup, processors",
        [(PromptLookup(), []), (PromptLookup(draft=6, ngram=1), [PENALTY])],
    )
    def test_writes_the_greedy_tokens(self, model, lookup, processors):
        options = {"processors": processors, "stop_ids": [11], "jit_compile": False}
        prompts = [[1, 2, 3, 1, 2, 3, 1, 2], *PROMPTS]
        expected = generate(model, prompts, 16, buckets=TINY, **options)
        assert generate(model, prompts, 16, lookup, buckets=TINY, **options) == expected

    def test_alone_and_under_xla(self, model):
        expected = generate(model, [PROMPTS[2]], 15, buckets=TINY)
        for limit in (1, 2, 15):
            got = generate(model, [PROMPTS[2]], limit, PromptLookup(), buckets=TINY)
            assert got == [expected[0][:limit]]

    def test_reaches_the_last_position(self):
        """Drafts beyond the table of positions must not disturb the last tokens."""
        model = built(CONFIGS["gpt2"].with_changes(max_length=20))
        expected = greedy_by_hand(model, PROMPTS[0], 16)
        lookup = PromptLookup(draft=5, ngram=1)
        got = generate(model, [PROMPTS[0]], 16, lookup, buckets=TINY, jit_compile=False)
        assert got == [expected]


class TestStream:
    @pytest.mark.parametrize("strategy", [Greedy(), Sampling(4)])
    def test_hands_over_what_generate_returns(self, model, strategy):
        options = {"buckets": TINY, "stop_ids": [11], "jit_compile": False}
        expected = generate(model, PROMPTS, 10, strategy, **options)
        steps = list(stream(model, PROMPTS, 10, strategy, **options))
        texts = [[step[row] for step in steps] for row in range(len(PROMPTS))]
        assert [[t for t in text if t is not None] for text in texts] == expected

    def test_decoder_with_a_source(self):
        keras.utils.set_random_seed(5)
        small = {k: v for k, v in SMALL.items() if k != "max_length"}
        model = Seq2SeqLM(t5_config(**small, start_id=1))
        model.build()
        options = {"buckets": TINY, "jit_compile": False}
        steps = list(stream(model, PROMPTS, 6, **options))
        texts = [list(text) for text in zip(*steps)]
        assert texts == generate(model, PROMPTS, 6, **options)

    def test_traces_twice_however_long(self, model):
        before = trace_count(model)
        for limit in (3, 9, 15):
            list(stream(model, PROMPTS, limit, Sampling(1), jit_compile=False))
        assert trace_count(model) - before == 2


class TestTraces:
    def test_count_is_bounded_by_the_buckets(self):
        model = built(CONFIGS["gpt2"])
        assert trace_count(model) == 0
        buckets = Buckets(batch=(2, 4), prompt=(8, 16), new_tokens=(32,))
        generator = np.random.default_rng(0)
        for call in range(60):
            batch = generator.integers(1, 5)
            prompts = [
                generator.integers(0, 31, generator.integers(1, 17)).tolist()
                for _ in range(batch)
            ]
            processors = [
                Temperature(generator.uniform(0.5, 2)),
                TopP(generator.uniform(0.1, 1)),
                NoRepeatNgrams(3),
            ]
            generate(
                model,
                prompts,
                int(generator.integers(1, 33)),
                Sampling(call),
                processors=processors,
                stop_ids=generator.integers(0, 31, call % 3),
                buckets=buckets,
                jit_compile=False,
            )
        assert trace_count(model) == 4

    def test_default_ladder_takes_two_traces_for_ten_requests(self):
        buckets = Buckets()
        triples = [(1, 5, 20), (1, 30, 100), (1, 12, 128), (2, 9, 40), (2, 32, 64)]
        triples += [(2, 7, 128), (3, 20, 50), (4, 31, 99), (4, 16, 16), (3, 2, 1)]
        buckets = {
            tuple(
                buckets.round_up(axis, size)
                for axis, size in zip(("batch", "prompt", "new_tokens"), triple)
            )
            for triple in triples
        }
        assert len(buckets) == 2
