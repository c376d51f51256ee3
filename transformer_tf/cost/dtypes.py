"""Dtype policies, as far as memory goes."""

from __future__ import annotations

import dataclasses

_BYTES = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}
DTYPES = (*_BYTES, "mixed_float16", "mixed_bfloat16")


@dataclasses.dataclass(frozen=True)
class Precision:
    """How many bytes a number has.

    Args:
        dtype: In which layers compute.
        bytes: Of a number there.
        weight_bytes: Of a weight; 4 under a mixed policy.
    """

    dtype: str
    bytes: int
    weight_bytes: int

    @classmethod
    def of(cls, policy: str) -> Precision:
        """The precision of a dtype policy, one of `DTYPES`."""
        dtype = policy.removeprefix("mixed_")
        return cls(dtype, _BYTES[dtype], 4 if policy != dtype else _BYTES[dtype])

    @property
    def is_mixed(self) -> bool:
        return self.bytes != self.weight_bytes
