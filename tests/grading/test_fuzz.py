"""Random texts in every field that a submission can set hurt no file and no page."""

import json
import os
import random

import nbformat
import pytest

from course.grading.nbgrader.feedback import with_verdicts
from course.grading.results import Mark, Result
from course.grading.run.folders import Folders
from course.grading.run.intake import check_name
from course.grading.run.journal import Journal
from course.grading.run.page import page
from course.grading.run.report import Report
from course.notebooks.fault import Fault
from course.notebooks.reading import read_submission
from tests.grading import courses
from tests.grading.random_texts import random_name, random_text
from tests.grading.released import RELEASED, cell, one_file
from tests.grading.sound_pages import Balanced, is_valid_text, strings
from tests.grading.unit import RIGHT, handed_in


def a_result(chance, student):
    """A result in which whatever a submission can set is random."""

    def text():
        return random_text(chance)

    def texts():
        return [text() for _ in range(chance.randrange(90))]

    rebuilt = json.loads(json.dumps(RELEASED))
    for position, entry in enumerate(rebuilt["cells"]):
        entry["metadata"]["course"] = {"origin": "learner"}
        if position % 2:
            entry["source"] = text()
    error = {"kind": text(), "message": text(), "lines": text()}
    ran = {
        str(n): {"error": chance.choice([None, error]), "output": text()}
        for n in range(9)
    }
    mark = Mark(
        1.0, 2.0, "raised", None, text(), verdict={text(): [text(), {text(): 1}]}
    )
    by_hand = Mark(None, 2.0, "manual", message=text(), card=f"<div>{text()}</div>")
    return Result(
        student,
        "unit",
        "book",
        fault=chance.choice([None, {"reason": "x", "message": text()}]),
        marks={"check-twice": mark, "check-cube": by_hand},
        cells=ran,
        notes=texts(),
        told=texts()[:5],
        anomalies=texts(),
        rebuilt=chance.choice([None, rebuilt]),
    )


def check_results(folder, seed, count):
    chance, journal = random.Random(seed), Journal(folder, "unit")
    for number in range(count):
        result = a_result(chance, f"s{number}")
        journal.write(result, {"": {}})
        kept, _ = journal.read("book", result.student)
        assert kept == Result.from_data(result.to_data())
        assert is_valid_text("".join(strings(kept.to_data())))
        assert len(kept.notes) < 99 and max(map(len, kept.notes), default=0) <= 1500
        notebook = nbformat.from_dict(with_verdicts(kept, {"en": RELEASED}))
        nbformat.validate(notebook)
        nbformat.writes(notebook).encode()
    results = [result for _, result in journal.results()]
    assert len(results) == count
    shown = page(Report("unit", results))
    assert is_valid_text(shown)
    assert Balanced(shown).open == []
    assert not {"script", "img", "iframe"} & Balanced(shown).names
    assert not [
        name for _, _, names in os.walk(folder) for name in names if "partial" in name
    ]


def test_random_texts_in_every_field(tmp_path):
    check_results(tmp_path, seed=1, count=40)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(50))
def test_more_random_texts_in_every_field(tmp_path, seed):
    check_results(tmp_path, seed, count=100)


def check_names(folder, seed, count):
    chance = random.Random(seed)
    folders = Folders(root=str(folder), released=(str(folder / "exercises"),))
    courses.make(folder, {"ada": courses.answered(None)})
    above = os.path.join(os.fsencode(folder), b"submitted")
    made = set()
    for _ in range(count):
        name = random_name(chance)
        if name not in (b".", b".."):
            place = os.path.join(above, name, courses.UNIT.encode())
            os.makedirs(place, exist_ok=True)
            made.add(os.fsdecode(name))
            for file in (random_name(chance), random_name(chance) + b".ipynb"):
                if len(file) < 256 and file not in (b".", b".."):
                    with open(os.path.join(place, file), "wb") as stream:
                        stream.write(b"{}")
    names, problems = folders.students(courses.UNIT)
    assert "ada" in names
    for name in names:
        assert check_name(name) == name and is_valid_text(name)
        folders.catalog(courses.UNIT).find(str(folder / "submitted"), name)
        Journal(folder / "journal", "unit").write(Result(name, "unit", "book"), {})
    told = [told for told in problems if "differ only" not in told]
    hidden = {name for name in made if name[0] == "." or name.lower().endswith(".pyc")}
    assert len(told) + len(names) == len(made - hidden) + 1
    assert is_valid_text("".join(problems).replace("\n", ""))
    assert all(told.isprintable() for told in problems)


