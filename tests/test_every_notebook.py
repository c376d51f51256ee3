"""What every released notebook owes: nbgrader's scores, no answers, two languages."""

import functools
import json
import re
import shutil

import pytest

import course
from course.building import stale_notebooks
from course.building.notebook import source_notebook
from course.building.pictures import draws
from course.building.translations import stale_texts
from course.examination.candidate import LocalCandidate
from course.grading.nbgrader import nbgrader_cli
from course.notebooks.rebuild import role
from course.paths import exercises_folder, lessons_folder, repository, units_of
from tests.course_exercises import EXERCISES
from tests.selection import table

ROOT = repository()
SCRIPTS = sorted((ROOT / "solutions").glob("*/*.py"))
RELEASED = sorted(exercises_folder().glob("e[ns]/*/*.ipynb"))
LESSONS = sorted(lessons_folder().glob("e[ns]/*.ipynb"))


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def text_of(cell):
    return "".join(cell["source"])


def by_place(path):
    return f"{path.parent.parent.name}/{path.parent.name}/{path.name}"


every_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
every_released = pytest.mark.parametrize("path", RELEASED, ids=by_place)


# `make lint` asks the same of every commit; a part of it here.
@pytest.mark.full
def test_what_is_committed_equals_a_fresh_build():
    assert stale_notebooks() == []


def test_every_translation_is_up_to_date():
    assert [str(text) for text in stale_texts(ROOT)] == []


def test_every_exercise_has_its_answer_and_its_check():
    found = {"answer": [], "check": []}
    for script in SCRIPTS:
        for cell in source_notebook(script, "en").cells:
            if role(cell) in found:
                found[role(cell)].append((script.parent.name, cell.id))
    exercises = EXERCISES.values()
    assert sorted(found["check"]) == sorted((e.unit, e.grade_id) for e in exercises)
    assert sorted(found["answer"]) == sorted(
        (e.unit, f"{e.grade_id}-answer") for e in exercises
    )


@every_script
def test_the_staged_solution_is_right(script):
    """The answers in a script, executed as they stand in the solution notebook."""
    namespace = {"__name__": "__main__"}
    for cell in source_notebook(script, "en").cells:
        if cell.cell_type != "code" or role(cell) in ("show", "check"):
            continue
        exec(compile(cell.source, f"{script.stem}:{cell.id}", "exec"), namespace)
        if role(cell) == "answer":
            name = cell.id.removesuffix("-answer").replace("-", ".", 1)
            exercise = EXERCISES[name]
            answer = namespace[exercise.answer]
            verdict = course.examine(name, LocalCandidate(answer))
            assert verdict.right, f"{name}: {verdict.message}"


@every_released
class TestEveryReleasedNotebook:
    def test_no_answer_travels(self, path):
        script = ROOT / "solutions" / path.parent.name / f"{path.stem}.py"
        solution = source_notebook(script, path.parts[-3])
        everything = json.dumps(read(path), ensure_ascii=False)
        assert "BEGIN SOLUTION" not in everything
        assert "jupytext" not in everything
        for cell in solution["cells"]:
            if role(cell) != "answer":
                continue
            body = re.findall(
                r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text_of(cell), re.DOTALL
            )
            lines = [line.strip() for part in body for line in part.splitlines()]
            long = [line for line in lines if len(line) > 30]
            assert not [line for line in long if line in everything]

    def test_nothing_but_text_travels(self, path):
        notebook = read(path)
        assert set(notebook["metadata"]) == {"kernelspec", "course"}
        for cell in notebook["cells"]:
            assert set(cell["metadata"]) <= {
                "nbgrader",
                "deletable",
                "editable",
                "tags",
                "course",
                "jupyter",
            }
            for output in cell.get("outputs", []):
                assert role(cell) == "show"
                assert set(output["data"]) == {"image/png", "text/plain"}
            assert cell.get("execution_count") is None

    def test_language_is_said(self, path):
        assert read(path)["metadata"]["course"] == {"language": path.parts[-3]}

    def test_every_answer_is_blank(self, path):
        answers = [c for c in read(path)["cells"] if role(c) == "answer"]
        assert all("raise NotImplementedError" in text_of(c) for c in answers)


