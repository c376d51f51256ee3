"""The class that the benchmark grades is there, half of it right."""

from benchmarks.grading.class_on_disk import make


def test_a_class_on_disk():
    with make("01_recurrence", 2) as folder:
        assert (folder / "pristine.db").is_file()
        released = sorted((folder / "exercises" / "en" / "01_recurrence").iterdir())
        for student in ("student000", "student001"):
            place = folder / "submitted" / student / "01_recurrence"
            assert [p.name for p in sorted(place.iterdir())] == [
                p.name for p in released
            ]
