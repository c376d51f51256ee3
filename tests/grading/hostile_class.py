"""A class whose submissions are odd, damaged or hostile in what is read of them.

Each is (files below the student's folder, expected score): `RIGHT` for honest work,
which whatever is wrong beside it must not cost, 0 for what no grader can give more, and
None where a score of either kind is in order.
"""

import io
import json
import os
import zipfile

from course.building.answers import answer_text
from course.checks import exercise
from tests.grading import courses
from tests.grading.released import cell

UNIT, NOTEBOOK = courses.UNIT, courses.NOTEBOOK
DEFINED = exercise(courses.NAME)
POINTS = DEFINED.points
ANSWER = answer_text(DEFINED, DEFINED.reference)
RIGHT = courses.answered(DEFINED.reference)
UNTOUCHED = courses.answered(None)
PLACE = f"{UNIT}/{NOTEBOOK}.ipynb"


def written(answer=ANSWER, before=(), after=()):
    """A submission's text, with own cells before and behind the answer."""
    notebook = courses.released()
    notebook["cells"][2]["source"] = answer
    own = [cell("code", text, f"own-{n}") for n, text in enumerate(before)]
    last = [cell("code", text, f"last-{n}") for n, text in enumerate(after)]
    notebook["cells"] = [*notebook["cells"][:2], *own, *notebook["cells"][2:], *last]
    return json.dumps(notebook)


