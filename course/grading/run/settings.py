"""What a run tells its processes, in two parts that never mix."""

import os

from course.errors import CourseError
from course.grading.sandbox import probe
from course.notebooks.plan import modules_of


def settings(unit, releases, secret, level="auto", cold=False, limits=()):
    """Settings of a `Supervisor` or a `Single`; every way to a verdict begins here.

    Args:
        unit: The unit's name.
        releases: {notebook: {language: released notebook}}.
        secret: bytes, from which seeds are made.
        level: A level of isolation, or "auto".
        cold: Whether each submission's process imports TensorFlow for itself.
        limits: Keyword arguments of `Verifier`, a mapping or pairs.

    Returns:
        A dict: "server", keyword arguments of `ForkServer`, for processes that
        learners' code descends from and can read; "worker", of `Worker` but for the
        zygote, with all that is secret.
    """
    return {
        "server": {"level": level, "modules": modules_of(releases), "cold": cold},
        "worker": {
            "unit": unit,
            "releases": releases,
            "secret": secret.hex(),
            "limits": dict(limits),
        },
    }


def refuse_readable(*paths):
    """Raises CourseError if submissions could read one of these paths where they lie.

    A submission reads what Python is installed in; a course in there would be read too.
    """
    for path in map(os.path.realpath, paths):
        for readable in map(os.path.realpath, probe.policy().readable_paths()):
            if f"{path}/".startswith(f"{readable}/"):
                raise CourseError(
                    f"{path} lies in {readable}, which every submission may read: "
                    "move it to a directory of its own"
                )
