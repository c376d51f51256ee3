"""What every model promises: masks, causality, caches, saving, training, details."""

import keras
import numpy as np
import pytest

from tests.selection import table
from transformer_tf import (
    CausalLM,
    Decoder,
    Encoder,
    EncoderDecoder,
    MaskedLM,
    MultipleChoice,
    Seq2SeqLM,
    SequenceClassifier,
    SpanQuestionAnswerer,
    TokenClassifier,
    TransformerConfig,
    albert_config,
    bart_config,
    bert_config,
    gpt2_config,
    llama_config,
    t5_config,
)

VOCABULARY, DIM, HEADS, HIDDEN, LAYERS = 29, 24, 4, 36, 2
BATCH, LENGTH, SOURCE, CHOICES = 2, 7, 9, 5
SMALL = {
    "vocabulary_size": VOCABULARY,
    "dim": DIM,
    "num_heads": HEADS,
    "hidden_dim": HIDDEN,
    "num_layers": LAYERS,
    "max_length": 40,
    "initializer_range": 0.2,
}
ENCODERS = [bert_config, albert_config]
DECODERS = [gpt2_config, llama_config]
BOTH = [bart_config, t5_config]
POSITIONS = ["learned", "sinusoidal", "rotary", "relative", "linear", None]


def ids_of(rng, *shape):
    return rng.integers(1, VOCABULARY, shape).astype("int32")


def padded(array, extra, value=0):
    """The array with `extra` more positions on its last axis."""
    return np.pad(
        array, [(0, 0)] * (array.ndim - 1) + [(0, extra)], constant_values=value
    )


def real_of(*lengths, length):
    return np.arange(length) < np.array(lengths)[:, None]


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(11)


def composed(rng):
    """Every composed model with the inputs of one call."""
    ids, real = ids_of(rng, BATCH, LENGTH), real_of(7, 4, length=LENGTH)
    types = rng.integers(0, 2, ids.shape).astype("int32")
    read = {"ids": ids, "padding_mask": real, "token_types": types}
    bert = bert_config(**SMALL)
    albert = albert_config(**SMALL, embedding_dim=10)
    sides = {
        "source_ids": ids_of(rng, BATCH, SOURCE),
        "source_padding_mask": real_of(9, 5, length=SOURCE),
        "target_ids": ids,
        "target_padding_mask": real,
    }
    choices = {
        name: np.repeat(array[:, None], CHOICES, axis=1) for name, array in read.items()
    }
    choices["ids"] = ids_of(rng, BATCH, CHOICES, LENGTH)
    positions = np.array([[1, 3, 5], [0, 2, 2]], "int32")
    return {
        "masked": (MaskedLM(bert), read),
        "masked_albert": (MaskedLM(albert), {**read, "mask_positions": positions}),
        "masked_untied": (MaskedLM(bert.with_changes(tied=False)), read),
        "causal": (CausalLM(gpt2_config(**SMALL)), {"ids": ids, "padding_mask": real}),
        "causal_llama": (CausalLM(llama_config(**SMALL, num_key_value_heads=2)), ids),
        "seq2seq": (Seq2SeqLM(bart_config(**SMALL)), sides),
        "seq2seq_t5": (Seq2SeqLM(t5_config(**SMALL)), sides),
        "sequence": (SequenceClassifier(bert, 6, pooling="mean"), read),
        "token": (TokenClassifier(bert, 6), read),
        "span": (SpanQuestionAnswerer(bert), read),
        "choice": (MultipleChoice(bert, activation=None), choices),
    }


SHAPES = {
    "masked": (BATCH, LENGTH, VOCABULARY),
    "masked_albert": (BATCH, 3, VOCABULARY),
    "masked_untied": (BATCH, LENGTH, VOCABULARY),
    "causal": (BATCH, LENGTH, VOCABULARY),
    "causal_llama": (BATCH, LENGTH, VOCABULARY),
    "seq2seq": (BATCH, LENGTH, VOCABULARY),
    "seq2seq_t5": (BATCH, LENGTH, VOCABULARY),
    "sequence": (BATCH, 6),
    "token": (BATCH, LENGTH, 6),
    "span": (BATCH, LENGTH),
    "choice": (BATCH, CHOICES),
}


