"""transfer.heads, the capstone: one body's vectors, read by four heads."""

import keras
import numpy as np
from keras import ops

from course.checks.samples import floats
from course.checks.transfer.samples import BERT, UNIT, lengths_of
from course.examination import Call, Exercise, Sizes
from course.examination.candidate import copy_of
from course.pieces import mean_pool


class FourHeads(keras.layers.Layer):
    """What a body says about a text, asked in four ways.

    Args:
        num_classes: The number of classes of a text.
        num_tags: The number of tags of a token.

    Call:
        x: [batch, length, dim] floats: a body's vectors.
        real: [batch, length] booleans: True for tokens, False for padding.

    Returns:
        classes: [batch, num_classes] floats: logits, from the mean of the real tokens.
        tags: [batch, length, num_tags] floats: logits, from each token's own vector.
        spans: [batch, 2, length] floats: logits of each token as the first of an answer
            and as the last, from its own vector; -1e9 at padding.
        choice: [batch] floats: one score a text, from the mean of the real tokens.
    """

    def __init__(self, num_classes, num_tags, **kwargs):
        super().__init__(**kwargs)
        settings = {"dtype": self.dtype_policy}
        self.class_head = keras.layers.Dense(num_classes, name="classes", **settings)
        self.tag_head = keras.layers.Dense(num_tags, name="tags", **settings)
        self.span_head = keras.layers.Dense(2, name="spans", **settings)
        self.choice_head = keras.layers.Dense(1, name="choice", **settings)

    def build(self, x_shape, real_shape=None):
        for head in (self.class_head, self.tag_head, self.span_head, self.choice_head):
            head.build((None, x_shape[-1]))

    def call(self, x, real):
        pooled = mean_pool(x, real)
        spans = ops.transpose(self.span_head(x), (0, 2, 1))
        spans = ops.where(real[:, None, :], spans, -1e9)
        choice = self.choice_head(pooled)[:, 0]
        return self.class_head(pooled), self.tag_head(x), spans, choice


exercise = Exercise(
    "transfer.heads",
    unit=UNIT,
    answer="FourHeads",
    reference=FourHeads,
    parts={"logits": 4, "padding": 2, "gradient": 1},
    returns={
        "classes": ("batch", "class"),
        "tags": ("batch", "token", "tag"),
        "spans": ("batch", "end", "token"),
        "choice": ("batch",),
    },
    forbidden=(
        f"{__name__}.FourHeads",
        "transformer_tf.SequenceClassificationHead",
        "transformer_tf.TokenClassificationHead",
        "transformer_tf.QuestionAnsweringHead",
        "transformer_tf.MultipleChoiceHead",
    ),
    stands_on=("course.pieces",),
    pieces=("transfer.pool",),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=20,
    paper=BERT,
)

SIZES = {"num_classes": 3, "num_tags": 5}
DIM = 4


def _weights(rng):
    sizes = {"classes": 3, "tags": 5, "spans": 2, "choice": 1}
    weights = {}
    for name, units in sizes.items():
        weights[f"{name}/kernel"] = floats(rng, DIM, units)
        weights[f"{name}/bias"] = floats(rng, units)
    return weights


def _call(rng, real):
    x = floats(rng, *real.shape, DIM)
    x = np.where(real[..., None], x, 5 + abs(x)).astype("float32")
    return Call(x, real).of_layer(weights=_weights(rng), **SIZES)


@exercise.probe(part="logits")
def no_padding(rng):
    return _call(rng, np.full((3, 6), True))


@exercise.probe(part="padding")
def padding_behind(rng):
    return _call(rng, np.arange(6) < np.array([[6], [4], [1]]))


@exercise.probe(part="gradient")
def gradients(rng):
    """Of each head alone: the others' do not hide where it stops."""
    case = _call(rng, np.arange(6) < np.array([[5], [6], [2]]))
    cotangent = (floats(rng, 3, 3), floats(rng, 3, 6, 5), floats(rng, 3, 2, 6))
    return case.asking(gradient=(*cotangent, floats(rng, 3)))


@exercise.promise(part="logits", batch=Sizes(1, 3), length=Sizes(1, 7))
def any_texts(rng, batch, length):
    """One layer for all lengths: it was built for others."""
    other = (np.zeros((2, 3, DIM), "float32"), np.full((2, 3), True))
    return _call(rng, lengths_of(rng, batch, length)).asking(build=other)


Copy = copy_of(FourHeads)


