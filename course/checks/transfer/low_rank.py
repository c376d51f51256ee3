"""transfer.low_rank: a small update beside a large kernel that stays."""

import keras
import numpy as np
from keras import ops

from course.checks.samples import floats
from course.checks.transfer.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of


class LowRank(keras.layers.Layer):
    """A dense kernel that stays, and a low-rank update of it that learns (LoRA).

    Args:
        units: The number of output features.
        rank: How many features the update has in its middle.
        alpha: The update is multiplied by alpha / rank.

    Call:
        x: [..., dim] floats.

    Returns:
        [..., units] floats: the products with the kernel plus its update. When new, the
        layer gives what the kernel alone gives; training changes the update only.
    """

    def __init__(self, units, rank, alpha, **kwargs):
        super().__init__(**kwargs)
        self.units, self.rank, self.alpha = units, rank, alpha

    def build(self, x_shape):
        dim = x_shape[-1]
        self.kernel = self.add_weight(
            name="kernel", shape=(dim, self.units), trainable=False
        )
        self.down = self.add_weight(name="down", shape=(dim, self.rank))
        self.up = self.add_weight(
            name="up", shape=(self.rank, self.units), initializer="zeros"
        )

    def call(self, x):
        kernel, down, up = map(ops.convert_to_tensor, (self.kernel, self.down, self.up))
        update = ops.matmul(ops.matmul(x, down), up)
        return ops.matmul(x, kernel) + self.alpha / self.rank * update

    def merged(self):
        """[dim, units]: one kernel that does what kernel and update do together."""
        kernel, down, up = map(ops.convert_to_tensor, (self.kernel, self.down, self.up))
        return kernel + self.alpha / self.rank * ops.matmul(down, up)


exercise = Exercise(
    "transfer.low_rank",
    unit=UNIT,
    answer="LowRank",
    reference=LowRank,
    parts={"output": 3, "merged": 2, "start": 2, "kernel_stays": 2},
    returns={"output": ("row", "unit")},
    forbidden=(f"{__name__}.LowRank", "keras.layers.Dense"),
    hints=4,
    difficulty=4,
    importance=4,
    minutes=25,
    paper="https://arxiv.org/abs/2106.09685",
)


def _weights(rng, dim, units, rank):
    return {
        "kernel": floats(rng, dim, units),
        "down": floats(rng, dim, rank),
        "up": floats(rng, rank, units),
    }


def _call(rng, *shape, units=3, rank=2, alpha=6.0):
    case = Call(floats(rng, *shape))
    weights = _weights(rng, shape[-1], units, rank)
    return case.of_layer(weights=weights, units=units, rank=rank, alpha=alpha)


def _merged(rng, dim, units, rank, alpha):
    x = floats(rng, 2, dim)
    case = Call().of_layer(
        weights=_weights(rng, dim, units, rank),
        build=(x,),
        units=units,
        rank=rank,
        alpha=alpha,
    )
    return case.asking(method="merged").with_axes(output=("dim", "unit"))


@exercise.probe(part="output")
def wider_than_it_is_long(rng):
    return _call(rng, 4, 5)


@exercise.probe(part="output")
def texts_of_tokens(rng):
    case = _call(rng, 2, 3, 4, units=5, rank=3, alpha=2.0)
    return case.with_axes(output=("batch", "length", "unit"))


@exercise.probe(part="merged")
def merged_kernel(rng):
    return _merged(rng, 5, 3, 2, 6.0)


@exercise.probe(part="merged")
def merged_square_kernel(rng):
    """Where a transposed kernel has the right shape."""
    return _merged(rng, 4, 4, 2, 5.0)


def _new(rng):
    """The kernel is given; the update is as the layer makes it."""
    case = _call(rng, 4, 5)
    kernel = case.request.weights["kernel"].values
    return case.asking(weights={"kernel": kernel}), kernel


@exercise.property(part="start")
def a_new_layer_changes_nothing(rng):
    case, kernel = _new(rng)
    (reply,) = yield [case]
    expected = case.request.args[0].values @ kernel
    return abs(reply.output.values - expected).max() < 1e-5


@exercise.property(part="start")
def a_new_layer_can_learn(rng):
    """Two zero factors would never move: each one's gradient is a product with the
    other."""
    case, _ = _new(rng)
    (reply,) = yield [case.asking(gradient=floats(rng, 4, 3))]
    found = [reply.gradients.get(name) for name in ("down", "up")]
    return any(one is not None and abs(one.values).max() > 1e-4 for one in found)


@exercise.probe(part="kernel_stays")
def learns_in_two_steps(rng):
    train = {"steps": 2, "rate": 0.01, "target": floats(rng, 4, 3)}
    return _call(rng, 4, 5).asking(train=train).with_axes(output=("step",))


@exercise.property(part="kernel_stays")
def weights_after_a_step(rng):
    case = _call(rng, 4, 5)
    train = {"steps": 1, "rate": 0.01, "target": floats(rng, 4, 3)}
    (reply,) = yield [case.asking(train=train)]
    before = {name: a.values for name, a in case.request.weights.items()}
    moved = {
        n: not np.array_equal(a.values, before[n]) for n, a in reply.weights.items()
    }
    return moved == {"kernel": False, "down": True, "up": True}


