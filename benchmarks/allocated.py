"""How much memory TensorFlow hands out during a call, as its own profiler tells.

Each piece counts with the bytes that were asked for: the allocator itself gives up to
twice as much, and its statistics count that. Pieces of less than
`UNTOLD` are left out.
"""

import tensorflow as tf
from tensorflow.tsl.profiler.protobuf import xplane_pb2

UNTOLD = 2**18  # bytes


def peak_bytes(call, folder):
    """The most bytes in use at once by what a call allocates.

    Args:
        call: A function without arguments, compiled already.
        folder: For the profiler's files.
    """
    tf.profiler.experimental.start(str(folder))
    call()
    tf.profiler.experimental.stop()
    (path,) = folder.rglob("*.xplane.pb")
    space = xplane_pb2.XSpace()
    space.ParseFromString(path.read_bytes())
    events = sorted(
        (event for plane in space.planes for event in _events(plane)),
        key=lambda event: event[0],
    )
    held, total, most = {}, 0, 0
    for _, name, values in events:
        address = values["addr"]
        if name == "MemoryAllocation":
            held[address] = values["requested_bytes"]
            total += held[address]
        else:
            total -= held.pop(address, 0)
        most = max(most, total)
    return most


def _events(plane):
    """(time, name, values) of what was allocated or given back."""
    names = {key: one.name for key, one in plane.event_metadata.items()}
    keys = {key: one.name for key, one in plane.stat_metadata.items()}
    for line in plane.lines:
        for event in line.events:
            name = names[event.metadata_id]
            if name in ("MemoryAllocation", "MemoryDeallocation"):
                values = {
                    keys[s.metadata_id]: s.int64_value or s.uint64_value
                    for s in event.stats
                }
                yield line.timestamp_ns * 1000 + event.offset_ps, name, values
