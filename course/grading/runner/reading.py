"""Reads a submission in the runner, before any of the learner's code has run there."""

import base64
import importlib
import os
import traceback

from course.grading.runner.shell import TimeIsUp, alarm
from course.notebooks.fault import Fault
from course.notebooks.reading import read_submission


def read(order, seconds):
    """What an order to read is answered with.

    Args:
        order: A dict of keyword arguments of `read_submission`.
        seconds: How much processor time it may take.

    Returns:
        {"reading": fields of a `Reading`}, {"fault": {"reason", "message"}}, or
        {"broken": a traceback}, which is a fault of the grader's own.
    """
    try:
        with alarm(seconds):
            return {"reading": read_submission(**order).to_data()}
    except Fault as fault:
        return {"fault": {"reason": fault.reason, "message": fault.message}}
    except TimeIsUp:
        why = f"it took more than {seconds:g} s to read; hand in the saved notebook"
        return {"fault": {"reason": "too-slow", "message": why}}
    except (MemoryError, RecursionError) as error:
        why = f"it cannot be read within the memory that it may use ({error!r:.100})"
        return {"fault": {"reason": "too-large", "message": why}}
    except Exception:
        return {"broken": traceback.format_exc()[-1500:]}


def place(files):
    """Writes the learner's own files into this process's private directory.

    Args:
        files: Relative path -> bytes in base 64.

    Returns:
        Path -> why it could not be written.
    """
    problems = {}
    for path, data in files.items():
        try:
            folder = os.path.dirname(path)
            if folder:
                os.makedirs(folder, exist_ok=True)
            with open(path, "xb") as file:
                file.write(base64.b64decode(data))
        except (OSError, ValueError) as error:
            problems[path] = str(error)
    importlib.invalidate_caches()
    return problems
