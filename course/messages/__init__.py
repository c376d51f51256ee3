"""Everything the course says, by key: one gettext catalogue a topic and a language.

`en/attention.po` and `es/attention.po` hold the same keys with the same placeholders;
the first word of a key names its catalogue. Any gettext editor opens them.
"""

import functools
import importlib.resources

LANGUAGES = ("en", "es")


def text(key: str, language: str, **details) -> str:
    """The text of a key, its {placeholders} filled in.

    Raises:
        KeyError: no catalogue of that language has the key.
    """
    topic = key.partition(".")[0]
    template = catalogue(topic, language).get(key)
    if not template:
        raise KeyError(f"no {language} text for {key!r} in {language}/{topic}.po")
    return template.format(**details)


@functools.cache
def catalogue(topic: str, language: str) -> dict[str, str]:
    """Every text of a topic by key; empty if there is no such catalogue."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {LANGUAGES}; got {language!r}")
    file = importlib.resources.files(__name__) / language / f"{topic}.po"
    if not file.is_file():
        return {}
    # Here, so that a command can still say that the course's packages are missing.
    from babel.messages.pofile import read_po

    with file.open("rb") as stream:
        return {
            str(message.id): str(message.string)
            for message in read_po(stream, locale=language)
            if message.id and isinstance(message.id, str)
        }
