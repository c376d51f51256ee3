"""Frames: whole ones arrive; nothing else does any harm."""

import socket
import struct

import pytest

from course.grading import wire


@pytest.fixture
def pair():
    one, other = socket.socketpair()
    yield one, other
    one.close()
    other.close()


def test_a_frame_arrives(pair):
    one, other = pair
    wire.send(one, b"A", b"abc" * 1000)
    assert wire.receive(other, seconds=5) == (b"A", b"abc" * 1000)


def test_a_frame_without_end_is_refused_before_it_is_read(pair):
    one, other = pair
    one.sendall(struct.pack("!cQ", b"A", 2**62))
    with pytest.raises(wire.Malformed, match="at most"):
        wire.receive(other, seconds=5)


def test_half_a_frame_is_late(pair):
    one, other = pair
    one.sendall(struct.pack("!cQ", b"A", 10) + b"half")
    with pytest.raises(wire.Late):
        wire.receive(other, seconds=0.05)


def test_half_a_frame_and_nobody_there_is_closed(pair):
    one, other = pair
    one.sendall(b"A\0\0")
    one.close()
    with pytest.raises(wire.Closed):
        wire.receive(other, seconds=5)
    with pytest.raises(wire.Closed):
        wire.send(other, b"A", b"x" * 10_000_000)
