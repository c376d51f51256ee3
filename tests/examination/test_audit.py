"""The audit: its page says what its data say, and it goes on where it was stopped."""

import inspect
import json
import re
import sys

import pytest

from course.__main__ import main
from course.examination import audit, figures
from course.examination import unseen as machine
from course.examination.audit import Row
from course.examination.figures import Kept
from course.examination.unseen import Unseen
from course.paths import repository
from tests.course_exercises import EXERCISES

FOLDER = repository() / "course" / "checks"
ROW = Row("map.pad_batch", 12, 30, 0, 1, 2)
OTHER = Unseen("map.pad_batch", 99, 3, 96, ("line 2: 1 -> 2",), 9, 25, ("loops",))
SAMPLED = Unseen("map.masked_mean", 300, 2, 38, (), 7, 1, ())


def kept():
    return figures.read(FOLDER / "audit.json")


def test_the_page_says_what_the_data_say():
    page = (FOLDER / "AUDIT.md").read_text(encoding="utf-8")
    assert page == figures.make_page(kept(), EXERCISES)


def test_no_figures_are_of_an_exercise_that_is_no_more():
    assert set(kept()) <= set(EXERCISES)


def test_readme_quotes_the_sums():
    others = [one.unseen[1] for one in kept().values() if one.unseen]
    readme = (repository() / "README.md").read_text(encoding="utf-8")
    said = re.search(
        r"of ([\d,]+) wrong answers made by machine, ([\d,]+|none) earned full marks; "
        r"of ([\d,]+) right ones, ([\d,]+|none) (?:was|were) refused",
        " ".join(readme.split()),
    )
    numbers = [0 if n == "none" else int(n.replace(",", "")) for n in said.groups()]
    assert numbers == [
        sum(one.wrong for one in others),
        sum(len(one.accepted) for one in others),
        sum(one.right for one in others),
        sum(len(one.refused) for one in others),
    ]


def test_figures_older_than_their_exercise_are_named():
    old = figures.find_stale(kept(), EXERCISES)
    if old:
        pytest.skip(f"`audit --mutants --write` has to measure again: {', '.join(old)}")


@pytest.mark.full
def test_no_figures_are_older_than_their_exercise():
    assert figures.find_stale(kept(), EXERCISES) == []


def test_both_tables_stand_in_the_page_with_their_sums():
    page = audit.document([ROW], [OTHER, SAMPLED], missing=3)
    assert "| `map.pad_batch` | 99 | 96 | 1 | 9 | 25 | 1 |" in page
    assert "| `map.masked_mean` | 40 of 300 | 38 | 0 | 7 | 1 | 0 |" in page
    assert "| **all** | 139 of 399 | 134 | 1 | 16 |  | 1 |" in page
    assert "| **all** | 12 | 0 | 30 | 1 | 2 |" in page
    assert "Not measured yet: 3 exercises" in page


def test_what_is_written_is_read_again(tmp_path):
    there = {"b": Kept(("1", ROW)), "a": Kept(("1", ROW), ("2", OTHER))}
    figures.write(tmp_path / "audit.json", there)
    assert figures.read(tmp_path / "audit.json") == there
    assert figures.read(tmp_path / "none.json") == {}


def test_a_fingerprint_is_of_the_exercise_and_of_nothing_else(monkeypatch):
    name = "map.pad_batch"
    before = {n: figures.fingerprint(e) for n, e in EXERCISES.items()}
    assert len(set(before.values())) > len(EXERCISES) - 5  # some share a file
    changed = sys.modules[next(iter(EXERCISES[name].alternatives.values())).__module__]
    source = inspect.getsource
    monkeypatch.setattr(
        inspect, "getsource", lambda of: source(of) + "\n" * (of is changed)
    )
    after = {n: figures.fingerprint(e) for n, e in EXERCISES.items()}
    assert [n for n in EXERCISES if after[n] != before[n]] == [name]


class TestCommand:
    """Which exercises it examines, with the examinations themselves left out."""

    @pytest.fixture
    def asked(self, monkeypatch, tmp_path):
        (tmp_path / "course" / "checks").mkdir(parents=True)
        asked = []

        def examined(kind, counts):
            def answer(exercise, **_):
                if len(asked) == asked.limit:
                    raise KeyboardInterrupt
                asked.append((kind, exercise.name))
                return counts

            return answer

        class Asked(list):
            limit = None

        asked = Asked()
        monkeypatch.setattr("course.paths.repository", lambda: tmp_path)
        monkeypatch.setattr(audit, "audit", examined("named", ROW))
        monkeypatch.setattr(machine, "unseen", examined("unseen", OTHER))
        asked.data = tmp_path / "course" / "checks" / "audit.json"
        return asked

    def test_a_second_run_does_what_is_new_or_changed(self, asked, monkeypatch):
        main(["audit", "--write", "--only", "map.p"])
        assert asked == [("named", "map.pad_batch")]
        main(["audit", "--write", "--only", "map.pad", "--mutants"])
        assert asked[1:] == [("unseen", "map.pad_batch")]
        main(["audit", "--write", "--only", "map.pad", "--mutants"])
        assert len(asked) == 2
        old = json.loads(asked.data.read_text())
        old["map.pad_batch"]["unseen"][0] = "of another definition"
        asked.data.write_text(json.dumps(old))
        main(["audit", "--write", "--only", "map.", "--mutants"])
        assert asked[2] == ("unseen", "map.pad_batch")
        assert [name for _, name in asked[3:]] == [
            "map.masked_mean",
            "map.masked_mean",
            "map.training_cost",
            "map.training_cost",
        ]

    def test_what_is_done_is_kept_when_it_is_stopped(self, asked):
        asked.limit = 2
        assert main(["audit", "--write", "--only", "map."]) == 130
        assert len(figures.read(asked.data)) == 2
        assert (asked.data.parent / "AUDIT.md").exists()

    def test_without_write_nothing_is_read_or_written(self, asked):
        main(["audit", "--only", "map.p"])
        main(["audit", "--only", "map.p"])
        assert len(asked) == 2
        assert not asked.data.exists()


def test_mutants_are_left_out_once_time_is_over(monkeypatch):
    exercise = EXERCISES["map.training_cost"]
    monkeypatch.setattr(machine, "accepts", lambda *_: False)
    monkeypatch.setattr(machine.Trial, "accepts", lambda *_: False)
    monkeypatch.setattr(machine, "right_answers", lambda _: [("reference", None)])
    none, every = machine.unseen(exercise, seconds=0), machine.unseen(exercise)
    assert none.wrong == 0 and every.wrong == every.made == none.made > 20
    assert none.seeds == 1 and every.seeds == len(machine.RIGHT_SEEDS)
    assert none.refused == every.refused == ("reference",)
