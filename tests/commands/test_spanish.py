"""The command line in Spanish: its help, and each error that the code can raise."""

import argparse
import ast
import re

import pytest

from course import settings
from course.__main__ import main
from course.command_line import choose_language, make_parser
from course.paths import PACKAGE
from course.settings import FOLDER
from course.spanish_errors import PATTERNS, in_spanish
from course.spanish_help import TEXTS

# Words that only an English sentence has.
ENGLISH = re.compile(r"\b(the|of|with|and|give|must|which|text|is|from|to|are)\b")
COMMANDS = sorted(p.stem for p in (PACKAGE / "commands").glob("[a-z]*.py"))


@pytest.fixture(autouse=True)
def nobody_has_spoken(monkeypatch):
    monkeypatch.setattr(settings, "_spoken", [])


def sentences(of):
    """What the help of a parser says, in English."""
    yield of.description
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from (choice.help for choice in action._choices_actions)
        elif action.help != argparse.SUPPRESS:
            yield action.help


def subparsers(of):
    (found,) = (a for a in of._actions if isinstance(a, argparse._SubParsersAction))
    return found.choices


def docstring_of(command):
    source = (PACKAGE / "commands" / f"{command}.py").read_text(encoding="utf-8")
    summary, _, rest = ast.get_docstring(ast.parse(source)).partition("\n")
    return [text for text in (summary, " ".join(rest.split())) if text]


def test_every_sentence_of_the_help_has_a_translation():
    english = make_parser("en")
    assert list(subparsers(english)) == COMMANDS
    said = [sentence for sentence in sentences(english) if sentence]
    for name, made in subparsers(english).items():
        said += docstring_of(name)
        for sentence in list(sentences(made))[1:]:
            assert sentence, f"{made.prog}: an argument without words"
            said.append(sentence)
    of_argparse = ["usage: ", "positional arguments", "options", "COMMAND"]
    assert set(TEXTS) == {*said, *of_argparse}
    for sentence in TEXTS.values():
        assert not ENGLISH.search(sentence), sentence


def test_the_help_says_the_translations():
    spanish = make_parser("es")
    for name, made in [("", spanish), *subparsers(spanish).items()]:
        shown = " ".join(made.format_help().split())
        assert shown.startswith(f"uso: transformer-course {name}".strip())
        for sentence in docstring_of(name) if name else [spanish.description]:
            assert TEXTS[sentence] in shown.replace("- ", "-")
        for english in ("usage", "options:", "positional", "show this"):
            assert english not in shown


def raised():
    """(file, template) of every error that the code of the course raises in English."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", "")
            if name in ("CourseError", "ScriptError", "NotInACheckout"):
                yield path.relative_to(PACKAGE), template(node.args[0])


def template(node):
    match node:
        case ast.Constant():
            return node.value
        case ast.JoinedStr():
            return "".join(map(template, node.values))
        case ast.FormattedValue():
            return "{}"
    return ""  # made of another message


def test_every_error_has_a_translation():
    found = {
        text: path for path, text in raised() if text.replace("{}", "").strip(" :")
    }
    assert len(found) > 25
    for english, path in found.items():
        assert english in PATTERNS, f"{path}: {english}"
    # The catalogues have what is raised by key.
    for path in sorted((PACKAGE / "grading").rglob("*.py")):
        assert "errors.error(" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("english", PATTERNS)
def test_an_error_keeps_what_it_names(english):
    names = [f"name_{number}" for number in range(english.count("{}"))]
    said = in_spanish(english.format(*names))
    assert said == PATTERNS[english].format(*names)
    assert not ENGLISH.search(re.sub(r"from course\S* import|--\w+|\(\w+\)", "", said))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nada"], "argumento ORDEN: 'nada' no es posible; puede ser 'audit', "),
        ([], "error: falta ORDEN"),
        (["check"], "error: falta notebook"),
        (["start", "x", "--lang", "fr"], "argumento --lang: 'fr' no es posible"),
        (["tokenize", "a", "--size", "b"], "un valor entero no puede ser 'b'"),
        (["tokenize", "a", "--size"], "argumento --size: falta su valor"),
        (["tokenize", "a", "--with", "b", "--vocabulary", "c"], "no va junto con"),
        (["tokenize", "a", "--with", "x"], "--with puede ser bpe, "),
        (["tokenize", "a", "--vocabulary", "no.json"], "no existe no.json"),
        (["status", "--nada"], "no se entiende --nada"),
        (["build", "99_nada"], "no hay unidad 99_nada; hay: 00_map, "),
        (["course"], "indica una carpeta, por ejemplo: transformer-course"),
        (["report", "09_nada"], "no hay resultados de '09_nada' en .: ejecuta"),
        (["status", "/"], "/ no es una carpeta de estudiante"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_errors(arguments, said, monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "es_MX.UTF-8")
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = stop.code
    assert status == 2
    error = capsys.readouterr().err
    assert said in error
    assert "usage" not in error


class TestLanguage:
    def test_what_is_asked_goes_before_the_folder_and_that_before_the_locale(
        self, monkeypatch, tmp_path
    ):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("LC_ALL", "es_ES")
        assert choose_language(["status"]) == ("es", ["status"])
        assert choose_language(["--lang", "en", "status"]) == ("en", ["status"])
        (tmp_path / FOLDER).mkdir()
        (tmp_path / FOLDER / "settings.json").write_text('{"language": "en"}')
        assert choose_language(["status"]) == ("en", ["status"])
        assert choose_language(["status", "--lang=es"]) == ("es", ["status"])

    def test_start_keeps_the_language_of_the_folder_that_it_makes(self):
        words = ["start", "mine", "--lang", "es"]
        assert choose_language(words) == ("es", words)

    def test_a_language_that_is_none_is_left_to_the_parser(self, capsys):
        with pytest.raises(SystemExit):
            main(["status", "--lang", "fr"])
        assert "--lang" in capsys.readouterr().err
