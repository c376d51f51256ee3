"""decoders.decoder, the capstone: the learner's pieces become a model that writes."""

import keras
import numpy as np
from keras import ops

from course.checks.decoders.samples import GPT2, UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes
from course.examination.candidate import copy_of
from course.pieces import CausalBlock
from course.pieces import library as mine
from course.pieces.library import OF_AN_ENCODER


class Decoder(keras.layers.Layer):
    """A causal language model: words and places, blocks that look back, one table.

    Args:
        vocabulary_size: How many different tokens there are.
        dim: The size of a token's vector.
        num_heads, hidden_dim: Of every block.
        num_layers: How many blocks stand on top of each other.
        dropout: The share of the embedded numbers that is dropped in training.

    Call:
        ids: [batch, length] integers.
        training: Whether numbers are dropped.

    Returns:
        [batch, length, vocabulary] floats: logits of the token after each position:
        the products of what the blocks made of it with every row of the table.
    """

    def __init__(
        self,
        vocabulary_size,
        dim,
        num_heads,
        hidden_dim,
        num_layers,
        dropout=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size, self.dim = vocabulary_size, dim
        self.num_heads, self.hidden_dim = num_heads, hidden_dim
        self.num_layers = num_layers
        self.dropping = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def new_block(self, number):
        """A block with weights of its own; `number` only gives it a name."""
        name = f"block_{number}"
        settings = {"dtype": self.dtype_policy, "name": name}
        block = CausalBlock(self.num_heads, self.hidden_dim, **settings)
        block.build((None, None, self.dim))
        return block

    def build(self, ids_shape):
        start = keras.initializers.RandomNormal(stddev=self.dim**-0.5)
        shape = (self.vocabulary_size, self.dim)
        self.table = self.add_weight(name="table", shape=shape, initializer=start)
        self.scale = self.add_weight(
            name="scale", shape=(self.dim,), initializer="ones"
        )
        self.offset = self.add_weight(
            name="offset", shape=(self.dim,), initializer="zeros"
        )
        self.blocks = [self.new_block(number) for number in range(self.num_layers)]

    def call(self, ids, training=False):
        table, scale, offset = map(
            ops.convert_to_tensor, (self.table, self.scale, self.offset)
        )
        pattern = mine.sinusoidal_positions(ids.shape[1], self.dim)
        pattern = ops.cast(pattern, table.dtype)
        x = mine.embed(ids, table, pattern)
        x = self.dropping(x, training=training)
        for block in self.blocks:
            x = block(x)
        x = mine.layer_norm(x, scale, offset)
        return ops.matmul(x, ops.transpose(table))


exercise = Exercise(
    "decoders.decoder",
    unit=UNIT,
    answer="Decoder",
    reference=Decoder,
    parts={"structure": 2, "logits": 4, "dropout": 1, "training": 1},
    returns={"logits": ("batch", "length", "vocabulary")},
    forbidden=(
        f"{__name__}.Decoder",
        "transformer_tf.CausalLM",
        "transformer_tf.Decoder",
        "transformer_tf.DecoderBlock",
        "keras.layers.MultiHeadAttention",
    ),
    stands_on=("course.pieces", "transformer_tf.attention.scaled_dot_product"),
    pieces=tuple(OF_AN_ENCODER),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=20,
    paper=GPT2,
)

SIZES = {"vocabulary_size": 11, "dim": 6, "num_heads": 2, "hidden_dim": 5}
SHAPE = (2, 5)


def _weights(rng, layers):
    """Values for every weight, by the end of its path."""
    dim, hidden_dim = SIZES["dim"], SIZES["hidden_dim"]
    shapes = dict.fromkeys(("query", "key", "value", "mix"), (dim, dim))
    shapes |= {"wide_kernel": (dim, hidden_dim), "narrow_kernel": (hidden_dim, dim)}
    shapes |= {"wide_bias": (hidden_dim,), "narrow_bias": (dim,)}
    shapes |= dict.fromkeys(("first_scale", "second_scale"), (dim,))
    shapes |= dict.fromkeys(("first_offset", "second_offset"), (dim,))
    found = {"table": floats(rng, SIZES["vocabulary_size"], dim, scale=0.7)}
    found |= {"scale": 1 + floats(rng, dim, scale=0.4), "offset": floats(rng, dim)}
    for number in range(layers):
        for name, shape in shapes.items():
            value = floats(rng, *shape, scale=shape[0] ** -0.5)
            found[f"block_{number}/{name}"] = value + name.endswith("scale")
    return {name: value.astype("float32") for name, value in found.items()}


def _call(rng, ids, layers=1, training=False):
    """Nearly every call is of one form, so that one layer serves them all."""
    case = Call(ids.astype("int32"), training=training)
    weights = _weights(rng, layers)
    return case.of_layer(weights=weights, num_layers=layers, dropout=0.5, **SIZES)


def _ids(rng):
    return rng.integers(SIZES["vocabulary_size"], size=SHAPE)


@exercise.property(part="structure")
def weights_of_every_block(rng):
    """Weights as they were made: two blocks have twice the weights of one."""
    (reply,) = yield [_call(rng, _ids(rng), layers=2).asking(weights={})]
    expected = [w.shape for w in _weights(rng, 2).values()]
    return sorted(w.shape for w in reply.weights.values()) == sorted(expected)


@exercise.probe(part="logits")
def one_layer(rng):
    return _call(rng, _ids(rng))


@exercise.probe(part="logits")
def two_layers(rng):
    return _call(rng, _ids(rng), layers=2)


@exercise.property(part="logits")
def the_future_is_hidden(rng):
    """Two texts that differ from their fourth token on."""
    ids = np.repeat(_ids(rng)[:1], 2, axis=0)
    ids[1, 3:] = (ids[1, 3:] + 1) % SIZES["vocabulary_size"]
    (reply,) = yield [_call(rng, ids)]
    one, other = reply.output.values
    return abs(one - other)[:3].max() < 1e-5 < 1e-3 < abs(one - other)[3:].max()


@exercise.property(part="dropout")
def drops_in_training(rng):
    """Two equal texts: in training each loses other numbers."""
    ids = np.repeat(_ids(rng)[:1], 2, axis=0)
    (reply,) = yield [_call(rng, ids, training=True)]
    one, other = reply.output.values
    return abs(one - other).max() > 1e-3


@exercise.probe(part="training")
def learns_in_two_steps(rng):
    """Without dropout: what is learned is then the same for every right answer."""
    target = floats(rng, *SHAPE, SIZES["vocabulary_size"])
    train = {"steps": 2, "rate": 0.1, "target": target}
    return _call(rng, _ids(rng)).asking(train=train).with_axes(logits=("step",))


@exercise.promise(part="logits", batch=Sizes(1, 3), length=Sizes(1, 8))
def any_texts(rng, batch, length):
    """One layer for all lengths: it was built for others."""
    ids = rng.integers(SIZES["vocabulary_size"], size=(batch, length))
    return _call(rng, ids).asking(build=(_ids(rng).astype("int32"),))


Copy = copy_of(Decoder)


class Steps(Copy):
    """The steps by name: the mistakes below replace them."""

    def embedded(self, ids, pattern):
        return mine.embed(ids, ops.convert_to_tensor(self.table), pattern)

    def dropped(self, x, training):
        return self.dropping(x, training=training)

    def through(self, x, pattern):
        for block in self.blocks:
            x = block(x)
        return x

    def normed(self, x):
        scale, offset = map(ops.convert_to_tensor, (self.scale, self.offset))
        return mine.layer_norm(x, scale, offset)

    def scored(self, x):
        return ops.matmul(x, ops.transpose(ops.convert_to_tensor(self.table)))

    def call(self, ids, training=False):
        pattern = mine.sinusoidal_positions(ids.shape[1], self.dim)
        pattern = ops.cast(pattern, self.table.dtype)
        x = self.dropped(self.embedded(ids, pattern), training)
        return self.scored(self.normed(self.through(x, pattern)))


@exercise.misconception
class PositionsForgotten(Steps):
    def embedded(self, ids, pattern):
        return ops.take(self.table, ids, axis=0) * self.dim**0.5


@exercise.misconception
class PositionsInEveryBlock(Steps):
    def through(self, x, pattern):
        for block in self.blocks:
            x = block(x + pattern)
        return x


@exercise.misconception
class EmbeddingNotScaled(Steps):
    def embedded(self, ids, pattern):
        return ops.take(self.table, ids, axis=0) + pattern


@exercise.misconception
class OneBlockForAll(Steps):
    """`[self.new_block(0)] * self.num_layers`."""

    def new_block(self, number):
        if number == 0:
            self.only = super().new_block(0)
        return self.only


@exercise.misconception
class OnlyTheLastBlockCounts(Steps):
    """Every block reads the embeddings: the others' work is thrown away."""

    def through(self, x, pattern):
        for block in self.blocks:
            found = block(x)
        return found


@exercise.misconception
class NoFinalNorm(Steps):
    def normed(self, x):
        return x


@exercise.misconception
class ProbabilitiesNotLogits(Steps):
    def scored(self, x):
        return ops.softmax(super().scored(x), axis=-1)


@exercise.misconception
class ScoresScaled(Steps):
    """Divided by the root of dim, as attention's scores are."""

    def scored(self, x):
        return super().scored(x) / self.dim**0.5


@exercise.misconception
class LastPositionAlone(Steps):
    """Enough for writing, but training asks at every position."""

    def scored(self, x):
        return super().scored(x)[:, -1]


@exercise.misconception
class TableNotAsked(Steps):
    """The vectors come back, and no token is scored."""

    def scored(self, x):
        return x


@exercise.misconception
class AlwaysDropping(Steps):
    def dropped(self, x, training):
        return self.dropping(x, training=True)


@exercise.misconception
class NeverDropping(Steps):
    def dropped(self, x, training):
        return x


@exercise.alternative
class InNamedSteps(Steps):
    pass


@exercise.alternative
class BlocksAppended(Steps):
    def build(self, ids_shape):
        dim = self.dim
        self.table = self.add_weight(name="table", shape=(self.vocabulary_size, dim))
        self.scale = self.add_weight(name="scale", shape=(dim,))
        self.offset = self.add_weight(name="offset", shape=(dim,))
        self.blocks = []
        while len(self.blocks) < self.num_layers:
            self.blocks.append(self.new_block(len(self.blocks)))


@exercise.alternative
class WithOneHot(Steps):
    """The lookup as a product, the places by hand."""

    def embedded(self, ids, pattern):
        table = ops.convert_to_tensor(self.table)
        chosen = ops.one_hot(ids, self.vocabulary_size, dtype=table.dtype)
        return ops.matmul(chosen, table) * self.dim**0.5 + pattern[None]


@exercise.alternative
class ThroughTheLayersNorm(Steps):
    def normed(self, x):
        return ops.layer_normalization(x, self.scale, self.offset, epsilon=1e-6)


@exercise.alternative
class ScoredWithEinsum(Steps):
    def scored(self, x):
        return ops.einsum("bld,vd->blv", x, ops.convert_to_tensor(self.table))


@exercise.alternative
class DroppedByHand(Steps):
    """The same layer, asked only when there is training."""

    def dropped(self, x, training):
        return self.dropping(x, training=True) if training else x