class TestComposedModels:
    @pytest.mark.parametrize("name", SHAPES)
    def test_shape_saving_and_gradients(self, rng, name, tmp_path):
        model, inputs = composed(rng)[name]
        output = model(inputs)
        first = output[0] if isinstance(output, tuple) else output
        assert tuple(first.shape) == SHAPES[name]

        model.save(tmp_path / "model.keras")
        twin = keras.models.load_model(tmp_path / "model.keras")
        assert twin.get_config() == model.get_config()
        for one, other in zip(
            keras.tree.flatten(twin(inputs)), keras.tree.flatten(output), strict=True
        ):
            np.testing.assert_array_equal(one, other)
        model.save_weights(tmp_path / "all.weights.h5")
        other = type(model).from_config(model.get_config())
        other.build()
        other.load_weights(tmp_path / "all.weights.h5")
        other_first = keras.tree.flatten(other(inputs))[0]
        np.testing.assert_array_equal(other_first, first)

    # Smaller models of every kind, in every run: test_everyday.py.
    @pytest.mark.parametrize("name", table(SHAPES, ["masked_albert", "masked_untied"]))
    def test_functional_model_gives_the_same(self, rng, name):
        model, inputs = composed(rng)[name]
        arrays = inputs if isinstance(inputs, dict) else {"ids": inputs}
        symbols = {
            key: keras.Input(x.shape[1:], dtype=x.dtype, name=key)
            for key, x in arrays.items()
        }
        functional = keras.Model(symbols, model(symbols))
        for one, other in zip(
            keras.tree.flatten(functional(arrays)), keras.tree.flatten(model(arrays))
        ):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


class TestTraining:
    def test_fit_learns_to_continue(self, rng):
        """Texts that count: the next token is always the last plus one."""
        ids = (np.arange(9) + rng.integers(0, 20, (64, 1))) % 20 + 1
        config = gpt2_config(**{**SMALL, "num_layers": 1, "dropout": 0.0})
        model = CausalLM(config.with_changes(attention_dropout=0.0))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(0.01), loss)
        inputs = {"ids": ids[:, :-1], "padding_mask": np.ones((64, 8), bool)}
        history = model.fit(inputs, ids[:, 1:], batch_size=16, epochs=8, verbose=0)
        losses = history.history["loss"]
        assert losses[-1] < 0.3 * losses[0]

    def test_keras_loss_leaves_padding_out(self, rng):
        model = TokenClassifier(bert_config(**SMALL), 6)
        ids, real = ids_of(rng, BATCH, LENGTH), real_of(7, 4, length=LENGTH)
        labels = rng.integers(0, 6, ids.shape)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(loss=loss)
        inputs = {"ids": ids, "padding_mask": real}
        got = model.evaluate(inputs, labels, verbose=0)
        changed = np.where(real, labels, (labels + 1) % 6)
        assert got == pytest.approx(model.evaluate(inputs, changed, verbose=0))
        logits = np.asarray(model(inputs), "float64")
        chosen = np.take_along_axis(logits, labels[..., None], -1)[..., 0]
        losses = np.log(np.exp(logits).sum(-1)) - chosen
        assert got == pytest.approx(losses[real].mean(), abs=1e-4)

    def test_a_trained_body_takes_another_head(self, rng):
        pretrained = MaskedLM(bert_config(**SMALL))
        pretrained.build()
        classifier = SequenceClassifier(pretrained.body, 4)
        ids = ids_of(rng, BATCH, LENGTH)
        classifier(ids)
        assert classifier.body is pretrained.body
        hidden = pretrained.body(ids)
        np.testing.assert_array_equal(classifier.head(hidden), classifier(ids))

    @pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
    def test_mixed_precision(self, rng, policy):
        model = Seq2SeqLM(t5_config(**SMALL), dtype=policy)
        inputs = {
            "source_ids": ids_of(rng, BATCH, SOURCE),
            "target_ids": ids_of(rng, BATCH, LENGTH),
        }
        output = model(inputs)
        assert output.dtype == policy[6:]
        assert {w.dtype for w in model.trainable_weights} == {"float32"}
        exact = Seq2SeqLM(t5_config(**SMALL))
        exact.build()
        exact.set_weights(model.get_weights())
        wanted = np.asarray(exact(inputs))
        got = np.asarray(keras.ops.cast(output, "float32"))
        assert np.abs(got - wanted).max() < 0.05 * np.abs(wanted).max()


