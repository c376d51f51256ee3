"""blocks.encoder, the capstone: the learner's own pieces assembled into an encoder."""

import numpy as np
from keras import ops

from course.checks.blocks.samples import PAPER, UNIT, norm_weights, under
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes
from course.examination.candidate import copy_of
from course.pieces import Encoder
from course.pieces import library as mine
from course.pieces.library import OF_AN_ENCODER

exercise = Exercise(
    "blocks.encoder",
    unit=UNIT,
    answer="Encoder",
    reference=Encoder,
    parts={"structure": 2, "values": 3, "padding": 2, "dropout": 1, "training": 2},
    returns={"output": ("batch", "length", "dim")},
    forbidden=(
        "course.pieces.Encoder",
        "transformer_tf.Encoder",
        "transformer_tf.EncoderBlock",
        "transformer_tf.EncoderDecoder",
        "keras.layers.MultiHeadAttention",
    ),
    stands_on=(
        "course.pieces",
        "transformer_tf.attention.scaled_dot_product",
    ),
    pieces=tuple(OF_AN_ENCODER),
    hints=4,
    difficulty=4,
    importance=5,
    minutes=25,
    paper=PAPER,
)

SIZES = {"vocabulary_size": 11, "dim": 6, "num_heads": 2, "hidden_dim": 5}
WORDS = np.full((2, 5), True)


def _weights(rng, layers):
    """Values for every weight, by the end of its path."""
    dim, hidden_dim = SIZES["dim"], SIZES["hidden_dim"]
    found = {"table": floats(rng, SIZES["vocabulary_size"], dim, scale=0.7)}
    top = norm_weights(rng, dim)
    found |= {"scale": top["gamma"], "offset": top["beta"]}
    for number in range(layers):
        found |= under(f"block_{number}", _block_weights(rng, dim, hidden_dim))
    return found


def _block_weights(rng, dim, hidden_dim):
    shapes = dict.fromkeys(("query", "key", "value", "mix"), (dim, dim))
    shapes |= {"wide_kernel": (dim, hidden_dim), "narrow_kernel": (hidden_dim, dim)}
    found = {n: floats(rng, *s, scale=s[0] ** -0.5) for n, s in shapes.items()}
    found |= {"wide_bias": floats(rng, hidden_dim), "narrow_bias": floats(rng, dim)}
    for name in ("first", "second"):
        norm = norm_weights(rng, dim)
        found |= {f"{name}_scale": norm["gamma"], f"{name}_offset": norm["beta"]}
    return found


def _call(rng, ids, real=WORDS, layers=1, training=False):
    """Nearly every call is of one form, so that one layer serves them all."""
    case = Call(ids.astype("int32"), real, training=training)
    weights = _weights(rng, layers)
    return case.of_layer(weights=weights, num_layers=layers, dropout=0.5, **SIZES)


def _ids(rng):
    return rng.integers(1, SIZES["vocabulary_size"], size=WORDS.shape)


@exercise.property(part="structure")
def weights_of_every_block(rng):
    """Weights as they were made: two blocks have twice the weights of one."""
    (reply,) = yield [_call(rng, _ids(rng), layers=2).asking(weights={})]
    expected = [w.shape for w in _weights(rng, 2).values()]
    return sorted(w.shape for w in reply.weights.values()) == sorted(expected)


@exercise.probe(part="values")
def one_layer(rng):
    return _call(rng, _ids(rng))


@exercise.probe(part="values")
def two_layers(rng):
    return _call(rng, _ids(rng), layers=2)


@exercise.property(part="values")
def order_is_seen(rng):
    """The same words in another order are another sentence."""
    ids = rng.permutation(np.arange(1, 6))
    order = np.roll(np.arange(5), 2)
    (reply,) = yield [_call(rng, np.stack([ids, ids[order]]))]
    one, other = reply.output.values
    return abs(one[order] - other).max() > 1e-3


@exercise.probe(part="padding")
def padding_behind(rng):
    real = np.arange(5) < rng.permutation([4, 2])[:, None]
    case = _call(rng, np.where(real, _ids(rng), 0), real)
    return case.with_regions(padding=~real[..., None])