@exercise.promise(
    part="output",
    rows=Sizes(1, 4),
    dim=Sizes(1, 6),
    units=Sizes(1, 5),
    rank=OneOf(1, 3),
    alpha=OneOf(0.5, 16.0),
)
def any_sizes(rng, rows, dim, units, rank, alpha):
    return _call(rng, rows, dim, units=units, rank=rank, alpha=alpha)


@exercise.promise(part="output", axes=OneOf((), (2,), (2, 3, 1)))
def any_leading_axes(rng, axes):
    case = _call(rng, *axes, 4, units=3, rank=2, alpha=3.0)
    names = tuple(f"axis {n}" for n in range(len(axes)))
    other = (np.zeros((2, 4), "float32"),)
    return case.asking(build=other).with_axes(output=(*names, "unit"))


Copy = copy_of(LowRank)


class Steps(Copy):
    """The steps by name: the mistakes below replace them."""

    def scale(self):
        return self.alpha / self.rank

    def parts(self):
        return map(ops.convert_to_tensor, (self.kernel, self.down, self.up))

    def call(self, x):
        kernel, down, up = self.parts()
        update = ops.matmul(ops.matmul(x, down), up)
        return ops.matmul(x, kernel) + self.scale() * update

    def merged(self):
        kernel, down, up = self.parts()
        return kernel + self.scale() * ops.matmul(down, up)


@exercise.misconception
class NotScaled(Steps):
    def scale(self):
        return 1.0


@exercise.misconception
class AlphaAlone(Steps):
    def scale(self):
        return self.alpha


@exercise.misconception
class RankOverAlpha(Steps):
    def scale(self):
        return self.rank / self.alpha


@exercise.misconception
class RootOfTheRank(Steps):
    """Rank-stabilised adapters divide by it: another method."""

    def scale(self):
        return self.alpha / self.rank**0.5


@exercise.misconception
class MergedWithoutScale(Steps):
    def merged(self):
        kernel, down, up = self.parts()
        return kernel + ops.matmul(down, up)


@exercise.misconception
class MergedUpdateAlone(Steps):
    def merged(self):
        _, down, up = self.parts()
        return self.scale() * ops.matmul(down, up)


@exercise.misconception
class KernelForgotten(Steps):
    def call(self, x):
        _, down, up = self.parts()
        return self.scale() * ops.matmul(ops.matmul(x, down), up)


class _Built(Steps):
    """Weights that begin otherwise."""

    down_start, up_start, kernel_learns = "glorot_uniform", "zeros", False

    def build(self, x_shape):
        dim = x_shape[-1]
        self.kernel = self.add_weight(
            name="kernel", shape=(dim, self.units), trainable=self.kernel_learns
        )
        self.down = self.add_weight(
            name="down", shape=(dim, self.rank), initializer=self.down_start
        )
        self.up = self.add_weight(
            name="up", shape=(self.rank, self.units), initializer=self.up_start
        )


@exercise.misconception
class BothZero(_Built):
    """Nothing changes at first, and nothing ever will."""

    down_start = "zeros"

    def build(self, x_shape):
        super().build(x_shape)


@exercise.misconception
class BothRandom(_Built):
    up_start = "glorot_uniform"

    def build(self, x_shape):
        super().build(x_shape)


@exercise.misconception
class KernelLearnsToo(_Built):
    """The outputs of a new layer are right; a step moves what should stay."""

    kernel_learns = True

    def build(self, x_shape):
        super().build(x_shape)


@exercise.misconception
class NothingLearns(_Built):
    def build(self, x_shape):
        super().build(x_shape)
        for weight in self.weights:
            weight.trainable = False


@exercise.misconception
class OnlyUpLearns(_Built):
    def build(self, x_shape):
        super().build(x_shape)
        self.down.trainable = False


@exercise.alternative
class StepByStep(Steps):
    pass


@exercise.alternative
class ZerosBelow(_Built):
    """Which of the two begins as zeros does not matter."""

    down_start, up_start = "zeros", "glorot_uniform"

    def build(self, x_shape):
        super().build(x_shape)


@exercise.alternative
class ProductFirst(Steps):
    def call(self, x):
        return ops.matmul(x, self.merged())


@exercise.alternative
class ScaledInput(Steps):
    def call(self, x):
        kernel, down, up = self.parts()
        return ops.matmul(x, kernel) + ops.matmul(
            ops.matmul(x * self.scale(), down), up
        )


@exercise.alternative
class WithEinsum(Steps):
    def call(self, x):
        kernel, down, up = self.parts()
        update = ops.einsum("...d,dr,ru->...u", x, down, up)
        return ops.einsum("...d,du->...u", x, kernel) + self.scale() * update

    def merged(self):
        kernel, down, up = self.parts()
        return kernel + ops.einsum("dr,ru->du", self.scale() * down, up)


@exercise.alternative
class SideBySide(Steps):
    """One product: kernel and factor stand beside each other."""

    def call(self, x):
        kernel, down, up = self.parts()
        both = ops.matmul(x, ops.concatenate([kernel, down], axis=1))
        return both[..., : self.units] + self.scale() * ops.matmul(
            both[..., self.units :], up
        )


@exercise.alternative
class FrozenByStopping(_Built):
    """A kernel that could learn, through which no gradient passes."""

    kernel_learns = True

    def build(self, x_shape):
        super().build(x_shape)

    def parts(self):
        kernel, down, up = super().parts()
        return ops.stop_gradient(kernel), down, up
