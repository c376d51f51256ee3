"""An exercise: what is asked, what is right, and the mistakes that have names.

One exercise is one readable block:

    attention = Exercise(
        "attention.scaled_dot_product",
        answer="scaled_dot_product_attention",
        reference=transformer_tf.scaled_dot_product_attention,
        parts={"values": 4, "mask": 2},
        returns={"output": ("batch", "query", "dim"), "weights": (...)},
        hints=3,
    )

    @attention.probe(part="values")
    def lengths_differ(rng):
        return Call(rng.normal(size=(2, 3, 5)), ...)

    @attention.promise(part="values", query=Sizes(1, 6), key=Sizes(1, 7))
    def any_sizes(rng, query, key):  # see `promise`
        return Call(rng.normal(size=(2, query, 5)), ...)

    @attention.misconception
    def softmax_over_queries(query, key, value, attention_mask=None):
        ...

    @attention.alternative
    def with_einsum(query, key, value, attention_mask=None):
        ...

Its texts (title, hints, one message a misconception) stand in `course/messages` under
the exercise's name.
"""

import dataclasses
import zlib
from collections.abc import Callable, Generator, Mapping
from typing import Any

import numpy as np

from course.examination.candidate import copy_of
from course.examination.promise import Dimension, Promise
from course.examination.request import Reply, Request


@dataclasses.dataclass(frozen=True)
class Case:
    """A request and what is known about the values that should come back.

    Args:
        request: What is asked.
        regions: By region name, booleans that broadcast against an output: used to
            say where wrong values lie ("masked_keys").
        axes: By output name, the names of its axes where this case has others than the
            exercise's `returns` say (one step of a layer that reads sequences).
        same_dtype: Whether the dtype of the result must be the reference's exactly;
            otherwise any float will do for a float.
        steps: Whether the intermediates are compared; not where a right answer may
            have others (-1e9 or -inf).
    """

    request: Request
    regions: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)
    axes: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    same_dtype: bool = False
    steps: bool = True

    def asking(self, **changes) -> "Case":
        """The same case with other fields of the request: mode, gradient, ..."""
        return self._with(request=self.request.replace(**changes))

    def with_regions(self, **regions) -> "Case":
        return self._with(regions=regions)

    def with_axes(self, **axes) -> "Case":
        return self._with(axes=axes)

    def of_layer(self, weights=None, inside="", dtype="", build=None, **construct):
        """The answer is a class: construct it, set its weights, then call it."""
        return self.asking(
            construct=construct,
            weights=weights or {},
            inside=inside,
            dtype=dtype,
            build=build,
        )

    def in_the_same_dtype(self) -> "Case":
        return self._with(same_dtype=True)

    def without_steps(self) -> "Case":
        return self._with(steps=False)

    def _with(self, **changes) -> "Case":
        fields = (field.name for field in dataclasses.fields(Case))
        return Case(**{**{name: getattr(self, name) for name in fields}, **changes})


class Call(Case):
    """A case that calls the answer with these arguments."""

    def __init__(self, *args, **kwargs):
        super().__init__(Request(args=args, kwargs=kwargs))


class Value(Case):
    """A case for an answer that is itself the number or array to be judged."""

    def __init__(self):
        super().__init__(Request(method="value"))


Property = Generator[list[Request], list[Reply], bool]


@dataclasses.dataclass(frozen=True)
class Probe:
    """One named question. `make` gives a Case, or for a property a generator that
    yields its requests and returns whether the replies fit together. Where mistakes are
    named in `shows`, it is drawn until they all show; see `telling`."""

    name: str
    part: str
    make: Callable[[np.random.Generator], Any]
    is_property: bool = False
    shows: tuple[str, ...] = ()

    def case(self, seed: int, attempt: int = 0) -> Any:
        """The question for a seed: values change, shapes only as a promise draws."""
        entropy = [seed, zlib.crc32(self.name.encode())]
        if attempt:
            entropy.append(attempt)
        return self.make(np.random.default_rng(entropy))


REGISTRY: dict[str, "Exercise"] = {}


