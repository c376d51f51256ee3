"""Frames over a socket: a letter, a length, bytes. Nothing that arrives is trusted."""

import contextlib
import os
import select
import struct
import time

_HEADER = struct.Struct("!cQ")
MAX_FRAME = 64 << 20


class Closed(ConnectionError):
    """The other side is gone."""


class Late(TimeoutError):
    """The other side did not answer in time."""


class Malformed(ValueError):
    """What arrived is no frame, or one larger than allowed."""


@contextlib.contextmanager
def near(path):
    """Another name of a socket's path, short enough whatever `path` is.

    Linux takes at most 107 bytes; directories for temporary files may be longer.
    """
    folder, name = os.path.split(path)
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{name}"
    finally:
        os.close(descriptor)


def send(socket, letter, payload):
    """Sends one frame.

    Raises:
        Closed: Nobody will read it.
    """
    try:
        socket.sendall(_HEADER.pack(letter, len(payload)) + payload)
    except OSError:
        raise Closed("the other side is gone") from None


def receive(socket, seconds=None, limit=MAX_FRAME):
    """Receives one frame.

    Args:
        socket: A connected stream socket.
        seconds: How long the whole frame may take; None waits for ever.
        limit: The longest payload accepted, in bytes.

    Returns:
        letter: bytes of length 1.
        payload: bytes.

    Raises:
        Closed, Late, Malformed: There is no frame to return.
    """
    until = None if seconds is None else time.monotonic() + seconds
    letter, length = _HEADER.unpack(_exactly(socket, _HEADER.size, until))
    if length > limit:
        raise Malformed(f"a frame of {length} bytes; at most {limit} are accepted")
    return letter, _exactly(socket, length, until)


def _exactly(socket, count, until):
    parts, missing = [], count
    while missing:
        if until is not None:
            left = until - time.monotonic()
            if left <= 0 or not select.select([socket], [], [], left)[0]:
                raise Late("no answer in time")
        try:
            part = socket.recv(min(missing, 1 << 20))
        except OSError:
            part = b""
        if not part:
            raise Closed("the other side is gone")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
