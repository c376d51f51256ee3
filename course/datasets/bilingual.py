"""Sentences in English and Spanish, for small models that read both.

Commands for a house come from the templates of home-assistant-intents (Apache-2.0); one
template in five is held out, so that no wording of the testing sentences was ever seen.
Other text comes from the World Factbook (English, public domain) and from Django's
messages (Spanish, BSD); one sentence in twenty is held out.
"""

import re
import zlib

from course.datasets import corpus
from course.datasets.slots import sentences

LANGUAGES = ("en", "es")
WORDS = range(4, 41)  # how many words a sentence of other text may have
PLACEHOLDER = re.compile(r"%\([^)]*\)[#\w]|%[#\w]|\{[^}]*\}")


def home_sentences(
    language: str, a_template: int = 30, seed: int = 0
) -> tuple[list[str], list[str]]:
    """Commands for a house, in lower case, without punctuation.

    Args:
        language: "en" or "es".
        a_template: How many different sentences of each template, at most.
        seed: Draws the choices, and which templates are held out.

    Returns:
        training, testing: sentences of words parted by single blanks.

    Raises:
        CourseError: the package is missing; says how to install it.
    """
    training, testing = (
        [" ".join(words) for words, _ in part]
        for part in sentences(language, a_template=a_template, seed=seed)
    )
    return training, testing


def other_sentences(language: str) -> tuple[list[str], list[str]]:
    """Sentences that people wrote: of countries (en), or to users of programs (es).

    Args:
        language: "en" or "es".

    Returns:
        training, testing: different sentences of 4 to 40 words, as they were written.

    Raises:
        CourseError: a package is missing; says how to install it.
    """
    texts = corpus.english() if language == "en" else corpus.spanish()
    found: dict[str, None] = {}
    for text in texts:
        for sentence in re.split(r"(?<=[.!?;])\s+", text):
            if len(sentence.split()) in WORDS and not PLACEHOLDER.search(sentence):
                found[sentence] = None
    parts: tuple[list[str], list[str]] = ([], [])
    for sentence in found:
        # By what it says, not where it stands: the same on every machine.
        parts[zlib.crc32(sentence.encode()) % 20 == 0].append(sentence)
    return parts
