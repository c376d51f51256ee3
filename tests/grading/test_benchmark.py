"""The class that the benchmark grades is there, and a run goes on where it stopped."""

from benchmarks.__main__ import has_rows
from benchmarks.grading.class_on_disk import make
from benchmarks.grading.kept import Kept


def test_a_class_on_disk():
    with make("01_recurrence", 2) as folder:
        assert (folder / "pristine.db").is_file()
        released = sorted((folder / "exercises" / "en" / "01_recurrence").iterdir())
        for student in ("student000", "student001"):
            place = folder / "submitted" / student / "01_recurrence"
            assert [p.name for p in sorted(place.iterdir())] == [
                p.name for p in released
            ]


def test_figures_are_taken_once(tmp_path):
    assert Kept(tmp_path).take("a round", lambda: [1.5, {"cells": 2.0}]) == [
        1.5,
        {"cells": 2.0},
    ]
    assert Kept(tmp_path).take("a round", lambda: 1 / 0) == [1.5, {"cells": 2.0}]
    assert Kept(tmp_path).take("another", lambda: 3) == 3


def test_the_benchmark_is_found_by_its_name():
    assert has_rows("grading")
    assert not has_rows("floor")
