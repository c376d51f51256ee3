"""Every message is there in both languages, with the same placeholders."""

import re
import string

import pytest

from course.messages import LANGUAGES, catalogue, text
from course.showing import ShownHint
from tests.course_exercises import EXERCISES

TOPICS = [
    "engine",
    "errors",
    "glossary",
    "grading",
    "learning_path",
    *sorted({name.partition(".")[0] for name in EXERCISES}),
]


def placeholders(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_have_the_same_keys(topic):
    english, spanish = (catalogue(topic, language) for language in LANGUAGES)
    assert english.keys() == spanish.keys()


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_have_the_same_placeholders(topic):
    english, spanish = (catalogue(topic, language) for language in LANGUAGES)
    for key, template in english.items():
        assert placeholders(template) == placeholders(spanish[key]), key


@pytest.mark.parametrize("topic", TOPICS)
def test_a_translation_is_a_translation(topic):
    english, spanish = (catalogue(topic, language) for language in LANGUAGES)
    same = [k for k, v in english.items() if v == spanish[k] and len(v.split()) > 3]
    assert not same


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_shows_no_signs_of_emphasis(topic, language):
    """A star that is still shown stands between blanks: it is a product."""
    for key, template in catalogue(topic, language).items():
        shown = re.sub("<code.*?</code>", "", ShownHint(template)._repr_html_())
        assert not re.search(r"\*\S|\S\*", shown), key


def test_emphasis_is_shown_and_products_are_left_alone():
    shown = ShownHint("a *b c*, **d** 2 * 3 * 4 f(*args, **more) x*y*z `e * *f*`")
    html = re.sub(' style="[^"]*"', "", shown._repr_html_())
    said = "a <em>b c</em>, <b>d</b> 2 * 3 * 4 f(*args, **more) x*y*z"
    assert f"{said} <code>e * *f*</code>" in html


def keys_of(exercise):
    """Every key that an exercise may say."""
    yield "title"
    yield from (f"hint.{number + 1}" for number in range(exercise.hints))
    yield from (f"part.{part}" for part in exercise.parts)
    yield from (f"mistake.{name}" for name in exercise.misconceptions)
    for probe in exercise.probes:
        if probe.is_property:
            yield f"property.{probe.name}"
        else:
            yield from (f"region.{name}" for name in probe.case(0).regions)


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_exercise_has_every_message_and_no_other(name, language):
    topic = name.partition(".")[0]
    needed = {f"{name}.{key}" for key in keys_of(EXERCISES[name])}
    present = {key for key in catalogue(topic, language) if key.startswith(f"{name}.")}
    assert needed == present


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_exercise_message_can_be_said_without_details(language):
    for topic in TOPICS[5:]:
        for key in catalogue(topic, language):
            assert text(key, language)


def test_an_unknown_key_is_an_error():
    with pytest.raises(KeyError, match=r"no en text for 'engine.nonsense'"):
        text("engine.nonsense", "en")


def test_an_unknown_language_is_an_error():
    with pytest.raises(ValueError, match="one of"):
        text("engine.right", "fr")
