"""What a docstring promises, as data: from it the engine draws probes and doubts.

A promise is a function that draws a case, and for each of its parameters the values
that the docstring allows:

    @longest.promise(part="pieces", letters=OneOf(*ALPHABETS), length=Sizes(1, 12))
    def any_word(rng, letters, length):
        return Call(...)

Every value of a `OneOf` and both ends of a `Sizes` get a probe, whatever the seed: few
cases are enough, since each forces a value of every parameter at once. The audit draws
the parameters freely instead, as often as it likes.
"""

import dataclasses
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np


class Dimension(Protocol):
    """One thing in which inputs may differ."""

    @property
    def forced(self) -> tuple:
        """The values that are probed under every seed."""

    def probe(self, case: int, rich: int, place: int) -> Any:
        """The forced value of one case; see `Promise.choices`."""

    def draw(self, rng: np.random.Generator) -> Any:
        """Any value that is promised."""


@dataclasses.dataclass(frozen=True)
class Sizes:
    """Every whole number from `least` to `most`; both ends are forced."""

    least: int
    most: int

    @property
    def forced(self) -> tuple[int, ...]:
        return (self.least, self.most)

    def probe(self, case: int, rich: int, place: int) -> int:
        """The most in rich cases, then by turns with the neighbouring dimensions."""
        is_small = case >= rich and (case - rich + place) % 2 == 0
        return self.least if is_small else self.most

    def draw(self, rng: np.random.Generator) -> int:
        return int(rng.integers(self.least, self.most + 1))


class OneOf:
    """One of these values; each is forced."""

    def __init__(self, *values):
        self.forced = values

    def probe(self, case: int, rich: int, place: int) -> Any:
        """One after the other, each dimension from another one on."""
        return self.forced[(case + place) % len(self.forced)]

    def draw(self, rng: np.random.Generator) -> Any:
        return self.forced[rng.integers(len(self.forced))]

    def __repr__(self) -> str:
        return f"OneOf{self.forced!r}"


@dataclasses.dataclass(frozen=True)
class Promise:
    """A way to draw inputs, and what about them the docstring leaves open.

    Args:
        name: The function's; its probes are called `name_1`, `name_2`, ...
        part: The part whose points depend on them.
        dimensions: By parameter, the promised values.
        make: From a generator and one value a parameter to a Case.
    """

    name: str
    part: str
    dimensions: Mapping[str, Dimension]
    make: Callable[..., Any]

    def choices(self) -> list[dict[str, Any]]:
        """Every forced value of every dimension at least once, in as few as possible.

        Rich cases first, one for each value of the longest `OneOf`: all sizes at their
        most. Then two that are small, each in every other dimension: where everything
        is small at once, little can be seen.
        """
        dimensions = list(self.dimensions.values())
        choices = [len(d.forced) for d in dimensions if isinstance(d, OneOf)]
        rich = max(choices, default=0)
        small = 2 if any(isinstance(d, Sizes) for d in dimensions) else 0
        return [
            {
                name: dimension.probe(case, rich, place)
                for place, (name, dimension) in enumerate(self.dimensions.items())
            }
            for case in range(rich + small)
        ]

    def choose(self, choice: Mapping[str, Any]) -> Callable[[np.random.Generator], Any]:
        """Makes the case in which these values are set, the same under every seed.

        Few cases force many values at once: were the rest of them drawn again, what a
        mistake costs would depend on the draw. The other probes of a part are secret.
        """
        entropy = [zlib.crc32(text.encode()) for text in (self.name, repr(choice))]
        return lambda rng: self.make(np.random.default_rng(entropy), **choice)

    def drawn(self, seed: int) -> Any:
        """A case with any promised values."""
        rng = np.random.default_rng([seed, zlib.crc32(self.name.encode())])
        drawn = {name: d.draw(rng) for name, d in self.dimensions.items()}
        return self.make(rng, **drawn)
