"""transfer.frozen: a head that learns on a body that stays as it is."""

import keras
import numpy as np
from keras import ops

from course.checks.samples import floats
from course.checks.transfer.samples import UNIT, lengths_of
from course.examination import Call, Exercise, Sizes
from course.examination.candidate import copy_of
from course.pieces import SmallBody, mean_pool


class FrozenClassifier(keras.layers.Layer):
    """A head for sentences on a body that does not change in training.

    Args:
        vocabulary_size, dim: Of the body.
        num_classes: The number of classes.
        dropout: The share of numbers dropped in training: of the body's if the body is
            trained, and of the pooled vectors that the head reads.

    Call:
        ids: [batch, length] integers.
        real: [batch, length] booleans: True for tokens, False for padding.
        training: Whether this is training. The body is never in training: its weights
            and statistics stay, and nothing is dropped in it.

    Returns:
        [batch, num_classes] floats: the head's logits of the mean of the real tokens.
    """

    def __init__(self, vocabulary_size, dim, num_classes, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        settings = {"dtype": self.dtype_policy}
        self.body = SmallBody(vocabulary_size, dim, dropout, name="body", **settings)
        self.head = keras.layers.Dense(num_classes, name="head", **settings)
        self.dropping = keras.layers.Dropout(dropout, **settings)
        self.body.trainable = False

    def build(self, ids_shape, real_shape=None):
        self.body.build(ids_shape)
        self.head.build((None, self.body.dim))

    def call(self, ids, real, training=False):
        x = self.body(ids, training=False)
        pooled = self.dropping(mean_pool(x, real), training=training)
        return self.head(pooled)


exercise = Exercise(
    "transfer.frozen",
    unit=UNIT,
    answer="FrozenClassifier",
    reference=FrozenClassifier,
    parts={"logits": 2, "body_stays": 3, "head_learns": 2, "dropout": 2},
    returns={"logits": ("batch", "class")},
    forbidden=(f"{__name__}.FrozenClassifier", "transformer_tf.SequenceClassifier"),
    stands_on=("course.pieces",),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=20,
    paper="https://arxiv.org/abs/1903.05987",
)

SIZES = {"vocabulary_size": 300, "dim": 4, "num_classes": 3}
SHAPE = (3, 5)
BODY = ("table", "kernel", "gamma", "beta", "moving_mean", "moving_variance")


def _weights(rng):
    dim, classes = SIZES["dim"], SIZES["num_classes"]
    values = {
        "body/table": floats(rng, SIZES["vocabulary_size"], dim),
        "body/kernel": floats(rng, dim, dim, scale=0.7),
        "norm/gamma": 1 + floats(rng, dim, scale=0.2),
        "norm/beta": floats(rng, dim, scale=0.3),
        "norm/moving_mean": floats(rng, dim, scale=0.3),
        "norm/moving_variance": 1 + abs(floats(rng, dim, scale=0.5)),
        "head/kernel": floats(rng, dim, classes),
        "head/bias": floats(rng, classes),
    }
    return {name: value.astype("float32") for name, value in values.items()}


def _call(rng, ids, real, training=False):
    case = Call(ids.astype("int32"), real, training=training)
    return case.of_layer(weights=_weights(rng), dropout=0.5, **SIZES)


def _texts(rng, batch=SHAPE[0], length=SHAPE[1]):
    ids = rng.integers(SIZES["vocabulary_size"], size=(batch, length))
    return ids, lengths_of(rng, batch, length)


def _train(rng):
    target = floats(rng, SHAPE[0], SIZES["num_classes"])
    return {"steps": 2, "rate": 0.2, "target": target}


@exercise.probe(part="logits")
def not_training(rng):
    return _call(rng, *_texts(rng))


@exercise.probe(part="head_learns")
def learns_in_two_steps(rng):
    """Without dropout: then the losses are the same for every right answer."""
    case = _call(rng, *_texts(rng)).asking(train=_train(rng))
    return case.with_axes(logits=("step",))


@exercise.probe(part="body_stays")
def learns_in_training_without_dropout(rng):
    case = _call(rng, *_texts(rng), training=True)
    construct = {**SIZES, "dropout": 0.0}
    case = case.asking(train=_train(rng), construct=construct)
    return case.with_axes(logits=("step",))


@exercise.property(part="body_stays")
def weights_after_training(rng):
    """What no output shows: every number of the body, before and after."""
    case = _call(rng, *_texts(rng), training=True)
    (reply,) = yield [case.asking(train=_train(rng))]
    before = {name: a.values for name, a in case.request.weights.items()}
    after = {name: a.values for name, a in reply.weights.items()}

    def moved(name):
        (found,) = (v for path, v in after.items() if f"/{path}".endswith(f"/{name}"))
        return not np.array_equal(found, before[name])

    stays = not any(moved(n) for n in before if not n.startswith("head/"))
    return stays and moved("head/kernel") and moved("head/bias")


@exercise.property(part="dropout")
def the_head_drops_in_training(rng):
    """Equal texts: in training each pooled vector loses other numbers."""
    ids, real = np.repeat(_texts(rng)[0][:1], 12, axis=0), np.full((12, SHAPE[1]), True)
    (reply,) = yield [_call(rng, ids, real, training=True)]
    values = reply.output.values
    return abs(values - values[:1]).max() > 1e-3


@exercise.property(part="dropout")
def the_body_drops_nothing(rng):
    """With dropout only in front of the head there are at most 2 ** dim outcomes."""
    dim = SIZES["dim"]
    ids = np.repeat(_texts(rng)[0][:1], 60, axis=0)
    real = np.full(ids.shape, True)
    (reply,) = yield [_call(rng, ids, real, training=True)]
    return len(np.unique(reply.output.values.round(4), axis=0)) <= 2**dim


@exercise.promise(part="logits", batch=Sizes(1, 4), length=Sizes(1, 7))
def any_texts(rng, batch, length):
    """One layer for all lengths: it was built for others."""
    ids, real = _texts(rng, batch, length)
    other = (np.zeros(SHAPE, "int32"), np.full(SHAPE, True))
    return _call(rng, ids, real).asking(build=other)


Copy = copy_of(FrozenClassifier)


class Steps(Copy):
    """The steps by name: the mistakes below replace them."""

    def __init__(self, *sizes, **settings):
        super().__init__(*sizes, **settings)
        self.body.trainable = True
        self.freeze()

    def freeze(self):
        self.body.trainable = False

    def states(self, ids, training):
        return self.body(ids, training=False)

    def pooled(self, x, real):
        return mean_pool(x, real)

    def dropped(self, x, training):
        return self.dropping(x, training=training)

    def call(self, ids, real, training=False):
        x = self.states(ids, training)
        return self.head(self.dropped(self.pooled(x, real), training))


@exercise.misconception
class NothingFrozen(Steps):
    def freeze(self):
        pass


@exercise.misconception
class NothingFrozenNotEvenDropout(Steps):
    """The body is trained like the head: this is fine-tuning."""

    def freeze(self):
        pass

    def states(self, ids, training):
        return self.body(ids, training=training)


@exercise.misconception
class EverythingFrozen(Steps):
    def freeze(self):
        self.trainable = False


@exercise.misconception
class HeadFrozenInstead(Steps):
    def freeze(self):
        self.head.trainable = False


@exercise.misconception
class DropoutStaysOn(Steps):
    """Frozen weights, but the body drops numbers as if it were trained.

    So it does without a word about training too: Keras hands down the caller's.
    """

    def states(self, ids, training):
        return self.body(ids, training=training)


@exercise.misconception
class OnlyTheStatisticsFrozen(Steps):
    def freeze(self):
        self.body.norm.trainable = False


@exercise.misconception
class StatisticsMove(Steps):
    """Gradients are stopped behind the body; its running statistics go on."""

    def freeze(self):
        pass

    def states(self, ids, training):
        return ops.stop_gradient(self.body(ids, training=training))


@exercise.misconception
class HeadNeverDrops(Steps):
    def dropped(self, x, training):
        return x


@exercise.misconception
class HeadAlwaysDrops(Steps):
    def dropped(self, x, training):
        return self.dropping(x, training=True)


@exercise.misconception
class PaddingAveragedIn(Steps):
    def pooled(self, x, real):
        return ops.mean(x, axis=1)


@exercise.misconception
class FirstTokenTaken(Steps):
    def pooled(self, x, real):
        return x[:, 0]


@exercise.alternative
class StepByStep(Steps):
    pass


@exercise.alternative
class StoppedBehindTheBody(Steps):
    """No gradient passes, and the body is called as outside training."""

    def freeze(self):
        pass

    def states(self, ids, training):
        return ops.stop_gradient(self.body(ids, training=False))


@exercise.alternative
class StoppedBehindThePooling(Steps):
    def freeze(self):
        pass

    def pooled(self, x, real):
        return ops.stop_gradient(mean_pool(x, real))


@exercise.alternative
class BothWays(Steps):
    def states(self, ids, training):
        return ops.stop_gradient(self.body(ids, training=False))


@exercise.alternative
class FrozenOnceBuilt(Steps):
    def freeze(self):
        pass

    def build(self, ids_shape, real_shape=None):
        super().build(ids_shape, real_shape)
        self.body.trainable = False


@exercise.alternative
class EveryWeightFrozen(Steps):
    """Weight by weight; the statistics stay since the body is not in training."""

    def freeze(self):
        pass

    def build(self, ids_shape, real_shape=None):
        super().build(ids_shape, real_shape)
        for weight in self.body.weights:
            weight.trainable = False


@exercise.alternative
class PooledByHand(Steps):
    def call(self, ids, real, training=False):
        x = self.body(ids, training=False)
        share = ops.cast(real, x.dtype)
        share = share / ops.maximum(ops.sum(share, axis=1, keepdims=True), 1)
        pooled = ops.einsum("bl,bld->bd", share, x)
        return self.head(self.dropping(pooled, training=training))
