"""One rule for padding: mask before id, starts are real, positions from the first."""

import keras
import numpy as np
import pytest
from keras.src.backend import get_keras_mask

from tests.generation.changed_models import FAMILIES, finished, plain
from transformer_tf import Encoder, Seq2SeqLM, bart_config, bert_config, t5_config
from transformer_tf.generation import Buckets, generate

TEXT = np.array([[5, 6, 7]], "int32")
DECODERS = ["gpt2", "sinusoidal", "llama", "alibi"]
OPTIONS = {"buckets": Buckets((2,), (4,), (8,)), "jit_compile": False}


def padded(side, fill):
    """The text with two more tokens, and which are real."""
    more = [(0, 0), (2, 0) if side == "left" else (0, 2)]
    real = np.pad(np.ones(TEXT.shape, bool), more)
    return np.pad(TEXT, more, constant_values=fill), real


@pytest.fixture(params=["gpt2", "sinusoidal", "llama", "alibi", "bert"])
def model(request):
    """What reads [batch, length] ids, with 0 as padding."""
    keras.utils.set_random_seed(4)
    if request.param == "bert":
        small = {"vocabulary_size": 31, "dim": 24, "num_heads": 3, "num_layers": 2}
        small |= {"max_length": 12, "initializer_range": 0.3, "padding_id": 0}
        return finished(Encoder(bert_config(**small)))
    kind, config = FAMILIES[request.param]
    return plain(kind, config.with_changes(padding_id=0)).body


@pytest.mark.parametrize("side", ["left", "right"])
def test_padding_moves_nothing(model, side):
    expected = model(TEXT)
    by_id, real = padded(side, 0)
    by_mask, _ = padded(side, 9)
    for got in (model(by_id), model(by_mask, padding_mask=real)):
        np.testing.assert_allclose(got[real], expected[0], atol=1e-5)


def test_a_mask_comes_before_the_id(model):
    """Where it says so, a token with the padding id is a token."""
    ids = np.array([[5, 0, 7]], "int32")
    everything = np.ones(ids.shape, bool)
    hidden, seen = model(ids), model(ids, padding_mask=everything)
    assert np.abs(np.asarray(hidden - seen))[:, 2].max() > 1e-3
    np.testing.assert_array_equal(get_keras_mask(seen), everything)


@pytest.mark.parametrize("skip", [False, True])
def test_padding_between_tokens_takes_a_position_or_none(skip):
    small = {"vocabulary_size": 31, "dim": 24, "num_heads": 3, "num_layers": 1}
    config = bert_config(**small, max_length=12, initializer_range=0.3)
    model = finished(Encoder(config.with_changes(positions_skip_padding=skip)))
    ids = np.array([[5, 9, 6, 9, 7]], "int32")
    real = ids != 9
    table = model.embedding.position_layer.table
    got = np.asarray(model.embedding(ids, padding_mask=real))
    x = model.embedding.tokens(ids) + model.embedding.type_embedding(0 * ids)
    places = [0, 0, 1, 0, 2] if skip else [0, 1, 2, 3, 4]
    expected = model.embedding.norm(x + np.asarray(table)[places])
    np.testing.assert_allclose(got[real], np.asarray(expected)[real], atol=1e-5)


@pytest.mark.parametrize("family", [t5_config, bart_config])
class TestStart:
    """T5 starts from its padding, and so may others."""

    def model(self, family):
        keras.utils.set_random_seed(4)
        small = {"vocabulary_size": 31, "dim": 24, "num_heads": 3, "num_layers": 2}
        small |= {"max_length": 12, "initializer_range": 0.3}
        return plain(Seq2SeqLM, family(**small, padding_id=0, start_id=0))

    def test_is_real_in_model_and_loss(self, family):
        model = self.model(family)
        inputs = {"source_ids": TEXT, "target_ids": np.array([[0, 5, 0]], "int32")}
        logits = model(inputs)
        np.testing.assert_array_equal(get_keras_mask(logits), [[True, True, False]])
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        first = model.evaluate(inputs, np.array([[3, 4, 9]]), verbose=0)
        assert first != model.evaluate(inputs, np.array([[8, 4, 9]]), verbose=0)

    def test_generation_agrees(self, family):
        model = self.model(family)
        (written,) = generate(model, TEXT, 4, **OPTIONS)
        ids = [0]
        for _ in range(4):
            inputs = {"source_ids": TEXT, "target_ids": np.array([ids])}
            ids.append(int(np.argmax(np.asarray(model(inputs))[0, -1])))
        assert written == ids[1:]


@pytest.mark.parametrize("family", DECODERS)
class TestGeneration:
    def model(self, family):
        keras.utils.set_random_seed(4)
        kind, config = FAMILIES[family]
        return plain(kind, config.with_changes(padding_id=0))

    def test_prompts_are_padded_by_id_as_by_mask(self, family):
        model, expected = self.model(family), None
        for ids, mask in ([[5, 6], None], [[5, 6, 0, 0], None], [[0, 0, 5, 6], None]):
            (got,) = generate(model, [ids], 3, padding_mask=mask, **OPTIONS)
            expected = expected or got
            assert got == expected
        mask = np.array([[True, True, False, False]])
        assert generate(model, [[5, 6, 9, 9]], 3, padding_mask=mask, **OPTIONS) == [
            expected
        ]

    def test_padding_inside_a_text_is_hidden(self, family):
        """In the prompt, and where the model writes it itself."""
        model = self.model(family)
        bias = np.zeros(31)
        bias[0] = 2.0  # so that padding is written now and then
        head = model.head

        class Biased(type(head)):
            def call(self, x, table=None):
                return super().call(x, table) + bias.astype("float32")

        head.__class__ = Biased
        ids = [5, 0, 6]
        for _ in range(6):
            logits = np.asarray(model(np.array([ids], "int32")))[0, -1]
            ids.append(int(logits.argmax()))
        assert generate(model, [[5, 0, 6]], 6, **OPTIONS) == [ids[3:]]
