"""A notebook is found by what is in it, wherever in a student's folder it lies."""

import io
import json
import os
import shutil
import zipfile

import pytest

from course.checks import exercise
from course.grading.run import handed_in
from course.grading.run.folders import Folders
from course.grading.run.jobs import job
from course.grading.wire import MAX_FRAME
from course.learning.folder import LESSON
from course.notebooks.fault import Fault
from course.notebooks.reading import read_submission
from course.paths import lessons_folder, units_of
from tests.grading import courses

UNIT, NOTEBOOK = courses.UNIT, courses.NOTEBOOK
DEFINED = exercise(courses.NAME)
RIGHT = courses.answered(DEFINED.reference)
UNTOUCHED = courses.answered(None)
OTHER = json.dumps({"cells": [{"cell_type": "code", "source": "x = 1"}]})


@pytest.fixture
def folders(tmp_path):
    courses.make(tmp_path, {})
    for other in ("02_word_vectors", "04_multi_head"):
        shutil.copytree(
            courses.ROOT / "exercises" / "en" / other,
            tmp_path / "exercises" / "en" / other,
        )
    (tmp_path / "submitted" / "ada").mkdir(parents=True)
    return Folders(root=str(tmp_path), released=(str(tmp_path / "exercises"),))


def lay_out(folders, files):
    """Writes files below the folder of the student ada."""
    for path, content in files.items():
        place = os.path.join(folders.root, "submitted", "ada", path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode()
        with open(place, "wb") as file:
            file.write(data)


def zipped(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def read(folders):
    """What is read of ada's notebook; raises the fault that is recorded."""
    one = job(folders, UNIT, "ada", NOTEBOOK)
    json.dumps(one)
    if one["fault"]:
        raise Fault(**one["fault"])
    return read_submission(one["submission"], folders.releases(UNIT)[NOTEBOOK], {})


def answers(reading):
    return sum(
        c["metadata"]["course"]["origin"] == "learner"
        for c in reading.notebook["cells"]
    )


ONE_FILE = [
    f"{UNIT}/{NOTEBOOK}.ipynb",
    f"{UNIT}/Copy of {NOTEBOOK}.ipynb",
    f"{UNIT}/Copia de {NOTEBOOK}.ipynb",
    f"{UNIT}/Kopie von {NOTEBOOK}.ipynb",
    f"{UNIT}/{NOTEBOOK} - copia.ipynb",
    f"{UNIT}/{NOTEBOOK} - Copy (2).ipynb",
    f"{UNIT}/{NOTEBOOK} copy 2.ipynb",
    f"{UNIT}/{NOTEBOOK}-copy1.ipynb",
    f"{UNIT}/{NOTEBOOK} (1).ipynb",
    f"{UNIT}/ada_{NOTEBOOK}.ipynb",
    f"{UNIT}/{NOTEBOOK}_final_FINAL.ipynb",
    f"{UNIT}/{NOTEBOOK}.ipynb.ipynb",
    f"{UNIT}/{NOTEBOOK}.ipynb.txt",
    f"{UNIT}/{NOTEBOOK}.ipynb.json",
    f"{UNIT}/{NOTEBOOK}.ipynb (1)",
    f"{UNIT}/{NOTEBOOK}.json",
    f"{UNIT}/{NOTEBOOK}.txt",
    f"{UNIT}/{NOTEBOOK}",
    f"{UNIT}/{NOTEBOOK.upper()}.IPYNB",
    f"{UNIT}/my work.ipynb",
    f"{UNIT}/Untitled.ipynb",
    f"{UNIT}/caf\udce9.ipynb",
    f"{UNIT}/a\u202eb.ipynb",
    f"{UNIT}/{'x' * 249}.ipynb",
    f"{UNIT}/{UNIT}/{NOTEBOOK}.ipynb",
    f"{UNIT}/a/b/c/{NOTEBOOK}.ipynb",
    f"{UNIT}/.ipynb_checkpoints/{NOTEBOOK}-checkpoint.ipynb",
    f"{UNIT}/{NOTEBOOK}.ipynb/{NOTEBOOK}.ipynb",
    f"ada/{UNIT}/{NOTEBOOK}.ipynb",
    f"02_word_vectors/{NOTEBOOK}.ipynb",
    UNIT,
    f"{UNIT.upper()}/{NOTEBOOK}.ipynb",
    f"{UNIT.replace('_', '-')}/{NOTEBOOK}.ipynb",
    f"{UNIT.replace('_', ' ')} (1)/{NOTEBOOK}.ipynb",
    f"{UNIT.replace('tt', 't')}/{NOTEBOOK}.ipynb",
    f"{UNIT.partition('_')[0]}/{NOTEBOOK}.ipynb",
    f"{UNIT.partition('_')[2]}/{NOTEBOOK}.ipynb",
    f"homework/{NOTEBOOK}.ipynb",
    f"{NOTEBOOK}.ipynb",
    "my work.ipynb",
]


@pytest.mark.parametrize("path", ONE_FILE, ids=ascii)
def test_the_only_notebook_is_found(folders, path):
    lay_out(folders, {path: RIGHT})
    assert folders.students(UNIT)[0] == ["ada"]
    reading = read(folders)
    assert answers(reading) == 1
    assert reading.anomalies == []
    exact = path == ONE_FILE[0]
    assert any("found as" in note for note in reading.notes) != exact


ZIPS = {
    "in the unit's folder": (f"{UNIT}/work.zip", [f"{NOTEBOOK}.ipynb"]),
    "with a folder in it": (f"{UNIT}/work.zip", [f"a/{UNIT}/{NOTEBOOK}.ipynb"]),
    "for a folder": (f"{UNIT}.zip", [f"Copy of {NOTEBOOK}.ipynb"]),
    "for everything": ("everything.zip", [f"{UNIT}/{NOTEBOOK}.ipynb"]),
    "of a Macintosh": (
        f"{UNIT}/work.zip",
        [f"__MACOSX/._{NOTEBOOK}.ipynb", f"w/{NOTEBOOK}.ipynb"],
    ),
}


@pytest.mark.parametrize("name", ZIPS)
def test_a_zip_is_opened(folders, name):
    path, members = ZIPS[name]
    lay_out(folders, {path: zipped(dict.fromkeys(members, RIGHT))})
    assert folders.students(UNIT)[0] == ["ada"]
    assert answers(read(folders)) == 1


def test_the_notebook_among_many_members_is_found(folders):
    many = {f"{number}.txt": "x" for number in range(3000)}
    lay_out(folders, {f"{UNIT}/work.zip": zipped({**many, f"{NOTEBOOK}.ipynb": RIGHT})})
    assert answers(read(folders)) == 1


def link(archive):
    entry = zipfile.ZipInfo(f"{NOTEBOOK}.ipynb")
    entry.external_attr = 0o120777 << 16
    archive.writestr(entry, "/etc/passwd")


def many(archive):
    for number in range(30_000):
        archive.writestr(f"{number}.ipynb", "{}")


REFUSED = {
    "a bomb": lambda a: a.writestr(f"{NOTEBOOK}.ipynb", b" " * (300 << 20)),
    "many bombs": lambda a: [
        a.writestr(f"{n}.ipynb", b" " * (20 << 20)) for n in range(9)
    ],
    "a link": link,
    "a path that climbs": lambda a: a.writestr(f"../../{NOTEBOOK}.ipynb", RIGHT),
    "a path from the root": lambda a: a.writestr(f"/{NOTEBOOK}.ipynb", RIGHT),
    "a zip in a zip": lambda a: a.writestr(
        "a.zip", zipped({f"{NOTEBOOK}.ipynb": RIGHT})
    ),
    "too many files": many,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_zip_may_not_do(folders, name):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        REFUSED[name](archive)
    lay_out(folders, {f"{UNIT}/work.zip": stream.getvalue()})
    with pytest.raises(Fault) as caught:
        read(folders)
    assert caught.value.reason in ("missing", "empty")
    assert "work.zip" in caught.value.message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"PK\x05\x06" + b"\xff" * 18,
        zipped({"a": "b"})[:-30],
        os.urandom(5000),
    ],
    ids=["empty", "short", "large counts", "cut off", "noise"],
)
def test_a_damaged_zip_is_told(folders, data):
    lay_out(folders, {f"{UNIT}/work.zip": data})
    with pytest.raises(Fault, match="work.zip"):
        read(folders)


SEVERAL = {
    "the right one is a copy": {
        f"{NOTEBOOK}.ipynb": UNTOUCHED,
        f"{NOTEBOOK} (1).ipynb": RIGHT,
    },
    "the copy is untouched": {
        f"{NOTEBOOK}.ipynb": RIGHT,
        f"{NOTEBOOK} (1).ipynb": UNTOUCHED,
    },
    "no name is right": {
        f"{NOTEBOOK} (2).ipynb": RIGHT,
        f"{NOTEBOOK} (1).ipynb": UNTOUCHED,
    },
    "one lies deeper": {f"{NOTEBOOK}.ipynb": UNTOUCHED, f"old/{NOTEBOOK}.ipynb": RIGHT},
    "one is in a zip": {
        f"{NOTEBOOK}.ipynb": UNTOUCHED,
        "all.zip": zipped({f"{NOTEBOOK}.ipynb": RIGHT}),
    },
}


@pytest.mark.parametrize("name", SEVERAL)
def test_of_several_the_one_with_most_answers_counts_and_is_told(folders, name):
    lay_out(folders, {f"{UNIT}/{path}": data for path, data in SEVERAL[name].items()})
    reading = read(folders)
    assert answers(reading) == 1
    (told,) = reading.anomalies
    assert "2 files may be this notebook" in told


def test_one_that_is_damaged_does_not_hide_another(folders):
    place = f"{UNIT}/{NOTEBOOK}"
    lay_out(folders, {f"{place}.ipynb": "cut off", f"{place} (1).ipynb": RIGHT})
    reading = read(folders)
    assert answers(reading) == 1
    assert any(f"{place}.ipynb" in note for note in reading.notes)


def test_another_units_work_is_not_taken_for_it(folders):
    source = next(
        (courses.ROOT / "exercises" / "en" / "02_word_vectors").glob("*.ipynb")
    )
    lay_out(folders, {f"02_word_vector/{NOTEBOOK}.ipynb": source.read_bytes()})
    assert folders.students(UNIT) == ([], [])
    assert folders.students("02_word_vectors")[0] == ["ada"]
    lay_out(
        folders, {f"{UNIT}/{source.name}": source.read_bytes(), f"{UNIT}/x.pdf": "x"}
    )
    assert folders.students(UNIT)[0] == ["ada"]
    with pytest.raises(Fault, match="not handed in; there is: "):
        read(folders)


def test_what_jupyter_saved_by_itself_is_no_candidate(folders):
    saved = f"{UNIT}/.ipynb_checkpoints/{NOTEBOOK}-checkpoint.ipynb"
    lay_out(folders, {f"{UNIT}/{NOTEBOOK}.ipynb": RIGHT, saved: UNTOUCHED})
    assert read(folders).anomalies == []


def test_the_right_one_of_many_copies_is_found(folders):
    copies = {f"{UNIT}/{NOTEBOOK} ({n}).ipynb": UNTOUCHED for n in range(30)}
    lay_out(folders, {**copies, f"{UNIT}/{NOTEBOOK} (30).ipynb": RIGHT})
    assert answers(read(folders)) == 1
    more = {f"{UNIT}/{NOTEBOOK} ({n}).ipynb": UNTOUCHED for n in range(31, 60)}
    lay_out(folders, more)
    assert any("too many copies" in note for note in read(folders).notes)


def test_a_stranger_beside_it_is_not_taken_for_it(folders):
    lay_out(
        folders, {f"{UNIT}/{NOTEBOOK}.ipynb": RIGHT, f"{UNIT}/scratch.ipynb": OTHER}
    )
    reading = read(folders)
    assert (answers(reading), reading.anomalies) == (1, [])


@pytest.mark.parametrize("kind", ["file", "folder", "student"])
def test_links_are_not_followed(folders, tmp_path, kind):
    (tmp_path / "elsewhere" / UNIT).mkdir(parents=True)
    (tmp_path / "elsewhere" / UNIT / f"{NOTEBOOK}.ipynb").write_text(RIGHT)
    student = tmp_path / "submitted" / "ada"
    if kind == "student":
        student.rmdir()
        student.symlink_to(tmp_path / "elsewhere")
    elif kind == "folder":
        (student / UNIT).symlink_to(tmp_path / "elsewhere" / UNIT)
    else:
        (student / UNIT).mkdir()
        target = tmp_path / "elsewhere" / UNIT / f"{NOTEBOOK}.ipynb"
        (student / UNIT / f"{NOTEBOOK}.ipynb").symlink_to(target)
    assert folders.students(UNIT)[0] == ["ada"]
    with pytest.raises(Fault) as caught:
        read(folders)
    assert caught.value.reason == "link"


def test_own_files_go_with_the_notebook(folders, tmp_path):
    place = f"{UNIT}/sub"
    lay_out(
        folders,
        {
            f"{place}/{NOTEBOOK}.ipynb": RIGHT,
            f"{place}/helper.py": "x = 1",
            f"{place}/data/weights.csv": "1,2",
            f"{place}/large.bin": b"\0" * (9 << 20),
            f"{UNIT}/above.py": "x = 2",
            f"{place}/.hidden": "x",
            f"{place}/timestamp.txt": "x",
            f"{place}/bad\udce9.txt": "x",
        },
    )
    (tmp_path / "submitted" / "ada" / place / "link.py").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "submitted" / "ada" / place / "pipe.csv")
    reading = read(folders)
    assert set(reading.files) == {"helper.py", "data/weights.csv"}
    told = " ".join(reading.notes)
    for name in ("large.bin", "link.py (a link)", "pipe.csv (not a plain file)"):
        assert name in told
    assert [key for key, _ in reading.told] == [
        "grading.files_taken",
        "grading.files_left",
    ]


