"""The table behind tests/test_every_layer.py: one row for each public layer.

A row names the layer, its constructor's arguments, the arguments of one call and the
shape of what comes back. All sizes differ, so that a swapped axis shows.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

import transformer_tf

BATCH, LENGTH, KEY, DIM, KEY_DIM, UNITS = 2, 5, 7, 12, 10, 9


@dataclasses.dataclass
class Row:
    """One public layer and how to try it.

    Attributes:
        layer: The class.
        arguments: What its constructor is given.
        call: From a generator, the arguments of one call by name: arrays, lists of
            arrays, or plain values that are no tensors.
        output: Shape of what the call returns; a list where it returns several tensors.
        padded: Names of arguments whose axis 1 may be padded: appending padding to all
            of them, under an implicit mask, must change nothing at real positions.
        carries_mask: The mask of the first argument arrives at the first output.
        name: Tells two rows of one layer apart.
    """

    layer: type
    arguments: dict
    call: Callable
    output: tuple | list
    padded: tuple = ()
    carries_mask: bool = True
    name: str = ""

    def inputs(self):
        """The arguments of one call; the same numbers every time."""
        return self.call(np.random.default_rng(0))

    def build(self, **changes):
        """The layer, its arguments changed as asked."""
        return self.layer(**{**self.arguments, **changes})

    def __str__(self):
        return self.layer.__name__ + self.name


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


EVERY_LAYER = [
    Row(
        transformer_tf.AdaptiveEmbedding,
        {"vocabulary_size": 20, "dim": 12, "cutoffs": [7, 13], "divisor": 2},
        lambda rng: {"ids": np.array([[1, 8, 14, 19, 3], [2, 9, 15, 4, 12]])},
        (BATCH, LENGTH, 12),
        padded=("ids",),
    ),
    Row(
        transformer_tf.AdaptiveSoftmaxHead,
        {"vocabulary_size": 17, "cutoffs": [4, 9], "divisor": 2},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, LENGTH, 17),
        padded=("x",),
    ),
    Row(
        transformer_tf.AdditiveAttention,
        {"units": UNITS},
        lambda rng: {
            "query": floats(rng, BATCH, LENGTH, DIM),
            "key": floats(rng, BATCH, KEY, KEY_DIM),
        },
        [(BATCH, LENGTH, KEY_DIM), (BATCH, LENGTH, KEY)],
        padded=("key",),
    ),
    Row(
        transformer_tf.CausalLMHead,
        {"vocabulary_size": 17, "scale": 0.5, "use_bias": True},
        lambda rng: {
            "x": floats(rng, BATCH, LENGTH, DIM),
            "table": floats(rng, 17, DIM),
        },
        (BATCH, LENGTH, 17),
        padded=("x",),
    ),
    Row(
        transformer_tf.DecoderBlock,
        {"num_heads": 3, "hidden_dim": 14, "window": 4, "norm_first": True},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, LENGTH, DIM),
        padded=("x",),
    ),
    Row(
        transformer_tf.DecoderBlock,
        {"num_heads": 3, "hidden_dim": 14, "use_cross_attention": True},
        lambda rng: {
            "x": floats(rng, BATCH, LENGTH, DIM),
            "memory": floats(rng, BATCH, KEY, KEY_DIM),
        },
        (BATCH, LENGTH, DIM),
        padded=("x", "memory"),
        name="WithMemory",
    ),
    Row(
        transformer_tf.EncoderBlock,
        {"num_heads": 3, "hidden_dim": 14},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, LENGTH, DIM),
        padded=("x",),
    ),
    Row(
        transformer_tf.EncoderBlock,
        {
            "num_heads": 4,
            "num_key_value_heads": 2,
            "hidden_dim": 14,
            "gated": True,
            "activation": "silu",
            "norm": "rms",
            "norm_first": True,
            "use_bias": False,
        },
        lambda rng: {
            "x": floats(rng, BATCH, LENGTH, 24),
            "rotary": transformer_tf.RotaryPositions(),
        },
        (BATCH, LENGTH, 24),
        padded=("x",),
        name="OfToday",
    ),
    Row(
        transformer_tf.FeedForward,
        {"hidden_dim": 14, "activation": "gelu_tanh"},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, LENGTH, DIM),
        padded=("x",),
    ),
    Row(
        transformer_tf.GRUCell,
        {"units": UNITS},
        lambda rng: {
            "inputs": floats(rng, BATCH, DIM),
            "states": [floats(rng, BATCH, UNITS)],
        },
        [(BATCH, UNITS), (BATCH, UNITS)],
        carries_mask=False,
    ),
    Row(
        transformer_tf.GatedFeedForward,
        {"hidden_dim": 14},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, LENGTH, DIM),
        padded=("x",),
    ),
    Row(
        transformer_tf.LSTMCell,
        {"units": UNITS},
        lambda rng: {
            "inputs": floats(rng, BATCH, DIM),
            "states": [floats(rng, BATCH, UNITS), floats(rng, BATCH, UNITS)],
        },
        [(BATCH, UNITS), (BATCH, UNITS), (BATCH, UNITS)],
        carries_mask=False,
    ),
    Row(
        transformer_tf.LearnedPositions,
        {"max_length": 20, "offset": 2},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, LENGTH, DIM),
        padded=("x",),
    ),
    Row(
        transformer_tf.ALiBi,
        {"num_heads": 6},
        lambda rng: {
            "query_positions": np.arange(LENGTH),
            "key_positions": np.arange(KEY),
        },
        (1, 6, LENGTH, KEY),
        carries_mask=False,
    ),
    Row(
        transformer_tf.LongformerAttention,
        {"num_heads": 3, "window": 2},
        lambda rng: {
            "x": floats(rng, BATCH, LENGTH, DIM),
            "global_attention_mask": np.arange(LENGTH) == np.array([[3], [1]]),
        },
        (BATCH, LENGTH, DIM),
        padded=("x", "global_attention_mask"),
    ),
    Row(
        transformer_tf.LongformerBlock,
        {"num_heads": 3, "hidden_dim": 14, "window": 3},
        lambda rng: {
            "x": floats(rng, BATCH, LENGTH, DIM),
            "global_attention_mask": np.arange(LENGTH) == np.array([[3], [1]]),
        },
        (BATCH, LENGTH, DIM),
        padded=("x", "global_attention_mask"),
    ),
    Row(
        transformer_tf.MaskedLMHead,
        {"vocabulary_size": 17},
        lambda rng: {
            "x": floats(rng, BATCH, LENGTH, DIM),
            "table": floats(rng, 17, KEY_DIM),
        },
        (BATCH, LENGTH, 17),
        padded=("x",),
    ),
    Row(
        transformer_tf.MaskedLMHead,
        {"vocabulary_size": 17, "activation": "gelu_tanh"},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, LENGTH, 17),
        padded=("x",),
        name="WithItsOwnTable",
    ),
    Row(
        transformer_tf.MultipleChoiceHead,
        {"pooling": "mean"},
        lambda rng: {
            "x": floats(rng, BATCH, 3, LENGTH, DIM),
            "padding_mask": np.arange(LENGTH) < np.array([[[5], [2], [4]]] * BATCH),
        },
        (BATCH, 3),
        carries_mask=False,
    ),
    Row(
        transformer_tf.PretrainingHead,
        {"vocabulary_size": 17},
        lambda rng: {
            "x": floats(rng, BATCH, LENGTH, DIM),
            "table": floats(rng, 17, KEY_DIM),
        },
        [(BATCH, LENGTH, 17), (BATCH, 2)],
        padded=("x",),
    ),
    Row(
        transformer_tf.ReplacedTokenHead,
        {},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, LENGTH),
        padded=("x",),
    ),
    Row(
        transformer_tf.QuestionAnsweringHead,
        {},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        [(BATCH, LENGTH), (BATCH, LENGTH)],
        padded=("x",),
        carries_mask=False,
    ),
    Row(
        transformer_tf.Seq2SeqLMHead,
        {"vocabulary_size": 17},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, LENGTH, 17),
        padded=("x",),
    ),
    Row(
        transformer_tf.SequenceClassificationHead,
        {"num_classes": 4, "pooling": "last"},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, 4),
        carries_mask=False,
    ),
    Row(
        transformer_tf.TokenClassificationHead,
        {"num_classes": 4},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, LENGTH, 4),
        padded=("x",),
    ),
    Row(
        transformer_tf.MultiHeadAttention,
        {"num_heads": 3},
        lambda rng: {"query": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, LENGTH, DIM),
        padded=("query",),
    ),
    Row(
        transformer_tf.MultiHeadAttention,
        {"num_heads": 6, "num_key_value_heads": 2, "head_dim": 8, "use_bias": False},
        lambda rng: {
            "query": floats(rng, BATCH, LENGTH, DIM),
            "key": floats(rng, BATCH, KEY, KEY_DIM),
            "return_weights": True,
        },
        [(BATCH, LENGTH, DIM), (BATCH, 6, LENGTH, KEY)],
        padded=("key",),
        name="Across",
    ),
    Row(
        transformer_tf.RNNCell,
        {"units": UNITS},
        lambda rng: {
            "inputs": floats(rng, BATCH, DIM),
            "states": [floats(rng, BATCH, UNITS)],
        },
        [(BATCH, UNITS), (BATCH, UNITS)],
        carries_mask=False,
    ),
    Row(
        transformer_tf.RelativeAttention,
        {"num_heads": 3, "max_distance": 4, "window": 6},
        lambda rng: {
            "x": floats(rng, BATCH, LENGTH, DIM),
            "memory": floats(rng, BATCH, KEY, DIM),
        },
        (BATCH, LENGTH, DIM),
        padded=("x",),
    ),
    Row(
        transformer_tf.TransformerXLBlock,
        {"num_heads": 3, "hidden_dim": 14, "max_distance": 4},
        lambda rng: {
            "x": floats(rng, BATCH, LENGTH, DIM),
            "memory": floats(rng, BATCH, KEY, DIM),
        },
        (BATCH, LENGTH, DIM),
        padded=("x",),
    ),
    Row(
        transformer_tf.RelativePositionBias,
        {"num_heads": 3, "num_buckets": 8, "max_distance": 6},
        lambda rng: {
            "query_positions": np.arange(0, 20, 4),
            "key_positions": np.arange(13),
        },
        (1, 3, 5, 13),
        carries_mask=False,
    ),
    Row(
        transformer_tf.RotaryPositions,
        {"scaling": {"type": "linear", "factor": 2.0}},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, 3, 8)},
        (BATCH, LENGTH, 3, 8),
        padded=("x",),
    ),
    Row(
        transformer_tf.SinusoidalPositions,
        {"max_wavelength": 5000},
        lambda rng: {"x": floats(rng, BATCH, LENGTH, DIM)},
        (BATCH, LENGTH, DIM),
        padded=("x",),
    ),
    Row(
        transformer_tf.TokenEmbedding,
        {"vocabulary_size": 20, "dim": DIM, "scale": True},
        lambda rng: {"ids": rng.integers(1, 20, (BATCH, LENGTH))},
        (BATCH, LENGTH, DIM),
        padded=("ids",),
    ),
]