@pytest.mark.parametrize(
    "path", [p for p in RELEASED if p.parts[-3] == "en"], ids=by_place
)
def test_the_languages_differ_only_in_their_words(path):
    english = read(path)["cells"]
    spanish = read(exercises_folder() / "es" / path.parent.name / path.name)["cells"]
    assert [c["id"] for c in english] == [c["id"] for c in spanish]
    assert [c["cell_type"] for c in english] == [c["cell_type"] for c in spanish]
    for one, other in zip(english, spanish, strict=True):
        if role(one) == "check":
            assert one == other
        if "nbgrader" in one["metadata"]:
            ids = [c["metadata"]["nbgrader"]["grade_id"] for c in (one, other)]
            assert ids[0] == ids[1]


@pytest.mark.parametrize("path", [*RELEASED, *LESSONS], ids=by_place)
def test_every_plot_can_be_seen_before_anything_is_run(path):
    """A unit whose pictures have been drawn (build --pictures) has all of them."""
    unit = unit_of(path)
    inside = [p for p in (*RELEASED, *LESSONS) if unit_of(p) == unit]
    drawn = any("image/png" in p.read_text(encoding="utf-8") for p in inside)
    for cell in read(path)["cells"]:
        assert len(json.dumps(cell.get("outputs", []))) < 60_000
        if draws(cell):
            assert cell["metadata"]["jupyter"] == {"source_hidden": True}
            assert cell["outputs"] or not drawn


def unit_of(path):
    return path.stem if path in LESSONS else path.parent.name


def test_every_unit_has_its_lesson():
    lessons = {path.stem for path in LESSONS}
    assert lessons == set(units_of(ROOT))


@pytest.fixture(scope="module")
def submitted(tmp_path_factory):
    """From a unit to a course folder with its solution and its untouched exercises."""
    root = tmp_path_factory.mktemp("course")

    @functools.cache
    def hand_in(unit):
        source = root / "solutions" / unit
        source.mkdir(parents=True)
        for script in (ROOT / "solutions" / unit).glob("*.py"):
            text = json.dumps(source_notebook(script, "en"))
            (source / f"{script.stem}.ipynb").write_text(text)
        nbgrader_cli.release(root, unit)
        origins = {
            "solved": source,
            "isolated": source,
            "untouched": exercises_folder() / "en" / unit,
            "intacta": exercises_folder() / "es" / unit,
        }
        for student, origin in origins.items():
            shutil.copytree(origin, root / "submitted" / student / unit)
        return root

    return hand_in


@pytest.fixture(scope="module")
def graded(submitted):
    """From a unit to what nbgrader finds, isolated: its processes are warm."""

    @functools.cache
    def grade(unit):
        jobs = [(student, unit) for student in ("isolated", "untouched", "intacta")]
        with nbgrader_cli.Graders(submitted(unit), trusting=False) as graders:
            return {one.student: one for one in graders.autograde(jobs)}

    return grade


# The answers of every unit are examined above in every run; nbgrader has those of the
# last, isolated. In kernels of its own it runs one for each notebook.
UNITS = units_of(ROOT)
every_unit = pytest.mark.parametrize("unit", table(UNITS, UNITS[-1:]))


def assert_every_point(result):
    points = {e.grade_id: e.points for e in EXERCISES.values()}
    assert not result.error
    assert result.scores == {name: points[name] for name in result.scores}
    assert result.scores


@pytest.mark.slow
@pytest.mark.xdist_group("nbgrader")
class TestThroughNbgrader:
    @every_unit
    def test_solutions_earn_every_point(self, graded, unit):
        assert_every_point(graded(unit)["isolated"])

    @pytest.mark.full
    @pytest.mark.parametrize("unit", UNITS)
    def test_solutions_earn_every_point_in_kernels(self, submitted, unit):
        jobs = [("solved", unit)]
        with nbgrader_cli.Graders(submitted(unit), workers=1) as graders:
            (result,) = graders.autograde(jobs)
        assert_every_point(result)

    @pytest.mark.parametrize("student", ["untouched", "intacta"])
    @every_unit
    def test_untouched_exercises_earn_nothing(self, graded, unit, student):
        result = graded(unit)[student]
        assert not result.error
        assert set(result.scores.values()) == {0}
