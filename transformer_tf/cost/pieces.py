"""What a model is made of, as far as its cost goes: tables, projections, pairs."""

from __future__ import annotations

import dataclasses

PARTS = ("embeddings", "attention", "feed_forward", "normalization", "head")


@dataclasses.dataclass(frozen=True)
class Weights:
    """Weights that are looked up, added or multiplied by, in no matrix product.

    Args:
        part: One of `PARTS`.
        shapes: The shape of each.
    """

    part: str
    shapes: tuple[tuple[int, ...], ...]

    forward = 0
    backward = 0


@dataclasses.dataclass(frozen=True)
class Projection:
    """A matrix that multiplies a vector in each of many places.

    Args:
        part: One of `PARTS`.
        inputs: Features of each vector before.
        outputs: Features after.
        rows: Number of vectors in one call.
        bias: Whether a bias is added.
        tied: Whether the matrix is another piece's, the embedding's table.
        constant: Whether the vectors are no function of any weight, so that they have
            no gradient.
    """

    part: str
    inputs: int
    outputs: int
    rows: int
    bias: bool = True
    tied: bool = False
    constant: bool = False

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        matrix = () if self.tied else ((self.inputs, self.outputs),)
        return (*matrix, *(((self.outputs,),) if self.bias else ()))

    @property
    def forward(self) -> int:
        """Floating-point operations: a multiplication and an addition a weight."""
        return 2 * self.rows * self.inputs * self.outputs

    @property
    def backward(self) -> int:
        """One product for the gradient of the matrix, one for that of the vectors."""
        return self.forward if self.constant else 2 * self.forward


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Products of attention: a dot product for every pair of a query and a key.

    Args:
        pairs: Number of pairs that are computed, over batch and heads, masked or not.
        width: Features of a head.
        products: How often each pair is computed: a score, and its part of the output.
        gradients: The same for the backward pass.
        part: One of `PARTS`.
    """

    pairs: int
    width: int
    products: int = 2
    gradients: int = 4
    part: str = "attention"

    shapes = ()

    @property
    def forward(self) -> int:
        return 2 * self.pairs * self.width * self.products

    @property
    def backward(self) -> int:
        return 2 * self.pairs * self.width * self.gradients


Piece = Weights | Projection | Pairs
