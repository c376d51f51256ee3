"""Isolation of one submission, entered by a forked process without exec."""

from course.grading.sandbox.enter import LEVELS, enter
from course.grading.sandbox.policy import Policy

__all__ = ["LEVELS", "Policy", "enter"]
