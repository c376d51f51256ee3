"""What `transformer-course grade` was asked to do, as a value of its own."""

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Options:
    """One request to grade; the command line fills it in, and so may a program.

    Args:
        unit: The unit's name, such as "03_attention".
        jobs: How many notebooks are graded at the same time.
        course: The course's directory.
        released: Directory of the released notebooks; "" for the course's own.
        submitted: Name of the directory of submissions, below the course's.
        gradebook: nbgrader's database, a URL; "" for the course's own, "none" for none.
        secret: Path of the file with the secret of the seeds; "" for the usual place.
        students: Only these; all if empty.
        exercises: Names of exercises to examine again; nothing in particular if empty.
        force: Whether what is graded already is graded again.
        isolation: "auto" or the name of a level.
        trust: Whether submissions run without isolation.
        cold: Whether each submission's process imports TensorFlow for itself.
        container: An image in which all of it is done; "" for none.
        cluster: Address of a Dask scheduler; "" for none.
    """

    unit: str
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    course: str = "."
    released: str = ""
    submitted: str = "submitted"
    gradebook: str = ""
    secret: str = ""
    students: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()
    force: bool = False
    isolation: str = "auto"
    trust: bool = False
    cold: bool = False
    container: str = ""
    cluster: str = ""