class TestPadding:
    """Appending padding, explicit or known by its id, changes nothing before it."""

    @pytest.mark.parametrize("family", [*ENCODERS, *DECODERS])
    @pytest.mark.parametrize("explicit", [True, False])
    def test_stack(self, rng, family, explicit):
        config = family(**SMALL, padding_id=None if explicit else 0)
        model = Encoder(config) if family in ENCODERS else Decoder(config)
        ids = ids_of(rng, BATCH, LENGTH)
        longer = padded(ids, 5, 17 if explicit else 0)
        mask = padded(np.ones(ids.shape, bool), 5, False) if explicit else None
        np.testing.assert_allclose(
            model(longer, padding_mask=mask)[:, :LENGTH], model(ids), atol=1e-5
        )

    @pytest.mark.parametrize("family", BOTH)
    @pytest.mark.parametrize("explicit", [True, False])
    def test_both_sides(self, rng, family, explicit):
        model = EncoderDecoder(family(**SMALL, padding_id=None if explicit else 0))
        source, target = ids_of(rng, BATCH, SOURCE), ids_of(rng, BATCH, LENGTH)
        expected = model(source, target)
        fill = 17 if explicit else 0
        masks = {}
        if explicit:
            masks = {
                "source_padding_mask": real_of(SOURCE, SOURCE, length=SOURCE + 4),
                "target_padding_mask": real_of(LENGTH, LENGTH, length=LENGTH + 3),
            }
        got = model(padded(source, 4, fill), padded(target, 3, fill), **masks)
        np.testing.assert_allclose(got[:, :LENGTH], expected, atol=1e-5)


class TestCausality:
    @pytest.mark.parametrize("positions", POSITIONS)
    def test_changing_a_token_changes_nothing_before_it(self, rng, positions):
        model = Decoder(gpt2_config(**SMALL, positions=positions))
        ids = ids_of(rng, BATCH, LENGTH)
        changed = ids.copy()
        changed[:, 4] = ids[:, 4] % (VOCABULARY - 1) + 1
        before, after = np.asarray(model(ids)), np.asarray(model(changed))
        np.testing.assert_allclose(after[:, :4], before[:, :4], atol=1e-5)
        assert np.abs(after[:, 4:] - before[:, 4:]).max(axis=(0, 2)).min() > 1e-3

    @pytest.mark.parametrize("family", BOTH)
    def test_target_is_causal_and_source_is_not(self, rng, family):
        model = EncoderDecoder(family(**SMALL))
        source, target = ids_of(rng, BATCH, SOURCE), ids_of(rng, BATCH, LENGTH)
        changed = target.copy()
        changed[:, 4] = target[:, 4] % (VOCABULARY - 1) + 1
        before, after = (np.asarray(model(source, t)) for t in (target, changed))
        np.testing.assert_allclose(after[:, :4], before[:, :4], atol=1e-5)
        last = source.copy()
        last[:, -1] = source[:, -1] % (VOCABULARY - 1) + 1
        assert np.abs(np.asarray(model(last, target)) - before)[:, 0].max() > 1e-4


