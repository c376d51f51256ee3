"""seq2seq.translator, the capstone: the learner's pieces become an encoder-decoder."""

import types

import keras
import numpy as np
from keras import ops

from course.checks.samples import floats
from course.checks.seq2seq.samples import TRANSFORMER, UNIT, behind
from course.examination import Call, Exercise, Sizes
from course.examination.candidate import copy_of
from course.pieces import Encoder, WritingBlock, library, three_masks
from course.pieces.library import OF_AN_ENCODER

mine = types.SimpleNamespace(**vars(library), Encoder=Encoder, three_masks=three_masks)


class Translator(keras.layers.Layer):
    """Reads one text and writes another: your encoder, and blocks that look at it.

    Args:
        vocabulary_size: How many different tokens there are, of both texts together.
        dim: The size of a token's vector.
        num_heads, hidden_dim: Of every block.
        num_layers: How many blocks the encoder has, and how many the decoder.

    Call:
        source: [batch, source] integers: the text to be read.
        source_real: [batch, source] booleans: False for padding.
        target: [batch, target] integers: the text to be written, behind its start.
        target_real: [batch, target] booleans: False for padding.

    Returns:
        [batch, target, vocabulary] floats: logits of the token after each position of
        the target.
    """

    def __init__(
        self, vocabulary_size, dim, num_heads, hidden_dim, num_layers, **kwargs
    ):
        super().__init__(**kwargs)
        self.dim, self.num_layers = dim, num_layers
        self.num_heads, self.hidden_dim = num_heads, hidden_dim
        sizes = vocabulary_size, dim, num_heads, hidden_dim, num_layers
        self.encoder = mine.Encoder(*sizes, dtype=self.dtype_policy, name="encoder")

    def new_block(self, number):
        """A block with weights of its own; `number` only gives it a name."""
        settings = {"dtype": self.dtype_policy, "name": f"writing_{number}"}
        block = WritingBlock(self.num_heads, self.hidden_dim, **settings)
        block.build((None, None, self.dim))
        return block

    def build(self, source_shape, *other_shapes):
        self.encoder.build(source_shape)
        self.scale, self.offset = (
            self.add_weight(name=f"target_{name}", shape=(self.dim,), initializer=start)
            for name, start in (("scale", "ones"), ("offset", "zeros"))
        )
        self.blocks = [self.new_block(number) for number in range(self.num_layers)]

    def decode(self, memory, source_real, target, target_real):
        """Logits, and the last block's cross-attention, from the encoder's output."""
        table, scale, offset = map(
            ops.convert_to_tensor, (self.encoder.table, self.scale, self.offset)
        )
        pattern = mine.sinusoidal_positions(target.shape[1], self.dim)
        pattern = ops.cast(pattern, table.dtype)
        _, seen, read = mine.three_masks(source_real, target_real)
        x = mine.embed(target, table, pattern)
        for block in self.blocks:
            x, weights = block(x, memory, seen, read)
        x = mine.layer_norm(x, scale, offset)
        return ops.matmul(x, ops.transpose(table)), weights

    def call(self, source, source_real, target, target_real):
        memory = self.encoder(source, source_real)
        logits, _ = self.decode(memory, source_real, target, target_real)
        return logits


exercise = Exercise(
    "seq2seq.translator",
    unit=UNIT,
    answer="Translator",
    reference=Translator,
    parts={"logits": 4, "masks": 2, "training": 1},
    returns={"logits": ("batch", "position", "vocabulary")},
    forbidden=(
        f"{__name__}.Translator",
        "transformer_tf.Seq2SeqLM",
        "transformer_tf.EncoderDecoder",
        "transformer_tf.Decoder",
        "transformer_tf.DecoderBlock",
        "keras.layers.MultiHeadAttention",
    ),
    stands_on=("course.pieces", "transformer_tf.attention.scaled_dot_product"),
    pieces=(*OF_AN_ENCODER, "blocks.encoder", "seq2seq.masks"),
    hints=4,
    difficulty=4,
    importance=5,
    minutes=25,
    paper=TRANSFORMER,
)

SIZES = {"vocabulary_size": 11, "dim": 6, "num_heads": 2, "hidden_dim": 5}
SIZES |= {"num_layers": 2}
BATCH, SOURCE, TARGET = 3, 5, 4