def test_large_outputs_cost_nothing(folders):
    notebook = json.loads(RIGHT)
    output = {
        "output_type": "stream",
        "name": "stdout",
        "text": '"outputs": [' + "x\\]" * 99,
    }
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [output, {"data": {"image/png": "A" * (12 << 20)}}]
    data = json.dumps(notebook)
    assert len(data) > 34 << 20
    lay_out(folders, {f"{UNIT}/{NOTEBOOK}.ipynb": data})
    assert answers(read(folders)) == 1


def test_a_source_that_is_too_large_is_told(folders):
    notebook = json.loads(RIGHT)
    notebook["cells"][1]["source"] = "#" * (33 << 20)
    lay_out(folders, {f"{UNIT}/{NOTEBOOK}.ipynb": json.dumps(notebook)})
    with pytest.raises(Fault, match="more than"):
        read(folders)


def test_a_job_fits_into_a_frame():
    most = handed_in.MAX_NOTEBOOKS + handed_in.MAX_ALL_FILES
    assert most * 4 / 3 < MAX_FRAME - (4 << 20)


def test_what_lies_about_is_no_students(folders, tmp_path):
    for name in (".DS_Store", "Thumbs.db", "grades.csv", "desktop.ini"):
        (tmp_path / "submitted" / name).write_text("x")
    for name in ("__MACOSX", ".ipynb_checkpoints", ".git"):
        (tmp_path / "submitted" / name / UNIT).mkdir(parents=True)
    assert folders.students(UNIT) == ([], [])
    (tmp_path / "submitted" / "all.zip").write_text("x")
    assert folders.students(UNIT) == ([], ["all.zip lies in no student's folder"])


