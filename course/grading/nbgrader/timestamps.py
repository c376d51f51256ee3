"""When a submission was handed in: its `timestamp.txt`, which nbgrader reads too."""

import os

from nbgrader.utils import parse_utc

from course.grading.run.intake import read_bytes
from course.notebooks.fault import Fault

NAME = "timestamp.txt"


def read_timestamp(root, *folders):
    """The time that a submission's folder records.

    Args:
        root: A directory that the instructor controls.
        folders: Names of the directories below it, the submission's last.

    Returns:
        when: A datetime in UTC, as nbgrader reads it; None if there is none to read.
        why: "", or why a file that is there was left aside.
    """
    try:
        text = read_bytes(root, *folders, NAME, limit=200).decode("ascii").strip()
        return (parse_utc(text) if text else None), ""
    except Fault as fault:
        missing = fault.reason == "missing"
        return None, "" if missing else f"{NAME} is left aside: {fault.message}"
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None, f"{NAME} is left aside: it holds no time"


def set_aside_unreadable(folder, log):
    """Renames a timestamp that nbgrader could not read, which would end it.

    Args:
        folder: A submission's own directory.
        log: Where it is said.
    """
    _, why = read_timestamp(os.path.dirname(folder), os.path.basename(folder))
    path = os.path.join(folder, NAME)
    if why and os.path.lexists(path):
        log.warning("%s: %s", folder, why)
        os.replace(path, os.path.join(folder, f".{NAME}.unreadable"))