def _weights(rng):
    """Values for every weight, by the end of its path."""
    dim, hidden_dim = SIZES["dim"], SIZES["hidden_dim"]
    shared = {"wide_kernel": (dim, hidden_dim), "narrow_kernel": (hidden_dim, dim)}
    shared |= {"wide_bias": (hidden_dim,), "narrow_bias": (dim,)}
    kinds = ("query", "key", "value", "mix")
    blocks = {}
    for prefix, places, norms in (
        ("encoder/block", ("",), ("first", "second")),
        ("writing", ("self_", "cross_"), ("first", "second", "third")),
    ):
        shapes = {f"{place}{kind}": (dim, dim) for place in places for kind in kinds}
        for norm in norms:
            shapes |= {f"{norm}_scale": (dim,), f"{norm}_offset": (dim,)}
        blocks[prefix] = shapes | shared
    found = {"encoder/table": floats(rng, SIZES["vocabulary_size"], dim, scale=0.7)}
    for place in ("encoder/", "target_"):
        found |= {f"{place}scale": 1 + floats(rng, dim, scale=0.4)}
        found |= {f"{place}offset": floats(rng, dim)}
    for number in range(SIZES["num_layers"]):
        for prefix, shapes in blocks.items():
            for name, shape in shapes.items():
                value = floats(rng, *shape, scale=shape[0] ** -0.5)
                path = f"{prefix}_{number}/{name}"
                found[path] = value + name.endswith("scale")
    return {name: value.astype("float32") for name, value in found.items()}


def _texts(rng, batch=BATCH, source=SOURCE, target=TARGET, padded=True):
    ids = (
        rng.integers(SIZES["vocabulary_size"], size=(batch, length)).astype("int32")
        for length in (source, target)
    )
    real = (behind(rng, batch, source), behind(rng, batch, target)[::-1].copy())
    if not padded:
        real = tuple(np.ones_like(part) for part in real)
    (source_ids, target_ids), (source_real, target_real) = ids, real
    return source_ids, source_real, target_ids, target_real


def _call(rng, texts):
    """Every call is of one form, so that one layer serves them all."""
    return Call(*texts).of_layer(weights=_weights(rng), **SIZES)


@exercise.probe(part="logits")
def whole_texts(rng):
    return _call(rng, _texts(rng, padded=False))


@exercise.probe(part="masks")
def with_padding(rng):
    return _call(rng, _texts(rng))


@exercise.property(part="masks")
def the_future_is_hidden(rng):
    """Two targets that differ from their third token on."""
    source, source_real, target, target_real = _texts(rng, padded=False)
    source, target = source[:1].repeat(BATCH, axis=0), target[:1].repeat(BATCH, axis=0)
    target[1, 2:] = (target[1, 2:] + 1) % SIZES["vocabulary_size"]
    (reply,) = yield [_call(rng, (source, source_real, target, target_real))]
    one, other = reply.output.values[:2]
    return abs(one - other)[:2].max() < 1e-5 < 1e-3 < abs(one - other)[2:].max()


@exercise.property(part="logits")
def the_source_is_read(rng):
    """Two sources that differ in their first token: every step may notice."""
    source, source_real, target, target_real = _texts(rng, padded=False)
    source, target = source[:1].repeat(BATCH, axis=0), target[:1].repeat(BATCH, axis=0)
    source[1, 0] = (source[1, 0] + 1) % SIZES["vocabulary_size"]
    (reply,) = yield [_call(rng, (source, source_real, target, target_real))]
    one, other = reply.output.values[:2]
    return abs(one - other).max(axis=-1).min() > 1e-5


@exercise.probe(part="training")
def learns_in_two_steps(rng):
    target = floats(rng, BATCH, TARGET, SIZES["vocabulary_size"])
    train = {"steps": 2, "rate": 0.1, "target": target}
    case = _call(rng, _texts(rng, padded=False))
    return case.asking(train=train).with_axes(logits=("step",))


@exercise.promise(
    part="logits", batch=Sizes(1, 3), source=Sizes(1, 6), target=Sizes(1, 5)
)
def any_texts(rng, batch, source, target):
    """One layer for all lengths: it was built for others."""
    case = _call(rng, _texts(rng, batch, source, target))
    return case.asking(build=_texts(rng))


Copy = copy_of(Translator)


class Steps(Copy):
    """The steps by name: the mistakes below replace them."""

    def read(self, source, source_real):
        return self.encoder(source, source_real)

    def masks(self, source_real, target_real):
        return mine.three_masks(source_real, target_real)[1:]

    def embedded(self, target, pattern):
        return mine.embed(target, ops.convert_to_tensor(self.encoder.table), pattern)

    def through(self, x, memory, seen, read):
        for block in self.blocks:
            x, weights = block(x, memory, seen, read)
        return x, weights

    def normed(self, x):
        scale, offset = map(ops.convert_to_tensor, (self.scale, self.offset))
        return mine.layer_norm(x, scale, offset)

    def scored(self, x):
        return ops.matmul(x, ops.transpose(ops.convert_to_tensor(self.encoder.table)))

    def decode(self, memory, source_real, target, target_real):
        pattern = mine.sinusoidal_positions(target.shape[1], self.dim)
        pattern = ops.cast(pattern, self.encoder.table.dtype)
        x = self.embedded(target, pattern)
        x, weights = self.through(x, memory, *self.masks(source_real, target_real))
        return self.scored(self.normed(x)), weights

    def call(self, source, source_real, target, target_real):
        memory = self.read(source, source_real)
        return self.decode(memory, source_real, target, target_real)[0]


