"""nbgrader, run from here: solutions/ -> exercises/en/, submitted/ -> autograded/."""

from course.grading.nbgrader.configuration import configure

configure(get_config())  # noqa: F821