def test_random_names_of_folders_and_files(tmp_path):
    check_names(tmp_path, seed=1, count=80)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(20))
def test_more_random_names_of_folders_and_files(tmp_path, seed):
    check_names(tmp_path, seed, count=500)


def a_notebook(chance):
    """Honest work, with random texts wherever a notebook holds one."""
    notebook = json.loads(json.dumps(RELEASED))
    for entry in notebook["cells"]:
        if chance.random() < 0.5:
            entry["metadata"][random_text(chance)] = random_text(chance)
        if chance.random() < 0.3:
            entry["outputs"] = [{random_text(chance): random_text(chance)}]
    for _ in range(chance.randrange(9)):
        kind = chance.choice(["code", "markdown", random_text(chance)])
        entry = cell(kind, random_text(chance, 60), random_text(chance))
        entry["metadata"]["nbgrader"] = {"grade_id": random_text(chance)}
        notebook["cells"].insert(chance.randrange(len(notebook["cells"])), entry)
    notebook[random_text(chance)] = random_text(chance)
    return notebook


def check_reading(seed, count):
    chance = random.Random(seed)
    for _ in range(count):
        text = json.dumps(a_notebook(chance), ensure_ascii=chance.random() < 0.5)
        data = bytearray(text.encode("utf-8", "surrogatepass"))
        for _ in range(chance.choice([0, 0, 1, 20])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        forbidden = {"check-cube": ["keras.ops.add"]}
        given = one_file(bytes(data), path=random_text(chance, 5)[:300] or "x")
        try:
            reading = read_submission(given, {"en": RELEASED}, forbidden)
        except Fault as fault:
            json.dumps([fault.reason, fault.message])
            continue
        ids = [
            c["id"]
            for c in reading.notebook["cells"]
            if not c["id"].startswith("helper")
        ]
        assert ids == [entry["id"] for entry in RELEASED["cells"]]
        result = Result(
            "ada", "unit", "book", rebuilt=reading.notebook, notes=reading.notes
        )
        json.dumps(result.to_data(), ensure_ascii=False).encode()


def test_random_notebooks_are_read():
    check_reading(seed=1, count=30)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(50))
def test_more_random_notebooks_are_read(seed):
    check_reading(seed, count=100)


def check_outputs(grade, seed):
    """An honest answer among cells that print and raise random texts."""
    chance, before = random.Random(seed), []
    for number in range(30):
        said = ascii(random_text(chance))[:50_000]
        said = said if said[-1] in "'\"" and len(said) > 1 else "'x'"
        before.append(
            chance.choice(
                [
                    f"print({said})",
                    f"raise ValueError({said})",
                    f"raise type('E' + {said}, (Exception,), {{}})({said})",
                    f"import sys\nsys.stderr.write({said} * 99)",
                    f"def f{number}(): raise KeyError({said})\nf{number}()",
                ]
            )
        )
    result = grade(handed_in(RIGHT, before=before))
    (mark,) = result.marks.values()
    assert mark.score == 4
    assert is_valid_text("".join(strings(result.to_data())))
    nbformat.validate(nbformat.from_dict(with_verdicts(result, {"en": RELEASED})))


def test_random_outputs_and_errors(grade):
    check_outputs(grade, seed=1)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(2, 60))
def test_more_random_outputs_and_errors(grade, seed):
    check_outputs(grade, seed)
