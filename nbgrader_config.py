"""nbgrader, run from here: solutions/ -> exercises/en/, submitted/ -> autograded/."""

from course.grading.nbgrader.configuration import configure_checkout

configure_checkout(get_config())  # noqa: F821
