"""A file's bytes, mapped into memory instead of read."""

import mmap
import os

from transformer_tf.checkpoints.stored_tensor import DamagedFile

_LFS_POINTER = b"version https://git-lfs"


def map_file(path: str | os.PathLike[str]) -> memoryview:
    """The bytes of a file; they stay mapped as long as something uses them.

    Raises:
        DamagedFile: The file is empty, or stands for one that was not downloaded.
        OSError: It cannot be opened.
    """
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise DamagedFile(path, "the file is empty; download it again")
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    if bytes(mapped[: len(_LFS_POINTER)]) == _LFS_POINTER:
        raise DamagedFile(
            path,
            "this is a Git LFS pointer, which only names the weights: run "
            "`git lfs pull` in its folder, or download the file itself",
        )
    return mapped
