"""blocks.encoder_block: attention and feed-forward with residual connections."""

import keras
import numpy as np

import transformer_tf
from course.checks.blocks.samples import UNIT, block_weights
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of


class EncoderBlock(keras.layers.Layer):
    """Lets words look at each other, then lets each think for itself; pre-norm.

    Args:
        num_heads: Number of attention heads.
        hidden_dim: Width inside the feed-forward layer.

    Call:
        x: [batch, length, dim] floats.
        attention_mask: Booleans that broadcast to [batch, length, length], or None.

    Returns:
        [batch, length, dim] floats.
    """

    def __init__(self, num_heads, hidden_dim, **kwargs):
        super().__init__(**kwargs)
        self.num_heads, self.hidden_dim = num_heads, hidden_dim

    def build(self, x_shape):
        kind = keras.layers.LayerNormalization
        settings = {"dtype": self.dtype_policy}
        self.attention = transformer_tf.MultiHeadAttention(
            self.num_heads, name="attention", **settings
        )
        self.attention_norm = kind(epsilon=1e-6, name="attention_norm", **settings)
        self.feed_forward = transformer_tf.FeedForward(
            self.hidden_dim, name="feed_forward", **settings
        )
        self.feed_forward_norm = kind(
            epsilon=1e-6, name="feed_forward_norm", **settings
        )
        for layer in (self.attention, self.attention_norm):
            layer.build(x_shape)
        for layer in (self.feed_forward, self.feed_forward_norm):
            layer.build(x_shape)

    def call(self, x, attention_mask=None):
        normed = self.attention_norm(x)
        x = x + self.attention(normed, attention_mask=attention_mask)
        return x + self.feed_forward(self.feed_forward_norm(x))


exercise = Exercise(
    "blocks.encoder_block",
    unit=UNIT,
    answer="EncoderBlock",
    reference=EncoderBlock,
    parts={"values": 3, "mask": 1},
    returns={"output": ("batch", "length", "dim")},
    forbidden=(f"{__name__}.EncoderBlock", "transformer_tf.EncoderBlock"),
    stands_on=(
        "transformer_tf.attention.multi_head",
        "transformer_tf.blocks.feed_forward",
    ),
    hints=3,
    difficulty=3,
    importance=5,
    minutes=15,
    paper="https://arxiv.org/abs/1706.03762",
)


def _call(rng, batch=2, length=5, dim=6, heads=3, hidden_dim=7, size=1.0, **inputs):
    weights = block_weights(rng, dim, hidden_dim)
    x = np.float32(size) * (2 * floats(rng, batch, length, dim) + 1)
    case = Call(x, **inputs)
    return case.of_layer(weights=weights, num_heads=heads, hidden_dim=hidden_dim)


@exercise.probe(part="values")
def five_words(rng):
    return _call(rng)


@exercise.probe(part="values")
def one_word(rng):
    return _call(rng, batch=3, length=1, dim=4, heads=2)


@exercise.probe(part="mask")
def padding_hidden(rng):
    lengths = rng.permutation([5, 3])
    return _call(rng, attention_mask=(range(5) < lengths[:, None])[:, None])


@exercise.promise(
    part="mask",
    batch=Sizes(1, 3),
    length=Sizes(1, 7),
    rows=OneOf(1, "own"),
    size=OneOf(1.0, 1e-3),
)
def any_mask(rng, batch, length, rows, size):
    """One layer for all lengths: it was built for others."""
    mask = rng.random((batch, 1 if rows == 1 else length, length)) < 0.5
    mask[..., 0] = True
    case = _call(rng, batch, length, size=size, attention_mask=mask)
    return case.asking(build=_call(rng).request.args)


Copy = copy_of(EncoderBlock)


class Steps(Copy):
    """The two sublayers by name, from which the mistakes below are made."""

    def look(self, x, mask):
        return self.attention(x, attention_mask=mask)

    def call(self, x, attention_mask=None):
        x = x + self.look(self.attention_norm(x), attention_mask)
        return x + self.feed_forward(self.feed_forward_norm(x))


@exercise.misconception
class MaskForgotten(Steps):
    def look(self, x, mask):
        return self.attention(x)


@exercise.misconception
class RoadStartsAfterTheNorm(Steps):
    def call(self, x, attention_mask=None):
        x = self.attention_norm(x)
        x = x + self.look(x, attention_mask)
        x = self.feed_forward_norm(x)
        return x + self.feed_forward(x)


@exercise.misconception
class NormAfterTheSum(Steps):
    def call(self, x, attention_mask=None):
        x = self.attention_norm(x + self.look(x, attention_mask))
        return self.feed_forward_norm(x + self.feed_forward(x))


@exercise.misconception
class OneNormForBoth(Steps):
    def call(self, x, attention_mask=None):
        x = x + self.look(self.attention_norm(x), attention_mask)
        return x + self.feed_forward(self.attention_norm(x))


@exercise.misconception
class BothReadTheInput(Steps):
    """The feed-forward layer never sees what attention has found."""

    def call(self, x, attention_mask=None):
        seen = self.look(self.attention_norm(x), attention_mask)
        return x + seen + self.feed_forward(self.feed_forward_norm(x))


@exercise.misconception
class RoadOfTheInput(Steps):
    """The second sum adds the block's input: what attention found is thrown away."""

    def call(self, x, attention_mask=None):
        seen = x + self.look(self.attention_norm(x), attention_mask)
        return x + self.feed_forward(self.feed_forward_norm(seen))


@exercise.misconception
class NoSecondRoad(Steps):
    def call(self, x, attention_mask=None):
        x = x + self.look(self.attention_norm(x), attention_mask)
        return self.feed_forward(self.feed_forward_norm(x))


@exercise.misconception
class FeedForwardFirst(Steps):
    def call(self, x, attention_mask=None):
        x = x + self.feed_forward(self.feed_forward_norm(x))
        return x + self.look(self.attention_norm(x), attention_mask)


@exercise.misconception
class NoRoadAtAll(Steps):
    def call(self, x, attention_mask=None):
        x = self.look(self.attention_norm(x), attention_mask)
        return self.feed_forward(self.feed_forward_norm(x))


@exercise.alternative
class InNamedSteps(Steps):
    pass


@exercise.alternative
class KeysAndQueriesGiven(Steps):
    def look(self, x, mask):
        return self.attention(x, x, x, attention_mask=mask)


@exercise.alternative
class WithAddLayers(Steps):
    def call(self, x, attention_mask=None):
        seen = self.look(self.attention_norm(x), attention_mask)
        x = keras.ops.add(x, seen)
        thought = self.feed_forward(self.feed_forward_norm(x))
        return keras.layers.add([thought, x])
