"""One tensor of a file: where it lies and what it is, read when it is asked for."""

from __future__ import annotations

import dataclasses
import math
import mmap
from collections.abc import Callable

import numpy as np

_MOST_AXES, _LONGEST_AXIS = 32, 2**40


class DamagedFile(ValueError):
    """A file of weights that is damaged, dangerous, or something else.

    Args:
        path: The file.
        cause: What is wrong with it and, where there is a cure, what to do.

    Example:
        >>> with open("damaged.safetensors", "wb") as file:
        ...     written = file.write(b"no tensors")
        >>> try:
        ...     read_safetensors("damaged.safetensors")
        ... except DamagedFile as error:
        ...     print(error)
        damaged.safetensors: a header of 8030883942550761326 bytes in a file of 10:
          this is no safetensors file, or it was cut short; download it again
    """

    def __init__(self, path: object, cause: str) -> None:
        super().__init__(f"{path}: {cause}")
        self.path = path
        self.cause = cause


@dataclasses.dataclass(frozen=True)
class StoredTensor:
    """A tensor that has not been read yet.

    Args:
        shape: Its shape.
        dtype: Its dtype on disk, a NumPy dtype (bfloat16 and float8 by `ml_dtypes`).
        view: Gives it as a read-only array, a view into the mapped file.

    Example:
        >>> tensors = read_safetensors("models/decoder/model.safetensors")
        >>> stored = tensors["transformer.wte.weight"]
        >>> stored.shape, stored.dtype, stored.numpy().shape
        ((1000, 96), dtype('float16'), (1000, 96))
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    view: Callable[[], np.ndarray]

    @property
    def size(self) -> int:
        """Its number of elements."""
        return math.prod(self.shape)

    def numpy(self) -> np.ndarray:
        """The tensor as a read-only array; nothing is copied."""
        return self.view()

    def release(self) -> None:
        """Lets go of the memory that reading took; reading again is allowed.

        Bytes of a mapped file count as the process's memory from when they were read
        until the system wants them back. This gives them back now.
        """
        mapped = getattr(self.view, "mapped", None)
        if isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            mapped.madvise(mmap.MADV_DONTNEED)


def view_of(
    buffer: memoryview,
    dtype: np.dtype,
    shape: tuple[int, ...],
    offset: int = 0,
    strides: tuple[int, ...] | None = None,
) -> Callable[[], np.ndarray]:
    """Makes the `view` of a `StoredTensor` over bytes that stay mapped.

    Args:
        buffer: The bytes that the tensor may use, and no others.
        dtype: Its dtype.
        shape: Its shape.
        offset: Its first element, counted in elements.
        strides: Steps from one element to the next along each axis, in elements;
            None for rows one behind the other.

    Raises:
        ValueError: It would leave the buffer, or repeat elements.
    """
    if len(shape) > _MOST_AXES or max(shape, default=0) > _LONGEST_AXIS:
        raise ValueError("no tensor has so many or so long axes")
    if any(number < 0 for number in (offset, *shape, *(strides or ()))):
        raise ValueError(f"negative numbers in shape {shape} at {offset}, {strides}")
    have, size = len(buffer) // dtype.itemsize, math.prod(shape)
    if size > have:
        raise ValueError(f"shape {shape} has {size} elements, and {have} are there")
    if strides is not None and len(strides) != len(shape):
        raise ValueError(f"{len(strides)} strides for {len(shape)} axes")
    steps = None if strides is None else [step * dtype.itemsize for step in strides]
    if size:
        last = sum((n - 1) * step for n, step in zip(shape, strides or ()))
        if offset + (size - 1 if strides is None else last) >= have:
            raise ValueError(f"shape {shape} at {offset} leaves its {have} elements")

    def view() -> np.ndarray:
        if not size:
            return np.zeros(shape, dtype)
        start = offset * dtype.itemsize
        found = np.ndarray(shape, dtype, buffer, start, steps)
        found.flags.writeable = False
        return found

    view.mapped = buffer.obj  # type: ignore[attr-defined]
    return view
