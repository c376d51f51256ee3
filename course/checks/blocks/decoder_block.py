"""blocks.decoder_block: looks back, looks at the memory, then thinks for itself."""

import keras
import numpy as np
from keras import ops

import transformer_tf
from course.checks.blocks.samples import UNIT, block_weights
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of


class DecoderBlock(keras.layers.Layer):
    """Looks back at what is written, then at the memory, then thinks; pre-norm.

    Args:
        num_heads: Number of attention heads.
        hidden_dim: Width inside the feed-forward layer.

    Call:
        x: [batch, length, dim] floats: what has been written so far.
        memory: [batch, memory_length, dim] floats: what the encoder has read; it has
            been normalised already.
        real: [batch, length] booleans: which positions of x are words, not padding.
        memory_real: [batch, memory_length] booleans: the same for the memory.

    Returns:
        [batch, length, dim] floats.
    """

    def __init__(self, num_heads, hidden_dim, **kwargs):
        super().__init__(**kwargs)
        self.num_heads, self.hidden_dim = num_heads, hidden_dim

    def build(self, x_shape, *other_shapes):
        settings = {"dtype": self.dtype_policy}
        for name in ("attention", "cross_attention"):
            layer = transformer_tf.MultiHeadAttention(
                self.num_heads, name=name, **settings
            )
            setattr(self, name, layer)
        self.feed_forward = transformer_tf.FeedForward(
            self.hidden_dim, name="feed_forward", **settings
        )
        for name in ("attention", "cross_attention", "feed_forward"):
            norm = keras.layers.LayerNormalization(
                epsilon=1e-6, name=f"{name}_norm", **settings
            )
            setattr(self, f"{name}_norm", norm)
            norm.build(x_shape)
            getattr(self, name).build(x_shape)

    def call(self, x, memory, real, memory_real):
        mask = transformer_tf.causal_mask(x.shape[1]) & real[:, None, :]
        x = x + self.attention(self.attention_norm(x), attention_mask=mask)
        normed = self.cross_attention_norm(x)
        x = x + self.cross_attention(
            normed, memory, attention_mask=memory_real[:, None, :]
        )
        return x + self.feed_forward(self.feed_forward_norm(x))


exercise = Exercise(
    "blocks.decoder_block",
    unit=UNIT,
    answer="DecoderBlock",
    reference=DecoderBlock,
    parts={"values": 3, "masks": 3},
    returns={"output": ("batch", "length", "dim")},
    forbidden=(f"{__name__}.DecoderBlock", "transformer_tf.DecoderBlock"),
    stands_on=(
        "transformer_tf.attention.masks",
        "transformer_tf.attention.multi_head",
        "transformer_tf.blocks.feed_forward",
    ),
    hints=4,
    difficulty=4,
    importance=5,
    minutes=20,
    paper="https://arxiv.org/abs/1706.03762",
)


def _call(rng, length=4, memory_length=6, dim=4, heads=2, padding=(0, 0), size=1.0):
    x = np.float32(size) * (2 * floats(rng, 2, length, dim) + 1)
    memory = floats(rng, 2, memory_length, dim)
    real, memory_real = (
        range(size) < rng.permutation([size, size - missing])[:, None]
        for size, missing in zip((length, memory_length), padding, strict=True)
    )
    weights = block_weights(rng, dim, 5, ("attention", "cross_attention"))
    case = Call(x, memory, real, memory_real)
    return case.of_layer(weights=weights, num_heads=heads, hidden_dim=5)


@exercise.probe(part="values")
def nothing_padded(rng):
    return _call(rng)


@exercise.probe(part="masks")
def padding_in_front(rng):
    """The first word of one sentence is padding: only then a later one misses it."""
    case = _call(rng, length=4, memory_length=3, padding=(0, 1))
    x, memory, _, memory_real = (array.values for array in case.request.args)
    real = range(4) >= rng.permutation([0, 1])[:, None]
    return case.asking(args=(x, memory, real, memory_real))