@exercise.property(part="padding")
def padding_changes_nothing(rng):
    """The same words, with other ids where there is no word."""
    ids = np.repeat(_ids(rng)[:1], 2, axis=0)
    ids[:, 3:] = [[0, 0], [7, 2]]
    real = np.repeat(np.arange(5)[None] < 3, 2, axis=0)
    (reply,) = yield [_call(rng, ids, real)]
    one, other = reply.output.values[:, :3]
    return abs(one - other).max() < 1e-5


@exercise.property(part="dropout")
def drops_in_training(rng):
    """Two equal sentences: in training each loses other numbers."""
    ids = np.repeat(_ids(rng)[:1], 2, axis=0)
    (reply,) = yield [_call(rng, ids, training=True)]
    one, other = reply.output.values
    return abs(one - other).max() > 1e-3


@exercise.probe(part="training")
def learns_in_two_steps(rng):
    """Without dropout: what is learned is then the same for every right answer."""
    target = floats(rng, *WORDS.shape, SIZES["dim"])
    train = {"steps": 2, "rate": 0.2, "target": target}
    return _call(rng, _ids(rng)).asking(train=train).with_axes(output=("step",))


@exercise.promise(part="padding", batch=Sizes(1, 3), length=Sizes(1, 8))
def any_sentences(rng, batch, length):
    """One layer for all lengths: it was built for others."""
    real = np.arange(length) < rng.integers(1, length + 1, size=(batch, 1))
    ids = rng.integers(1, SIZES["vocabulary_size"], size=real.shape)
    case = _call(rng, np.where(real, ids, 0), real)
    built = (_ids(rng).astype("int32"), WORDS)
    return case.asking(build=built).with_regions(padding=~real[..., None])


Copy = copy_of(Encoder)


class Steps(Copy):
    """The steps by name: the mistakes below replace them."""

    def embedded(self, ids, pattern):
        return mine.embed(ids, ops.convert_to_tensor(self.table), pattern)

    def dropped(self, x, training):
        return self.dropping(x, training=training)

    def through(self, x, real, pattern):
        for block in self.blocks:
            x = block(x, real)
        return x

    def normed(self, x):
        scale, offset = map(ops.convert_to_tensor, (self.scale, self.offset))
        return mine.layer_norm(x, scale, offset)

    def call(self, ids, real, training=False):
        pattern = mine.sinusoidal_positions(ids.shape[1], self.dim)
        pattern = ops.cast(pattern, self.table.dtype)
        x = self.dropped(self.embedded(ids, pattern), training)
        return self.normed(self.through(x, real, pattern))


@exercise.misconception
class PositionsForgotten(Steps):
    def embedded(self, ids, pattern):
        return ops.take(self.table, ids, axis=0) * self.dim**0.5


@exercise.misconception
class PositionsInEveryBlock(Steps):
    def through(self, x, real, pattern):
        for block in self.blocks:
            x = block(x + pattern, real)
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
class PaddingNotPassedOn(Steps):
    def through(self, x, real, pattern):
        return super().through(x, ops.ones_like(real), pattern)


@exercise.misconception
class WordsHidden(Steps):
    """The mask the wrong way round: padding is seen, words are not."""

    def through(self, x, real, pattern):
        return super().through(x, ops.logical_not(real), pattern)


@exercise.misconception
class OnlyTheLastBlockCounts(Steps):
    """Every block reads the embeddings: the others' work is thrown away."""

    def through(self, x, real, pattern):
        for block in self.blocks:
            found = block(x, real)
        return found


@exercise.misconception
class NoFinalNorm(Steps):
    def normed(self, x):
        return x


@exercise.misconception
class NormAfterEveryBlock(Steps):
    def through(self, x, real, pattern):
        for block in self.blocks[:-1]:
            x = self.normed(block(x, real))
        return self.blocks[-1](x, real)


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
    def build(self, ids_shape, real_shape=None):
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