class TestCache:
    @pytest.mark.parametrize("positions", POSITIONS)
    @pytest.mark.parametrize("window", [None, 3])
    def test_piece_by_piece_equals_at_once(self, rng, positions, window):
        config = gpt2_config(**SMALL, positions=positions, window=window)
        model = Decoder(config)
        ids = ids_of(rng, BATCH, LENGTH)
        expected = model(ids)
        cache, got = model.empty_cache(BATCH, 11), []
        for first, last in ((0, 4), (4, 5), (5, 7)):
            positions = cache.next_positions(last - first)
            output, cache = model(ids[:, first:last], positions=positions, cache=cache)
            got.append(np.asarray(output))
        np.testing.assert_allclose(np.concatenate(got, 1), expected, atol=1e-5)

    def test_cross_attention_from_projected_memory(self, rng):
        config = t5_config(**SMALL)
        model = EncoderDecoder(config)
        source, target = ids_of(rng, BATCH, SOURCE), ids_of(rng, BATCH, LENGTH)
        real = real_of(9, 4, length=SOURCE)
        expected = model(source, target, source_padding_mask=real)
        memory = model.encoder(source, padding_mask=real)
        projected = model.decoder.project(memory)
        cache, got = model.decoder.empty_cache(BATCH, LENGTH), []
        for n in range(LENGTH):
            output, cache = model.decoder(
                target[:, n : n + 1],
                memory=projected,
                positions=cache.next_positions(1),
                cache=cache,
            )
            got.append(np.asarray(output))
        np.testing.assert_allclose(np.concatenate(got, 1), expected, atol=1e-5)


class TestDetails:
    def test_encoder_hands_over_every_layer(self, rng):
        model = Encoder(albert_config(**SMALL, embedding_dim=10))
        ids, real = ids_of(rng, BATCH, LENGTH), real_of(7, 4, length=LENGTH)
        plain = model(ids, padding_mask=real)
        details = model(
            ids, padding_mask=real, return_hidden_states=True, return_weights=True
        )
        np.testing.assert_allclose(details["output"], plain, atol=1e-5)
        assert len(details["hidden_states"]) == LAYERS + 1
        np.testing.assert_allclose(details["hidden_states"][-1], plain, atol=1e-5)
        assert len(details["weights"]) == LAYERS
        for weights in details["weights"]:
            assert weights.shape == (BATCH, HEADS, LENGTH, LENGTH)
            np.testing.assert_allclose(np.sum(weights, -1), 1, atol=1e-5)
            assert np.abs(np.asarray(weights)[1, :, :, 4:]).max() == 0

    def test_encoder_decoder_hands_over_both_sides(self, rng):
        model = EncoderDecoder(bart_config(**SMALL, num_decoder_layers=3))
        source, target = ids_of(rng, BATCH, SOURCE), ids_of(rng, BATCH, LENGTH)
        details = model(source, target, return_hidden_states=True, return_weights=True)
        np.testing.assert_allclose(details["output"], model(source, target), atol=1e-5)
        decoder = details["decoder"]
        assert len(details["encoder"]["weights"]) == LAYERS
        assert len(decoder["weights"]) == len(decoder["memory_weights"]) == 3
        assert decoder["memory_weights"][0].shape == (BATCH, HEADS, LENGTH, SOURCE)
        assert len(decoder["hidden_states"]) == 4


class TestSharing:
    def test_albert_holds_one_block(self):
        one = Encoder(albert_config(**{**SMALL, "num_layers": 1}, embedding_dim=10))
        many = Encoder(albert_config(**SMALL, embedding_dim=10))
        one.build(), many.build()
        assert many.count_params() == one.count_params()

    def test_tied_models_hold_one_table(self):
        for model in (
            CausalLM(gpt2_config(**SMALL)),
            Seq2SeqLM(t5_config(**SMALL)),
            MaskedLM(bert_config(**SMALL)),
        ):
            model.build()
            tables = [w for w in model.weights if tuple(w.shape) == (VOCABULARY, DIM)]
            assert len(tables) == 1
            untied = type(model)(model.config.with_changes(tied=False))
            untied.build()
            tables = [w for w in untied.weights if tuple(w.shape) == (VOCABULARY, DIM)]
            assert len(tables) == 2


class TestConfig:
    def test_round_trips(self):
        config = t5_config(**SMALL, rotary_scaling={"type": "linear", "factor": 2.0})
        saved = keras.saving.serialize_keras_object(config)
        assert keras.saving.deserialize_keras_object(saved) == config
        assert isinstance(config, TransformerConfig)

    def test_t5_scale_follows_dim(self):
        assert t5_config(dim=64).logit_scale == 1 / 8
