"""The course's small models by name: every one, and what is said where one is not."""

import configparser
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from course.models import FOLDER, model_folder
from transformer_tf.checkpoints import offered
from transformer_tf.checkpoints.hub import find_folder
from transformer_tf.pipelines import pipeline
from transformer_tf.pipelines.defaults import DEFAULTS, SMALL
from transformer_tf.pipelines.spanish_errors import in_spanish
from transformer_tf.pipelines.tasks import TASKS

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/config.json"))


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    """The entry points that setup.cfg declares, however old the installation is."""
    read = configparser.ConfigParser()
    read.read(ROOT / "setup.cfg")
    lines = read["options.entry_points"][offered.GROUP].split("\n")
    pairs = [line.split(" = ") for line in lines if line]
    points = [EntryPoint(name, value, offered.GROUP) for name, value in pairs]
    monkeypatch.setattr(
        offered,
        "entry_points",
        lambda group, name: [p for p in points if p.name == name],
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_model_of_the_course_goes_by_its_name(name):
    assert find_folder(f"course/{name}") == model_folder(name)


ANSWERS = {
    "feature-extraction": lambda ask: ask("luz", pooling="mean").shape == (128,),
    "fill-mask": lambda ask: len(ask("apaga la [MASK]")) == 5,
    "question-answering": lambda ask: (
        ask(question="area", context="apaga la radio de la cocina")["answer"]
        == "cocina"
    ),
    "summarization": lambda ask: ask("x", max_new_tokens=2, jit_compile=False),
    "translation": lambda ask: ask(
        "Monday, March 4, 2030", src_lang="en", tgt_lang="es", jit_compile=False
    )[0]["translation_text"].startswith("lunes"),
    "text-classification": lambda ask: ask("apaga la radio")[0]["label"] == "TurnOff",
    "text-generation": lambda ask: ask("apaga", max_new_tokens=2, jit_compile=False),
    "token-classification": lambda ask: ask("apaga la radio de la cocina"),
}


@pytest.mark.parametrize("task", SMALL)
def test_the_small_model_of_a_task_answers(task):
    assert ANSWERS[task](pipeline(task, SMALL[task]))


def test_several_pairs_of_languages_need_a_choice():
    translate = pipeline("translation", SMALL["translation"])
    message = (
        "give src_lang and tgt_lang; it has translation_en_to_es, translation_es_to"
    )
    with pytest.raises(ValueError, match=message):
        translate("Monday")
    assert in_spanish(
        message.replace("give", "the model translates between several languages: give")
    ).startswith("el modelo traduce")
    assert (
        translate.prefix(translate.options.merge("translation", {"prefix": ""})) == ""
    )


def test_a_tokenizer_goes_by_its_name_too():
    ner = pipeline("ner", "course/bilingual_tagger")
    other = pipeline("ner", ner.model, "course/bilingual_tagger")
    assert other.tokenizer.encode("luz").ids == ner.tokenizer.encode("luz").ids


@pytest.mark.parametrize("task", sorted(TASKS))
def test_the_ways_out_of_a_missing_default(task, monkeypatch, capsys):
    from transformer_tf import checkpoints

    def nowhere(name, **_):
        raise ImportError("there is no network")

    monkeypatch.setattr(checkpoints, "from_pretrained", nowhere)
    with pytest.raises(FileNotFoundError) as told:
        pipeline(task)
    said = str(told.value)
    assert DEFAULTS[task][0] in said and "there is no network" in said
    assert "the id of another" in said and "a folder" in said
    named = [name for name in NAMES if f"course/{name}" in said]
    assert named == [SMALL[task].split("/")[1]] if task in SMALL else not named
    assert "the course" in said
    capsys.readouterr()


def test_what_is_not_there_is_said():
    with pytest.raises(FileNotFoundError, match="no model 'nothing'; there are: bilin"):
        pipeline("ner", "course/nothing")


@pytest.mark.parametrize("name", ["course/bilingual_tagger", "course/nothing"])
def test_without_the_course_the_error_says_what_to_install(name, monkeypatch):
    monkeypatch.setattr(offered, "entry_points", lambda group, name: [])
    with pytest.raises(FileNotFoundError, match=r"pip install 'transformer-tf\[course"):
        pipeline("ner", name)


def test_a_folder_of_that_name_is_not_looked_up(tmp_path, monkeypatch):
    (tmp_path / "course" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert find_folder("course/mine") == Path("course/mine")


def test_the_library_does_not_import_the_course():
    for file in (ROOT / "transformer_tf").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert "import course" not in text and "from course" not in text, file
    assert "course.models" in sys.modules  # this test does
