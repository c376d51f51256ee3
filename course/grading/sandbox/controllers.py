"""Where Linux would let this process make groups with limits (cgroups)."""

import os
from dataclasses import dataclass

CONTROLLERS = ("memory", "pids", "cpu")


@dataclass(frozen=True)
class Place:
    """A directory below which groups may be made, if this user is allowed to.

    Args:
        directory: Of the group that this process is in, or of its parent.
        version: 1 or 2, of the interface.
        controllers: Those of `CONTROLLERS` that a group made there can set.
    """

    directory: str
    version: int
    controllers: tuple


def places(own="/proc/self/cgroup", mounts="/proc/self/mountinfo"):
    """Every `Place`, each controller in one of them at most.

    Args:
        own, mounts: Files in the form of those of /proc.
    """
    try:
        with open(own) as file:
            groups = [line.rstrip("\n").split(":", 2) for line in file]
        with open(mounts) as file:
            mounted = [_mount(line) for line in file if " - cgroup" in line]
    except OSError:
        return []
    found = []
    for _, names, path in groups:
        named = set(names.split(",")) & set(CONTROLLERS)
        for kind, root, point, options in mounted:
            if kind == "cgroup" and named & options:
                controllers = tuple(n for n in CONTROLLERS if n in named)
                found.append(Place(_below(point, root, path), 1, controllers))
                break
            if kind == "cgroup2" and not names:
                found += _version_2(_below(point, root, path), point)
                break
    return [place for place in found if place.controllers]


def _mount(line):
    """(type, root of what is mounted, where, options) of a line of mountinfo."""
    before, _, after = line.partition(" - ")
    root, point = before.split()[3:5]
    return after.split()[0], root, point, set(after.split()[-1].split(","))


def _below(point, root, path):
    """A group's directory; a container sees its own group as the mount's root."""
    if root != "/" and (path + "/").startswith(root + "/"):
        path = path[len(root) :]
    return os.path.normpath(point + "/" + path)


def _version_2(directory, point):
    """Below our own group if it hands controllers down, else beside it.

    A group of version 2 that holds processes cannot hand them down, but for the first
    of all; its parent mostly does already.
    """
    if _read_handed_down(directory) or _hand_down(directory):
        return [Place(directory, 2, _read_handed_down(directory))]
    if directory == os.path.normpath(point):
        return []
    parent = os.path.dirname(directory)
    return [Place(parent, 2, _read_handed_down(parent))]


def _read_handed_down(directory):
    try:
        with open(os.path.join(directory, "cgroup.subtree_control")) as file:
            names = file.read().split()
    except OSError:
        return ()
    return tuple(name for name in CONTROLLERS if name in names)


def _hand_down(directory):
    """Whether a group hands controllers down after being told to."""
    for name in CONTROLLERS:
        try:
            hand_down(directory, name)
        except OSError:
            continue
    return bool(_read_handed_down(directory))


def hand_down(directory, name):
    """Lets the groups below one of version 2 set a controller's limits."""
    with open(os.path.join(directory, "cgroup.subtree_control"), "w") as file:
        file.write(f"+{name}")
