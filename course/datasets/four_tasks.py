"""Four tasks for one body, as arrays: a sentence, its words, a span, a choice.

All of them are about commands for a house, in both languages: what is wanted (an
intent); the tags of the words; which words answer a question, such as "area?"; and of
four Spanish commands, which wants the same as an English one?
"""

import dataclasses
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from course.datasets.commands import Command, labelled
from course.datasets.tagging import slots
from course.models import model_folder
from course.pieces.transfer import align_labels, span_targets
from transformer_tf import text

NUM_CHOICES = 4
LENGTHS = {"sentence": 24, "span": 28, "choice": 36}


@dataclasses.dataclass(frozen=True)
class Question:
    """A question about a command.

    Args:
        question: The name of a slot, such as "timer name".
        command: What is asked about.
        first, last: The words that fill the slot.
    """

    question: str
    command: Command
    first: int
    last: int

    @property
    def text(self) -> str:
        return self.command.text

    @property
    def start(self) -> int:
        """Where the answer begins: text[start:end]."""
        return len(" ".join([*self.command.words[: self.first], ""]))

    @property
    def end(self) -> int:
        return len(" ".join(self.command.words[: self.last + 1]))

    @property
    def answer(self) -> str:
        return self.text[self.start : self.end]


@dataclasses.dataclass(frozen=True)
class Part:
    """Training or testing of all four tasks.

    Args:
        commands: What "ids" of the sentences and their words stand for.
        questions: What the rows of the span task stand for.
        arrays: By name: "ids" [command, length], "intents" [command], "tags" [command,
            length]; "span_ids", "span_types", "in_text" [question, length], "spans"
            [question, 2]; "choice_ids", "choice_types" [question, option, length],
            "choices" [question].
    """

    commands: list[Command]
    questions: list[Question]
    arrays: dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class FourTasks:
    """Everything that the heads learn from, and are tested on.

    Args:
        intents, tags: The names, in the order of their numbers.
        training, testing: No template is in both.
    """

    intents: list[str]
    tags: list[str]
    training: Part
    testing: Part


def four_tasks(seed: int = 0, commands: int = 1000, others: int = 2000) -> FourTasks:
    """Draws the tasks.

    Args:
        seed: Of what there is to learn from; what is tested on stays the same.
        commands: How many labelled commands, half in each language.
        others: How many questions of the third and of the fourth task.

    Raises:
        CourseError: a package is missing; says how to install it.
    """
    training, testing = labelled("both", commands, seed)
    names = sorted({one.intent for one in training})
    tags = ["O", *sorted({t for one in training for t in one.tags} - {"O"})]
    testing = [one for one in testing if one.intent in names]
    tokenizer = text.from_pretrained(model_folder("bilingual_encoder"))
    spans = [
        _that_fit(tokenizer, drawn)
        for drawn in (questions(training, others, seed), questions(testing, 600, 0))
    ]
    pairs = pairs_of(training, others, seed), pairs_of(testing, 600, 0)
    parts = [
        Part(found, asked, _arrays(tokenizer, names, tags, found, asked, choices))
        for found, asked, choices in zip((training, testing), spans, pairs, strict=True)
    ]
    return FourTasks(names, tags, *parts)


def questions(commands: Sequence[Command], count: int, seed: int) -> list[Question]:
    """Questions about commands, each for a slot that it has once."""
    chance = random.Random(seed)
    found: list[Question] = []
    while len(found) < count:
        one = chance.choice(commands)
        there = sorted(slots(one.tags))
        names = [name for name, _, _ in there]
        once = [slot for slot in there if names.count(slot[0]) == 1]
        if once:
            name, first, last = chance.choice(once)
            found.append(Question(name.replace("_", " "), one, first, last))
    return found


Choice = tuple[Command, list[Command], int]


def pairs_of(commands: Sequence[Command], count: int, seed: int) -> list[Choice]:
    """(English command, four Spanish ones, which wants the same), drawn."""
    chance = random.Random(seed)
    spanish: dict[str, list[Command]] = {}
    for one in commands:
        if one.language == "es":
            spanish.setdefault(one.intent, []).append(one)
    english = [c for c in commands if c.language == "en" and c.intent in spanish]
    found = []
    for _ in range(count):
        asked = chance.choice(english)
        others = chance.sample(sorted(set(spanish) - {asked.intent}), NUM_CHOICES - 1)
        options = [chance.choice(spanish[name]) for name in (asked.intent, *others)]
        order = chance.sample(range(NUM_CHOICES), NUM_CHOICES)
        found.append((asked, [options[n] for n in order], order.index(0)))
    return found


def word_ids(encoding: Any, sentence: str) -> list[int | None]:
    """The word of each token, where words are what blanks part."""
    return [
        None if number is None else sentence[:start].count(" ")
        for number, (start, _) in zip(encoding.word_ids, encoding.offsets, strict=True)
    ]


def _arrays(tokenizer, names, tags, commands, asked, choices) -> dict[str, np.ndarray]:
    read = tokenizer.encode_batch([one.text for one in commands])
    numbers = {tag: n for n, tag in enumerate(tags)}
    labels = [
        align_labels(word_ids(e, one.text), [numbers.get(t, 0) for t in one.tags])
        for e, one in zip(read, commands, strict=True)
    ]
    pairs = _read(tokenizer, asked)
    inside = [[number == 1 for number in e.sequence_ids] for e in pairs]
    rows = tokenizer.encode_batch(
        [one.text for one, options, _ in choices for _ in options],
        [option.text for _, options, _ in choices for option in options],
    )
    spans = [_target(e, one) for e, one in zip(pairs, asked, strict=True)]
    shape = (len(choices), NUM_CHOICES, LENGTHS["choice"])
    length = LENGTHS["sentence"]
    return {
        "ids": padded([e.ids for e in read], length),
        "intents": np.array([names.index(c.intent) for c in commands], "int32"),
        "tags": padded(labels, length, -100),
        "span_ids": padded([e.ids for e in pairs], LENGTHS["span"]),
        "span_types": padded([e.type_ids for e in pairs], LENGTHS["span"]),
        "in_text": padded(inside, LENGTHS["span"]).astype(bool),
        "spans": np.array(spans, "int32"),
        "choice_ids": padded([e.ids for e in rows], shape[-1]).reshape(shape),
        "choice_types": padded([e.type_ids for e in rows], shape[-1]).reshape(shape),
        "choices": np.array([right for _, _, right in choices], "int32"),
    }


def _read(tokenizer: Any, asked: Sequence[Question]) -> list:
    return tokenizer.encode_batch(
        [one.question for one in asked], [one.text for one in asked]
    )


def _target(encoding: Any, one: Question) -> tuple[int, int]:
    inside = [number == 1 for number in encoding.sequence_ids]
    return span_targets(encoding.offsets, inside, one.start, one.end)


def _that_fit(tokenizer: Any, drawn: list[Question]) -> list[Question]:
    """Neither too long, nor with an answer that the tokenizer drops a part of."""
    return [
        one
        for one, encoding in zip(drawn, _read(tokenizer, drawn), strict=True)
        if len(encoding.ids) <= LENGTHS["span"] and _target(encoding, one) != (0, 0)
    ]


def padded(rows: Sequence[Sequence[int]], length: int, fill: int = 0) -> np.ndarray:
    """[row, length] int32: what is longer is cut, what is shorter filled up."""
    table = np.full((len(rows), length), fill, "int32")
    for row, values in zip(table, rows, strict=True):
        kept = values[:length]
        row[: len(kept)] = kept
    return table
