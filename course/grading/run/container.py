"""The command `grade` in a container, for systems that cannot isolate by themselves.

The container is one more wall around the whole grading, and on macOS the Linux that it
needs. Inside, each submission is sandboxed as everywhere.
"""

import os
import shutil
import subprocess

from course.errors import CourseError
from course.grading.run.secret import default_path, secret

ENGINES = ("podman", "docker")
_PASSED = ("force", "cold")


def engine():
    """The name of the first engine that is installed.

    Raises:
        CourseError: There is none.
    """
    for name in ENGINES:
        if shutil.which(name):
            return name
    raise CourseError(
        f"--container needs {' or '.join(ENGINES)} and neither is on the PATH; install "
        "one, or grade without a container"
    )


def command_line(name, options, secret_path):
    """What is run, as a list of str.

    Args:
        name: An engine.
        options: Of `grade`; `options.container` names an image in which
            the course is installed.
        secret_path: Path of the file with the secret of the seeds.

    Raises:
        CourseError: An option that cannot go into a container.
    """
    if options.cluster or options.trust or options.released or options.gradebook:
        raise CourseError(
            "--container cannot be used with --cluster, --trust, --released or "
            "--gradebook: only the course's own directory is in the container"
        )
    course, key = map(os.path.abspath, (options.course, secret_path))
    for path in (course, key):
        if ":" in path or "," in path:
            raise CourseError(f"a path without ':' and ',' is needed; got {path}")
    line = [name, "run", "--rm", "--init", "--network=none", "--read-only"]
    line += ["--tmpfs=/tmp:rw,size=2g", "--security-opt=no-new-privileges"]
    line += ["--cap-drop=ALL", f"--pids-limit={256 * options.jobs}"]
    line += [f"--memory={2 + 2 * options.jobs}g"]
    line += ["--userns=keep-id"] if name == "podman" else []
    line += [f"--user={os.getuid()}:{os.getgid()}", "--env=HOME=/tmp"]
    line += [f"--volume={course}:/course", f"--volume={key}:/secret:ro"]
    line += [options.container, "transformer-course", "grade", options.unit]
    line += ["--course=/course", "--secret=/secret", f"--jobs={options.jobs}"]
    line += [f"--submitted={options.submitted}", f"--isolation={options.isolation}"]
    line += [f"--student={one}" for one in options.students]
    line += [f"--exercise={one}" for one in options.exercises]
    return line + [f"--{flag}" for flag in _PASSED if getattr(options, flag)]


def run(options):
    """Runs it; gives the exit status."""
    name = engine()
    path = options.secret or default_path()
    secret(path)  # so that it is there, and private
    return subprocess.call(command_line(name, options, path))
