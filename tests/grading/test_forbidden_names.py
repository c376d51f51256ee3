"""Every name that an exercise forbids is that of a function or class there is."""

import pytest

from course.examination.forbidden import resolve
from course.grading.worker.withheld import modules_of
from tests.course_exercises import EXERCISES


@pytest.mark.parametrize("name", EXERCISES)
def test_forbidden_names_are_those_of_functions_or_classes(name):
    for forbidden in EXERCISES[name].forbidden:
        assert callable(resolve(forbidden)), forbidden
    assert all(isinstance(module, str) for module in modules_of(EXERCISES[name]))
