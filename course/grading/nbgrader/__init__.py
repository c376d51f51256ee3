"""nbgrader's gradebook, release, feedback and autograde, through its own plug-ins."""

from course.environment import start_quickly

start_quickly()  # before nbgrader imports nbformat