class Exercise:
    """One graded exercise; see the head of this file.

    Args:
        name: "topic.exercise"; the key of its texts, and what `check` is given.
        unit: The folder of its notebook: "03_attention".
        answer: The name under which the learner writes the answer.
        reference: The library's own function or class, or a right value.
        parts: Points by part. A part is earned when all of its probes are passed.
        returns: The outputs by name, in the order in which they are computed, each
            with the names of its axes. `position` in a tuple result is the order of
            `outputs` if given.
        outputs: The order in which the answer returns them; as in `returns` if None.
        intermediates: Local variables that are compared when values are wrong.
        forbidden: Dotted names that an answer may not call. Those of the library are
            not even there when a submission is graded, until the exercise's check.
        stands_on: What a right answer may run of the library: functions, modules, or
            packages with all below; a human is shown an answer that runs others.
        operations: Kinds of TensorFlow's compiled operations that do all that is asked;
            a human is shown an answer that runs them, by whatever name.
        pieces: The exercises whose answers this one is assembled from.
        hints: The number of rungs on the ladder of hints.
        difficulty, importance: 1 to 5.
        minutes: How long it takes.
        paper: Where to go further.
    """

    def __init__(
        self,
        name: str,
        *,
        unit: str,
        answer: str,
        reference: Any,
        parts: Mapping[str, int],
        returns: Mapping[str, tuple[str, ...]],
        outputs: tuple[str, ...] | None = None,
        intermediates: tuple[str, ...] = (),
        forbidden: tuple[str, ...] = (),
        stands_on: tuple[str, ...] = (),
        operations: tuple[str, ...] = (),
        pieces: tuple[str, ...] = (),
        hints: int = 3,
        difficulty: int = 1,
        importance: int = 3,
        minutes: int = 10,
        paper: str = "",
    ):
        if name in REGISTRY:
            raise ValueError(f"there is already an exercise {name!r}")
        self.name, self.unit, self.answer = name, unit, answer
        self.original = reference
        written = callable(reference) and hasattr(reference, "__module__")
        self.reference = copy_of(reference) if written else reference
        self.parts, self.returns = dict(parts), dict(returns)
        self.outputs = outputs or tuple(returns)
        self.intermediates, self.forbidden = intermediates, forbidden
        self.stands_on, self.operations = stands_on, operations
        self.pieces = pieces
        self.hints, self.difficulty, self.importance = hints, difficulty, importance
        self.minutes, self.paper = minutes, paper
        self.probes: list[Probe] = []
        self.promises: list[Promise] = []
        self.misconceptions: dict[str, Any] = {}
        self.alternatives: dict[str, Any] = {}
        REGISTRY[name] = self

    @property
    def points(self) -> int:
        return sum(self.parts.values())

    @property
    def grade_id(self) -> str:
        """nbgrader allows no dots: the one mapping from names to grade ids."""
        return self.name.replace(".", "-")

    def probe(self, part: str, shows: tuple[str, ...] = ()):
        """Decorates a function from a random generator to a Case.

        Args:
            part: Whose points depend on it.
            shows: Misconceptions that must all answer wrongly, no two of them alike:
                the case is drawn again until they do.
        """
        return self._add(part, is_property=False, shows=shows)

    def promise(self, part: str, **dimensions: Dimension):
        """Decorates a function that draws a Case from one value a dimension."""

        def add(make):
            promise = Promise(make.__name__, part, dimensions, make)
            self.promises.append(promise)
            for number, choice in enumerate(promise.choices(), start=1):
                named = promise.choose(choice)
                named.__name__ = f"{promise.name}_{number}"
                self._add(part, is_property=False)(named)
            return make

        return add

    def property(self, part: str):
        """Decorates a generator that yields requests and returns whether they fit."""
        return self._add(part, is_property=True)

    def _add(self, part: str, is_property: bool, shows: tuple[str, ...] = ()):
        if part not in self.parts:
            raise ValueError(f"{self.name} has no part {part!r}: {sorted(self.parts)}")

        def add(make):
            self.probes.append(Probe(make.__name__, part, make, is_property, shows))
            return make

        return add

    def misconception(self, wrong):
        """Decorates a wrong implementation; its name keys the message."""
        self.misconceptions[_name(wrong)] = wrong
        return wrong

    def alternative(self, right):
        """Decorates a right implementation that looks different."""
        self.alternatives[_name(right)] = right
        return right

    def __repr__(self) -> str:
        return f"<Exercise {self.name}: {self.points} points>"


def _name(implementation: Any) -> str:
    """`SoftmaxOverQueries` and `softmax_over_queries` are both the latter."""
    name = implementation.__name__
    if isinstance(implementation, type):
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
    return name
