"""How far a number may lie from the float64 truth, by the dtype it was computed in."""

import numpy as np

from course.examination.codec import Array

# |got - truth| <= tolerance * max(1, |truth|). A few hundred roundings of each dtype.
TOLERANCE = {
    "float64": 1e-6,  # an answer may compute in float32 inside
    "float32": 2e-5,
    "float16": 5e-3,
    "bfloat16": 4e-2,
}


def tolerance(dtype: str) -> float:
    """The tolerance for values of a dtype; 0 for integers, booleans and strings."""
    return TOLERANCE.get(dtype, 0.0)


def deviation(got: Array, truth: Array, dtype: str) -> np.ndarray:
    """How many tolerances each value lies from the truth; inf where one is not finite.

    Args:
        got, truth: Arrays of one shape.
        dtype: The dtype that the question was asked in, which sets the tolerance.

    Returns:
        float64 array of that shape; at most 1 where the value is right. NaN equals
        NaN, and an infinity equals itself.
    """
    if truth.dtype == "string" or got.dtype == "string":
        return np.where(got.values == truth.values, 0.0, np.inf)
    one, other = (_wide(array.values) for array in (got, truth))
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    allowed = tolerance(dtype) or tolerance("float32")
    if truth.values.dtype.kind in "biu":
        allowed = np.finfo(np.float64).tiny
    with np.errstate(invalid="ignore", over="ignore"):
        distance = np.abs(one - other) / (allowed * np.maximum(1, np.abs(other)))
    return np.where(same, 0.0, np.where(np.isfinite(distance), distance, np.inf))


def _wide(values: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # misread bytes may be a signalling NaN
        return values.astype(np.complex128 if values.dtype.kind == "c" else np.float64)