class Steps(Copy):
    """The steps by name: the mistakes below replace them."""

    def pooled(self, x, real):
        return mean_pool(x, real)

    def classes(self, x, pooled):
        return self.class_head(pooled)

    def tags(self, x, pooled):
        return self.tag_head(x)

    def spans(self, x, real):
        spans = ops.transpose(self.span_head(x), (0, 2, 1))
        return ops.where(real[:, None, :], spans, -1e9)

    def choice(self, x, pooled):
        return self.choice_head(pooled)[:, 0]

    def call(self, x, real):
        pooled = self.pooled(x, real)
        return (
            self.classes(x, pooled),
            self.tags(x, pooled),
            self.spans(x, real),
            self.choice(x, pooled),
        )


@exercise.misconception
class PaddingAveragedIn(Steps):
    def pooled(self, x, real):
        return ops.mean(x, axis=1)


@exercise.misconception
class FirstTokenTaken(Steps):
    def pooled(self, x, real):
        return x[:, 0]


@exercise.misconception
class ClassesOfEveryToken(Steps):
    def classes(self, x, pooled):
        return self.class_head(x)


@exercise.misconception
class TagsOfThePooledVector(Steps):
    """Every token of a text gets the same tags."""

    def tags(self, x, pooled):
        return self.tag_head(ops.zeros_like(x) + pooled[:, None])


@exercise.misconception
class SpansNotTransposed(Steps):
    def spans(self, x, real):
        return ops.where(real[:, :, None], self.span_head(x), -1e9)


@exercise.misconception
class SpansReshaped(Steps):
    """The right shape, but starts and ends of neighbours are mixed."""

    def spans(self, x, real):
        batch, length = x.shape[:2]
        spans = ops.reshape(self.span_head(x), (batch, 2, length))
        return ops.where(real[:, None, :], spans, -1e9)


@exercise.misconception
class PaddingCanAnswer(Steps):
    def spans(self, x, real):
        return ops.transpose(self.span_head(x), (0, 2, 1))


@exercise.misconception
class EndsBeforeStarts(Steps):
    def spans(self, x, real):
        return super().spans(x, real)[:, ::-1]


@exercise.misconception
class OneScoreForAll(Steps):
    """A column is left over: [batch, 1]."""

    def choice(self, x, pooled):
        return self.choice_head(pooled)


@exercise.misconception
class ProbabilitiesReturned(Steps):
    def classes(self, x, pooled):
        return ops.softmax(self.class_head(pooled), axis=-1)


@exercise.misconception
class BodyDoesNotLearn(Steps):
    """The same numbers; but no gradient reaches the body."""

    def call(self, x, real):
        return super().call(ops.stop_gradient(x), real)


@exercise.alternative
class StepByStep(Steps):
    pass


@exercise.alternative
class EndsStacked(Steps):
    def spans(self, x, real):
        both = self.span_head(x)
        spans = ops.stack([both[..., 0], both[..., 1]], axis=1)
        return ops.where(ops.expand_dims(real, 1), spans, -1e9)


@exercise.alternative
class MaskAdded(Steps):
    def spans(self, x, real):
        both = ops.swapaxes(self.span_head(x), 1, 2)
        shown = ops.cast(real, both.dtype)[:, None]
        return both * shown - 1e9 * (1 - shown)


@exercise.alternative
class Squeezed(Steps):
    def choice(self, x, pooled):
        return ops.squeeze(self.choice_head(pooled), axis=-1)


@exercise.alternative
class PooledByWhere(Steps):
    def pooled(self, x, real):
        total = ops.sum(ops.where(real[..., None], x, 0.0), axis=1)
        count = ops.sum(ops.cast(real, x.dtype), axis=1)
        return total / ops.maximum(count, 1)[:, None]


@exercise.alternative
class ProductsByHand(Steps):
    def tags(self, x, pooled):
        kernel, bias = (ops.convert_to_tensor(w) for w in self.tag_head.weights)
        return ops.einsum("bld,dt->blt", x, kernel) + bias


@exercise.alternative
class HeadsOneByOne(Steps):
    def call(self, x, real):
        share = ops.cast(real, x.dtype)
        pooled = ops.einsum("bl,bld->bd", share, x)
        pooled = pooled / ops.maximum(ops.sum(share, axis=1), 1)[:, None]
        both = ops.einsum("bls->bsl", self.span_head(x))
        spans = ops.where(real[:, None], both, -1e9)
        score = ops.reshape(self.choice_head(pooled), (-1,))
        return [self.class_head(pooled), self.tag_head(x), spans, score]
