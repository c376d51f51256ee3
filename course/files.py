"""Files that are written whole or not at all."""

import os
import secrets
from pathlib import Path


def write_atomically(path: Path | str, content: str, mode: int = 0o777) -> None:
    """Writes a text file so that a reader sees the old one or the new one, whole.

    Once it returns, no crash can lose the file.

    Args:
        path: Where; missing directories are made.
        content: The text, written as UTF-8.
        mode: Of directories that are made.

    Raises:
        OSError: It could not be written; the old file is as it was, if there was one.
        UnicodeEncodeError: The text is no valid Unicode; likewise.
    """
    path = Path(path)
    data = content.encode("utf-8")
    path.parent.mkdir(mode=mode, parents=True, exist_ok=True)
    # Short, so that a name as long as the file system allows still has room for it.
    partial = path.with_name(f".{secrets.token_hex(6)}.partial")
    try:
        with open(partial, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