@exercise.misconception
class PositionsForgotten(Steps):
    def embedded(self, target, pattern):
        return ops.take(self.encoder.table, target, axis=0) * self.dim**0.5


@exercise.misconception
class EmbeddingNotScaled(Steps):
    def embedded(self, target, pattern):
        return ops.take(self.encoder.table, target, axis=0) + pattern


@exercise.misconception
class SourceNotRead(Steps):
    """The blocks look at the source's embeddings: the encoder has no say."""

    def read(self, source, source_real):
        pattern = mine.sinusoidal_positions(source.shape[1], self.dim)
        pattern = ops.cast(pattern, self.encoder.table.dtype)
        return self.embedded(source, pattern)


@exercise.misconception
class EncoderSeesPadding(Steps):
    def read(self, source, source_real):
        return self.encoder(source, ops.ones_like(source_real))


@exercise.misconception
class CrossSeesPadding(Steps):
    def masks(self, source_real, target_real):
        seen, read = super().masks(source_real, target_real)
        return seen, ops.ones_like(read)


@exercise.misconception
class FutureSeen(Steps):
    def masks(self, source_real, target_real):
        seen, read = super().masks(source_real, target_real)
        return ops.broadcast_to(target_real[:, None], seen.shape), read


@exercise.misconception
class OnlyTheLastBlockCounts(Steps):
    """Every block reads the embeddings: the others' work is thrown away."""

    def through(self, x, memory, seen, read):
        for block in self.blocks:
            found = block(x, memory, seen, read)
        return found


@exercise.misconception
class MemoryReplaced(Steps):
    """What a block made of the target is what the next one takes for the source."""

    def through(self, x, memory, seen, read):
        x, weights = self.blocks[0](x, memory, seen, read)
        for block in self.blocks[1:]:
            x, weights = block(x, x, seen, seen)
        return x, weights


@exercise.misconception
class NoFinalNorm(Steps):
    def normed(self, x):
        return x


@exercise.misconception
class ProbabilitiesNotLogits(Steps):
    def scored(self, x):
        return ops.softmax(super().scored(x), axis=-1)


@exercise.misconception
class TableNotAsked(Steps):
    """The vectors come back, and no token is scored."""

    def scored(self, x):
        return x


@exercise.misconception
class SourceAsTarget(Steps):
    """The decoder reads the source again: it cannot know what was written."""

    def call(self, source, source_real, target, target_real):
        memory = self.read(source, source_real)
        return self.decode(memory, source_real, source, source_real)[0]


@exercise.alternative
class InNamedSteps(Steps):
    pass


@exercise.alternative
class WithOneHot(Steps):
    def embedded(self, target, pattern):
        table = ops.convert_to_tensor(self.encoder.table)
        chosen = ops.one_hot(target, table.shape[0], dtype=table.dtype)
        return ops.matmul(chosen, table) * self.dim**0.5 + pattern[None]


@exercise.alternative
class ThroughTheLayersNorm(Steps):
    def normed(self, x):
        return ops.layer_normalization(x, self.scale, self.offset, epsilon=1e-6)


@exercise.alternative
class ScoredWithEinsum(Steps):
    def scored(self, x):
        return ops.einsum("btd,vd->btv", x, ops.convert_to_tensor(self.encoder.table))


@exercise.alternative
class MasksByHand(Steps):
    def masks(self, source_real, target_real):
        places = ops.arange(target_real.shape[1])
        seen = ops.logical_and(places <= places[:, None], target_real[:, None])
        shape = (*target_real.shape, source_real.shape[1])
        return seen, ops.broadcast_to(source_real[:, None], shape)


@exercise.alternative
class QueriesMaskedToo(Steps):
    """Rows of padding see nothing: what comes out of them nobody reads."""

    def read(self, source, source_real):
        kept = ops.cast(source_real[..., None], self.encoder.table.dtype)
        return self.encoder(source, source_real) * kept


@exercise.alternative
class WithEnumerate(Steps):
    def through(self, x, memory, seen, read):
        found = []
        for number, block in enumerate(self.blocks):
            x, weights = block(x, memory, seen, read)
            found.append((number, weights))
        return x, found[-1][1]
