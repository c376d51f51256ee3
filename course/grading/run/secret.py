"""The secret from which every seed is made; it lies outside the course's folder."""

import os

from course.notebooks.fault import Fault


def secret(path):
    """The course's secret, made on first use and readable by its owner alone.

    Raises:
        Fault: Others may read the file, or it is too short to be a secret.
    """
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(file, "wb") as stream:
            stream.write(os.urandom(32))
            stream.flush()
            os.fsync(stream.fileno())
    if os.stat(path).st_mode & 0o077:
        raise Fault("secret", f"others may read {path}: run chmod 600 {path}")
    with open(path, "rb") as stream:
        found = stream.read(4096)
    if len(found) < 16:
        raise Fault("secret", f"{path} has {len(found)} bytes; 16 are needed")
    return found


def default_path():
    """The secret's own place, outside every course's directory."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    folder = os.path.join(home, "transformer-course")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return os.path.join(folder, "secret")
