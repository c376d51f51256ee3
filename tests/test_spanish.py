"""The course's Spanish is one and neutral: no word that is said in one place alone."""

import re

import pytest

from course.building.script import in_language, read
from course.messages import catalogue
from course.paths import PACKAGE, repository

# What is used instead, by a pattern of what is not. A note may name the other word.
REGIONAL = {
    r"ordenador(es)?\b(?! de\b)": "computadora, (un ordenador) beside it once",
    r"vosotr[oa]s|\w+áis|(?!\w*ciséis)\w+éis": "tú",
    r"tenés|podés|querés": "tú",
    r"celular(es)?": "teléfono",
    r"ficheros?": "archivo",
    r"computador(es)?": "computadora",
    r"chévere|guay": "nothing",
    r"(?<!com)puerta de (olvido|entrada|salida|actualización)": "compuerta",
}


def texts():
    """(where, Spanish text) of every cell and every message."""
    root = repository()
    scripts = [
        *(root / "solutions").glob("*/*.py"),
        *(PACKAGE / "lessons").glob("*.py"),
    ]
    for script in sorted(scripts):
        for cell in in_language(read(script), "es"):
            if cell.kind == "text":
                yield f"{script.stem}#{cell.key}", cell.source
    for path in sorted((PACKAGE / "messages" / "es").glob("*.po")):
        yield from catalogue(path.stem, "es").items()


TEXTS = list(texts())


@pytest.mark.parametrize("pattern", REGIONAL)
def test_no_regional_word(pattern):
    assert len(TEXTS) > 1000
    word = re.compile(rf"(?<!\(un )\b({pattern})\b", re.I)
    found = [
        f"{where}: {said[0]}" for where, text in TEXTS if (said := word.search(text))
    ]
    assert found == [], f"say {REGIONAL[pattern]}"


def test_the_patterns_find_what_they_mean():
    for pattern, text in zip(
        REGIONAL,
        (
            "un computador y un ordenador",
            "vosotras",
            "lo que tenés",
            "el celular",
            "un fichero",
            "el computador",
            "guay",
            "la puerta de olvido",
        ),
        strict=True,
    ):
        assert re.search(rf"(?<!\(un )\b({pattern})\b", text, re.I), pattern
    assert not re.search(r"(?<!\(un )\b(ordenador)\b", "computadora (un ordenador)")