@exercise.promise(
    part="masks",
    length=Sizes(1, 5),
    memory_length=Sizes(1, 7),
    missing=OneOf(0, 1),
    size=OneOf(1.0, 1e-3),
)
def any_lengths(rng, length, memory_length, missing, size):
    """One layer for all lengths: it was built for others."""
    padding = tuple(min(missing, size - 1) for size in (length, memory_length))
    case = _call(rng, length, memory_length, padding=padding, size=size)
    return case.asking(build=_call(rng).request.args)


Copy = copy_of(DecoderBlock)


class Steps(Copy):
    """The masks and the second look by name: the mistakes below replace them."""

    def own_mask(self, x, real):
        return ops.logical_and(transformer_tf.causal_mask(x.shape[1]), real[:, None])

    def look_at(self, x, memory, memory_real):
        normed = self.cross_attention_norm(x)
        mask = memory_real[:, None, :]
        return x + self.cross_attention(normed, memory, attention_mask=mask)

    def call(self, x, memory, real, memory_real):
        mask = self.own_mask(x, real)
        x = x + self.attention(self.attention_norm(x), attention_mask=mask)
        x = self.look_at(x, memory, memory_real)
        return x + self.feed_forward(self.feed_forward_norm(x))


@exercise.misconception
class FutureSeen(Steps):
    def own_mask(self, x, real):
        return real[:, None]


@exercise.misconception
class LooksAheadByOne(Steps):
    def own_mask(self, x, real):
        places = ops.arange(x.shape[1])
        return ops.logical_and(places <= places[:, None] + 1, real[:, None])


@exercise.misconception
class PastHidden(Steps):
    """The causal mask is the wrong way up."""

    def own_mask(self, x, real):
        causal = ops.transpose(transformer_tf.causal_mask(x.shape[1]))
        return ops.logical_and(causal, real[:, None])


@exercise.misconception
class OwnPaddingForgotten(Steps):
    def own_mask(self, x, real):
        return transformer_tf.causal_mask(x.shape[1])


@exercise.misconception
class EitherMaskIsEnough(Steps):
    def own_mask(self, x, real):
        return ops.logical_or(transformer_tf.causal_mask(x.shape[1]), real[:, None])


@exercise.misconception
class MemoryPaddingForgotten(Steps):
    def look_at(self, x, memory, memory_real):
        return x + self.cross_attention(self.cross_attention_norm(x), memory)


@exercise.misconception
class MemoryNeverSeen(Steps):
    """The second attention looks at the decoder's own words again."""

    def look_at(self, x, memory, memory_real):
        return x + self.cross_attention(self.cross_attention_norm(x))


@exercise.misconception
class NoRoadRoundTheMemory(Steps):
    def look_at(self, x, memory, memory_real):
        return super().look_at(x, memory, memory_real) - x


@exercise.misconception
class NormAfterTheSum(Steps):
    """Post-norm, as in the original paper and in most tutorials."""

    def call(self, x, memory, real, memory_real):
        mask = self.own_mask(x, real)
        x = self.attention_norm(x + self.attention(x, attention_mask=mask))
        mask = memory_real[:, None, :]
        seen = self.cross_attention(x, memory, attention_mask=mask)
        x = self.cross_attention_norm(x + seen)
        return self.feed_forward_norm(x + self.feed_forward(x))


@exercise.alternative
class InNamedSteps(Steps):
    pass


@exercise.alternative
class MaskFromPlaces(Steps):
    def own_mask(self, x, real):
        places = ops.arange(x.shape[1])
        return ops.logical_and(places[None, None] <= places[:, None], real[:, None])


@exercise.alternative
class MemoryAsKeysAndValues(Steps):
    def look_at(self, x, memory, memory_real):
        mask = ops.repeat(memory_real[:, None], x.shape[1], axis=1)
        normed = self.cross_attention_norm(x)
        seen = self.cross_attention(normed, memory, memory, attention_mask=mask)
        return ops.add(seen, x)
