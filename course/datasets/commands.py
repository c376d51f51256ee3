"""Commands for a house with what is wanted (an intent) and with what (slots).

From the templates of home-assistant-intents (Apache-2.0), as in `slots`; the templates
that are held out are those that the course's bilingual encoder never read either.
"""

import dataclasses
import functools
import random

from course.datasets.slots import by_template, intents

HELD_OUT = 0.2


@dataclasses.dataclass(frozen=True)
class Command:
    """One sentence.

    Args:
        words: In lower case, without punctuation.
        tags: One a word: O, B-slot or I-slot.
        intent: What is wanted, such as "HassTurnOn".
        language: "en" or "es".
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    intent: str
    language: str

    @property
    def text(self) -> str:
        return " ".join(self.words)


@functools.cache
def commands_with_intents(
    language: str, a_template: int = 30
) -> tuple[tuple[Command, ...], tuple[Command, ...]]:
    """Commands for training and for testing, none of one template in both.

    Args:
        language: "en" or "es".
        a_template: How many different sentences of each template, at most.

    Returns:
        training, testing. Templates that stand under two intents are left out.

    Raises:
        CourseError: the package is missing; says how to install it.
    """
    wanted: dict[str, set[str]] = {}
    for name, intent in intents(language)["intents"].items():
        for block in intent["data"]:
            for template in block["sentences"]:
                wanted.setdefault(template, set()).add(name)
    drawn = by_template(language, a_template)
    border = round(HELD_OUT * len(drawn))
    parts: tuple[dict[tuple, Command], dict[tuple, Command]] = ({}, {})
    for number, (template, sentences) in enumerate(drawn.items()):
        if len(wanted[template]) > 1:
            continue
        (intent,) = wanted[template]
        for words, tags in sentences:
            found = Command(words, tags, intent, language)
            parts[number < border].setdefault(words, found)
    training, testing = parts
    return (
        tuple(one for words, one in training.items() if words not in testing),
        tuple(testing.values()),
    )


def labelled(
    language: str, count: int, seed: int = 0
) -> tuple[list[Command], list[Command]]:
    """A few commands to learn from, drawn evenly over the intents, and 600 to test on.

    Args:
        language: "en", "es", or "both" (half of the count in each).
        count: How many to learn from.
        seed: Of the draw.
    """
    if language == "both":
        halves = [labelled(one, count // 2, seed) for one in ("en", "es")]
        return [c for a, _ in halves for c in a], [c for _, b in halves for c in b]
    chance = random.Random(seed)
    training, testing = commands_with_intents(language)
    groups: dict[str, list[Command]] = {}
    for one in chance.sample(training, len(training)):
        groups.setdefault(one.intent, []).append(one)
    turns = [[g[n] for g in groups.values() if n < len(g)] for n in range(count)]
    chosen = [one for turn in turns for one in chance.sample(turn, len(turn))]
    return chosen[:count], random.Random(0).sample(testing, min(600, len(testing)))