def zipped(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return stream.getvalue()


def saved_with(outputs):
    notebook = json.loads(RIGHT)
    for entry in notebook["cells"]:
        if entry["cell_type"] == "code":
            entry["outputs"] = outputs
    return json.dumps(notebook)


SAYS = {
    "half a surrogate": "print('\\ud800')",
    "an error with a surrogate": "raise ValueError('\\udfff')",
    "a class with a surrogate": "raise type('E\\udc00', (Exception,), {})('x')",
    "a file name that is not UTF-8": "import os\nprint(os.fsdecode(b'caf\\xe9'))",
    "a line of ten megabytes": "print('x' * 10_000_000)",
    "controls": "print(''.join(map(chr, range(160))))",
    "every direction": "print('\\u202e\\u2066\\u202a abc \\u2069')",
    "no characters": "print('\\ufffe\\uffff\\ufdd0\\U0001ffff\\ufeff')",
    "a script": "print('<script>alert(1)</script><img src=x onerror=alert(1)>')",
    "a markup that is not closed": "print('<!-- <![CDATA[ &#0; &#xD800; ]]')",
    "a formula": "print('=cmd()|x')\nraise Exception('=1+1;@x')",
    "escapes": "print('\\x1b[2J\\x1b]0;title\\x07\\x1b[31m')",
    "an error without end": "raise Exception('e' * 10_000_000)",
    "an error that cannot be shown": (
        "class E(Exception):\n    def __str__(self): raise E\nraise E"
    ),
    "an error that is no text": (
        "class E(Exception):\n    def __str__(self): return 3\nraise E"
    ),
    "a thousand cells' worth": "for n in range(99999): print(n)",
}
_MAGICS = {
    "timeit": f"%timeit 1\n{ANSWER}",
    "extension": f"%load_ext autoreload\n{ANSWER}",
    "pip": f"%pip install nothing\n{ANSWER}",
    "shell": f"!ls -l\n{ANSWER}\n!pwd",
    "output of a shell": f"x = !ls\n{ANSWER}",
    "question": f"{ANSWER}\n{DEFINED.answer}?",
    "time": f"%%time\n{ANSWER}",
    "capture": f"%%capture out\n{ANSWER}",
    "prompts": "\n".join(f">>> {line}" for line in ANSWER.splitlines()),
}
_SOURCES = {
    "blank lines": "x = 1" + "\n" * 100_000 + "y = 2",
    "deep brackets": "(" * 50_000,
    "a long sum": "1" + "+1" * 90_000,
    "magics without end": "%x\n" * 100_000,
    "null characters": "\0" * 1000,
    "surrogates": "x = '\ud800'",
}
_BROKEN = {
    "open objects": '{"id":' * 300_000,
    "brackets": "[" * 1_000_000,
    "a long number": '{"cells":' + "9" * 1_000_000 + "}",
    "noise": bytes(range(256)) * 1000,
    "nothing": b"",
    "a web page": "<html>Log in</html>",
    "an answer in HTML": f"<html>{RIGHT[:400]}</html>",
}


def submissions():
    """student -> (files, expected score)."""
    found = {}

    def add(kind, files, score=POINTS):
        found[f"s{len(found):02d} {kind}"] = files, score

    for kind, source in SAYS.items():
        add(f"says {kind}", {PLACE: written(before=[source])})
    for kind, source in _MAGICS.items():
        add(f"magic {kind}", {PLACE: written(source)})
    for kind, source in _SOURCES.items():
        score = None if kind == "magics without end" else POINTS
        add(f"cell {kind}", {PLACE: written(after=[source])}, score)
    for kind, text in _BROKEN.items():
        add(f"file {kind}", {PLACE: text}, 0)
        add(f"beside {kind}", {f"{UNIT}/a.ipynb": text, PLACE: RIGHT})
    raises = f"def {DEFINED.answer}(*a, **k):\n    raise ValueError('\\udfff' * 999)"
    add("answers with a surrogate", {PLACE: written(raises)}, 0)
    imports = f"import helper\nassert helper.x == 1\n{ANSWER}"
    add("imports a helper", {PLACE: written(imports), f"{UNIT}/helper.py": "x = 1"})
    loads = (
        f"import numpy\nassert numpy.loadtxt('w.csv', delimiter=',')[1] == 2\n{ANSWER}"
    )
    add("loads weights", {PLACE: written(loads), f"{UNIT}/w.csv": "1,2"})
    writes = written(imports, before=["%%writefile helper.py\nx = 1"])
    add("writes a helper", {PLACE: writes})
    add("saved outputs", {PLACE: saved_with([{"text": "x" * (12 << 20)}])})
    add("nested outputs", {PLACE: saved_with(json.loads("[" * 900 + "]" * 900))})
    add("a copy", {f"{UNIT}/Copy of {NOTEBOOK}.ipynb": RIGHT})
    add("two", {PLACE: UNTOUCHED, f"{UNIT}/{NOTEBOOK} (1).ipynb": RIGHT})
    add("a zip", {f"{UNIT}/w.zip": zipped(weights__ipynb=RIGHT)})
    bomb = zipped(weights__ipynb=b" " * (200 << 20))
    add("a bomb", {f"{UNIT}/w.zip": bomb}, 0)
    add("a bomb beside it", {f"{UNIT}/w.zip": bomb, PLACE: RIGHT})
    many = {f"{UNIT}/a{n:04d}.txt": "x" for n in range(2500)}
    add("many files", {**many, PLACE: RIGHT})
    add("capitals", {f"{UNIT.upper()}/{NOTEBOOK}.IPYNB": RIGHT})
    add("odd file names", {f"{UNIT}/caf\udce9.ipynb": RIGHT, f"{UNIT}/a\u202e.py": "x"})
    found["ada;=1+1;x"] = {PLACE: RIGHT}, POINTS
    found["=cmd|' C calc'!A0"] = {PLACE: RIGHT}, POINTS
    found["José"] = {PLACE: RIGHT}, POINTS
    found["Jose\u0301"] = {PLACE: RIGHT}, POINTS
    found["<b>x<b> & \"y\" 'z'"] = {PLACE: RIGHT}, POINTS
    found["é" * 100] = {PLACE: RIGHT}, POINTS
    return found


UNUSABLE = (b"caf\xe9", b"a\xe2\x80\xaeb", b"x" * 252, b"y" * 255, b"a\nb", b"\x7f")


def make(folder, given):
    """Writes a course with these submissions, and some with names of no use."""
    courses.make(folder, {})
    for student, (files, _) in given.items():
        for path, content in files.items():
            place = os.path.join(folder, "submitted", student, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode())
    for name in UNUSABLE:
        place = os.path.join(os.fsencode(folder), b"submitted", name, UNIT.encode())
        os.makedirs(place)
        with open(os.path.join(place, f"{NOTEBOOK}.ipynb".encode()), "w") as file:
            file.write(RIGHT)
    for name in (".DS_Store", "Thumbs.db"):
        (folder / "submitted" / name).write_bytes(b"\0")
    return folder