def test_names_that_cannot_be_used_are_told_and_the_class_goes_on(folders, tmp_path):
    lay_out(folders, {f"{UNIT}/{NOTEBOOK}.ipynb": RIGHT})
    for name in (
        b"caf\xe9",
        b"a\xe2\x80\xaeb",
        b"x" * 255,
        "é".encode() * 120,
        b"a\nb",
    ):
        os.makedirs(
            os.path.join(os.fsencode(tmp_path), b"submitted", name, UNIT.encode())
        )
    names, problems = folders.students(UNIT)
    assert names == ["ada"]
    assert len(problems) == 5
    for told in problems:
        assert told.isprintable() and told.encode()


def test_names_that_differ_only_in_how_accents_are_stored(folders, tmp_path):
    for name in ("José", "Jose\u0301", "josé", "ada;=1+1;x"):
        (tmp_path / "submitted" / name / UNIT).mkdir(parents=True)
    names, problems = folders.students(UNIT)
    assert len(names) == 4
    (told,) = problems
    assert told.isascii() and "differ only in case or in how accents" in told


@pytest.mark.parametrize("unit", units_of(courses.ROOT))
def test_no_notebook_of_the_course_is_taken_for_another(tmp_path, unit):
    released = courses.ROOT / "exercises"
    for language, student in (("en", "ada"), ("es", "bob")):
        for other in units_of(courses.ROOT):
            shutil.copytree(
                released / language / other, tmp_path / "submitted" / student / other
            )
            lesson = lessons_folder() / language / f"{other}.ipynb"
            shutil.copy(lesson, tmp_path / "submitted" / student / other / LESSON)
    folders = Folders(root=str(tmp_path), released=(str(released),))
    assert folders.students(unit) == (["ada", "bob"], [])
    for student, language in (("ada", "en"), ("bob", "es")):
        for notebook, releases in folders.releases(unit).items():
            submission = job(folders, unit, student, notebook)["submission"]
            reading = read_submission(submission, releases, {})
            assert reading.language == language
            assert (reading.notes, reading.told, reading.anomalies) == ([], [], [])
    for student in ("ada", "bob"):
        shutil.rmtree(tmp_path / "submitted" / student / unit)
    assert folders.students(unit) == ([], [])
