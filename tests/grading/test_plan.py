"""What is graded again, and why: every part that a mark rests on, one at a time."""

import shutil

import pytest

from course.grading.run.jobs import digests_of
from course.grading.run.plan import REASONS, Plan
from course.grading.run.sources import CHECKS, Sources
from tests.course_exercises import EXERCISES
from tests.grading import courses

PARTS = ("submission", "release", "check", "course")
IDS = ("first", "second", "third")


def digests(**changed):
    whole = {"submission": "s", "release": "r", "course": "c"} | {
        name: value for name, value in changed.items() if name != "check"
    }
    one = {i: {**whole, "check": "k"} for i in IDS}
    if "check" in changed:
        one["second"]["check"] = changed["check"]
    return {"": whole, **one}


def planned(known, current, asked=None):
    plan = Plan()
    plan.add("ada", "book", known, current, asked)
    return plan


def test_what_is_new_is_graded_whole():
    plan = planned(None, digests())
    assert plan.tasks[0].only == [] and list(plan.reasons) == ["new"]


def test_nothing_is_graded_where_nothing_changed():
    plan = planned(digests(), digests())
    assert plan.tasks == [] and "none of them new" in plan.lines()[0]


@pytest.mark.parametrize("part", PARTS)
def test_a_change_of_any_part_regrades_what_it_concerns(part):
    plan = planned(digests(), digests(**{part: "other"}))
    (task,) = plan.tasks
    assert task.only == (["second"] if part == "check" else [])
    assert task.digests == digests(**{part: "other"})
    assert list(plan.reasons) == [part]
    assert any(REASONS[part] in line for line in plan.lines())


def test_one_exercise_of_a_resubmission_leaves_the_others_to_the_next_run():
    before, now = digests(), digests(submission="new")
    plan = planned(before, now, asked=["first"])
    (task,) = plan.tasks
    assert task.only == ["first"]
    assert any("overtaken" in line and "ada" in line for line in plan.lines())
    again = planned(task.digests, now)
    assert again.tasks[0].only == ["second", "third"]
    assert again.tasks[0].digests == now
    assert planned(again.tasks[0].digests, now).tasks == []


def test_an_exercise_that_is_new_in_the_release_is_graded():
    known = digests()
    del known["third"]
    assert planned(known, digests()).tasks[0].only == ["third"]


def test_force_grades_all():
    plan = planned(digests(), digests(), asked=())
    assert plan.tasks[0].only == [] and list(plan.reasons) == ["asked"]


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(CHECKS, tmp_path / "checks")


def test_every_exercise_has_its_own_code_and_texts():
    sources = Sources()
    known = {e.grade_id: sources.check(e.grade_id) for e in EXERCISES.values()}
    assert "" not in known.values()
    assert len(set(known.values())) == len(known)
    assert sources.check("no-such") == ""


@pytest.mark.parametrize("helper", [False, True])
def test_a_changed_check_concerns_those_that_use_it(copied, helper):
    before = Sources(copied)
    ids = list(before.modules)
    old = {i: before.check(i) for i in ids}
    path = copied / "attention" / "softmax.py"
    if helper:  # what softmax.py and others draw their inputs with
        known = sorted((copied / "attention").glob("[a-z]*.py"))
        (path,) = (p for p in known if "Exercise(" not in p.read_text())
    with open(path, "a") as stream:
        stream.write("\n# another word\n")
    after = Sources(copied)
    changed = {i for i in ids if after.check(i) != old[i]}
    if helper:
        assert {"attention-softmax", "attention-scaled_dot_product"} <= changed
        assert not changed & {"map-pad_batch", "recurrence-step"}
    else:
        assert changed == {"attention-softmax"}


def test_a_changed_text_concerns_its_exercise(monkeypatch):
    from course.grading.run import sources

    before = Sources().check("attention-softmax"), Sources().check("map-pad_batch")
    known = sources.catalogue

    def catalogue(topic, language):
        return known(topic, language) | {"attention.softmax.title": "another"}

    monkeypatch.setattr(sources, "catalogue", catalogue)
    after = Sources().check("attention-softmax"), Sources().check("map-pad_batch")
    assert before[0] != after[0] and before[1] == after[1]


def test_whatever_a_job_holds_is_in_the_digest():
    released = {"en": courses.released()}
    job = {"student": "ada", "text": "one", "notes": [], "fault": None, "only": []}
    one = digests_of(job, released, Sources())
    assert one == digests_of({**job, "only": ["x"]}, released, Sources())
    for name, value in {
        "text": "two",
        "fault": {"reason": "x"},
        "files": ["y"],
    }.items():
        other = digests_of({**job, name: value}, released, Sources())
        assert all(other[i]["submission"] != one[i]["submission"] for i in one)
