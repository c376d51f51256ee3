"""Two processes that enter the same unit into one gradebook at the same time."""

import threading
import time

import pytest

from course.grading.nbgrader.gradebook import _one_commit

api = pytest.importorskip("nbgrader.api")


def test_who_comes_second_finds_what_the_first_entered(tmp_path):
    """Else both find it missing, and the second may not add it again."""
    address = f"sqlite:///{tmp_path / 'gradebook.db'}"
    api.Gradebook(address, "a_course").close()
    inside, errors = threading.Event(), []

    def enter(patience):
        try:
            gradebook = api.Gradebook(address, "a_course")
            with gradebook, _one_commit(gradebook.db):
                gradebook.update_or_create_assignment("00_map")
                inside.set()
                time.sleep(patience)
        except Exception as error:
            errors.append(error)

    first = threading.Thread(target=enter, args=(1.0,))
    first.start()
    assert inside.wait(20)
    enter(0)
    first.join()
    assert errors == []
    with api.Gradebook(address, "a_course") as gradebook:
        assert [one.name for one in gradebook.assignments] == ["00_map"]


def test_a_result_that_fails_keeps_neither_the_lock_nor_half_of_it(tmp_path):
    address = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with api.Gradebook(address, "a_course") as gradebook:
        with pytest.raises(ZeroDivisionError), _one_commit(gradebook.db):
            gradebook.update_or_create_assignment("00_map")
            raise ZeroDivisionError
        with _one_commit(gradebook.db):  # the next one, over the same connection
            gradebook.update_or_create_assignment("01_recurrence")
        with api.Gradebook(address, "a_course") as other:
            assert [one.name for one in other.assignments] == ["01_recurrence"]
