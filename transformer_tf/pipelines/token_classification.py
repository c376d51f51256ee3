"""Token classification: the names, places and dates in a text."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from transformer_tf.models import TokenClassifier
from transformer_tf.pipelines.base import Pipeline
from transformer_tf.pipelines.options import (
    Options,
    at_least,
    one_of,
    option,
    strings,
)
from transformer_tf.pipelines.tags import TagScheme
from transformer_tf.pipelines.text_classification import softmax
from transformer_tf.pipelines.windows import Whole
from transformer_tf.text import Truncation

STRATEGIES = ("none", "simple", "first", "average", "max")


@dataclasses.dataclass(frozen=True)
class TokenClassificationOptions(Options):
    """See `TokenClassification`."""

    aggregation_strategy: str = option(
        "none", "none for tokens; simple, first, average or max for entities"
    )
    ignore_labels: Any = option(("O",), "labels, or their kinds, to leave out", list)
    stride: int | None = option(
        None, "how many tokens the windows of a long text share", int
    )
    is_split_into_words: bool = option(False, "the input is a list of words")
    delimiter: str = option(" ", "what stands between the words of such a list")

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("aggregation_strategy", self.aggregation_strategy, STRATEGIES)
        if self.stride is not None:
            at_least("stride", self.stride, 0)
        if isinstance(self.ignore_labels, str):
            raise TypeError(
                f"ignore_labels must be a list; write [{self.ignore_labels!r}]"
            )
        strings("ignore_labels", self.ignore_labels)


class TokenClassification(Pipeline):
    """Labels each token of a text, or the entities that its tokens make up.

    A text longer than the model reads is read in windows that overlap; each token is
    judged once, in the window where it is farthest from an edge, then tokens become
    words and words entities. None is lost and none is reported twice.

    Args:
        model: A `TokenClassifier`.
        tokenizer: Its `Tokenizer`.
        options: `aggregation_strategy`: "none" reports tokens; "simple" joins
            neighbours of one kind; "first", "average" and "max" decide for whole words
            first, by their first piece, the mean of the pieces' probabilities or the
            surest piece. `ignore_labels` (["O"]) names labels or kinds ("PER" for
            B-PER and I-PER). `stride`: the overlap of windows in tokens, a quarter of
            the window when left out. `truncation=True` reads the first window alone.
            `is_split_into_words` and `delimiter`: see the call.

    Call:
        inputs: A string, or many; see `Pipeline`. With `is_split_into_words` a list of
            words, or a list of such lists; offsets count in the words joined by
            `delimiter`.

    Returns:
        For a text a list, in the order of the text, of {"entity", "score", "index",
        "word", "start", "end"} for tokens, `index` counting all tokens of the text,
        special ones too; or {"entity_group", "score", "word", "start", "end"} for
        entities, `score` the mean of their tokens' or words'. `word` is
        text[start:end].

    Raises:
        ValueError: an unknown strategy; a stride as long as a window.

    Example:
        >>> tag = pipeline("ner", "models/tagger", aggregation_strategy="first")
        >>> for one in tag("apaga la radio de la cocina"):
        ...     print(one["entity_group"], one["word"], one["start"], one["end"])
        name radio 9 14
        area cocina 21 27
    """

    task = "token-classification"
    models = (TokenClassifier,)
    Options = TokenClassificationOptions

    def __init__(self, model: Any, tokenizer: Any, **options: Any):
        super().__init__(model, tokenizer, **options)
        names = [self.label(number) for number in range(model.num_classes)]
        self.scheme = TagScheme(names)
        self.names = names

    def __call__(self, inputs: Any, **options: Any) -> Any:
        settings = self.options.merge(self.task, options)
        if not settings.is_split_into_words:
            return super().__call__(inputs, **options)
        many = bool(inputs) and not isinstance(inputs[0], str)
        texts = [_Words(words, settings.delimiter) for words in _lists(inputs, many)]
        # A list of words is answered as a list of one text.
        return super().__call__(texts, **options)

    def preprocess(self, items, settings, first):
        truncation = None
        if self.reader.limit is not None:
            overlap = 0 if settings.truncation else self.overlap(settings)
            truncation = Truncation(self.reader.limit, overlap=overlap)
        encodings = self.reader.encode([str(item) for item in items], None, truncation)
        if settings.truncation:
            encodings = [encoding.copy() for encoding in encodings]
        return [[encoding, *encoding.overflowing] for encoding in encodings]

    def overlap(self, settings: Any) -> int:
        """How many tokens windows share."""
        room = (self.reader.limit or 0) - self.tokenizer.added_count(False)
        if settings.stride is None:
            return max(room // 4, 0)
        if settings.stride >= room:
            raise ValueError(
                f"stride must be smaller than the {room} tokens of text in a window; "
                f"got {settings.stride}"
            )
        return settings.stride

    def _outputs_of(self, rows, outputs):
        return [softmax(output[: len(row)]) for row, output in zip(rows, outputs)]

    def postprocess(self, item, rows, outputs, settings):
        encoding = copy.copy(rows[0])
        encoding.overflowing = rows[1:]
        whole = Whole(encoding, self.overlap(settings) if len(rows) > 1 else 0)
        whole.place_in(str(item), self.tokenizer)
        scores = whole.stitch(outputs)
        owners = getattr(item, "owners", None)
        words = whole.word_ids if owners is None else _words_of(whole.offsets, owners)
        text, ignored = str(item), tuple(settings.ignore_labels)
        if settings.aggregation_strategy == "none":
            first = next(iter(rows[0].words()), [0])[0]
            return self._tokens(text, whole, scores, first, ignored)
        units = self._units(whole, scores, words, settings.aggregation_strategy)
        return self._entities(text, units, ignored)

    def _tokens(self, text, whole, scores, first, ignored):
        found = []
        for number, ((start, end), row) in enumerate(zip(whole.offsets, scores)):
            label = self.names[int(row.argmax())]
            if not self.scheme.is_ignored(label, ignored):
                found.append(
                    {
                        "entity": label,
                        "score": float(row.max()),
                        "index": first + number,
                        "word": text[start:end],
                        "start": start,
                        "end": end,
                    }
                )
        return found

    def _units(self, whole, scores, word_ids, strategy):
        """(label, score, start, end) of every token, or of every word."""
        groups: list[list[int]] = []
        last = None
        for number, word in enumerate(word_ids):
            if strategy != "simple" and groups and word is not None and word == last:
                groups[-1].append(number)
            else:
                groups.append([number])
            last = word
        units = []
        for group in groups:
            row = _word_scores(scores[group], strategy)
            start, end = whole.offsets[group[0]][0], whole.offsets[group[-1]][1]
            units.append((self.names[int(row.argmax())], float(row.max()), start, end))
        return units

    def _entities(self, text, units, ignored):
        groups: list[list] = []
        for unit in units:
            if groups and self.scheme.continues(groups[-1][-1][0], unit[0]):
                groups[-1].append(unit)
            else:
                groups.append([unit])
        return [
            {
                "entity_group": self.scheme.split(group[0][0])[1],
                "score": float(np.mean([score for _, score, _, _ in group])),
                "word": text[group[0][2] : group[-1][3]],
                "start": group[0][2],
                "end": group[-1][3],
            }
            for group in groups
            if not self.scheme.is_ignored(group[0][0], ignored)
            and group[0][2] < group[-1][3]  # a space alone is no entity
        ]


class _Words(str):
    """The words of a text joined, and which of them each character belongs to."""

    owners: list

    def __new__(cls, words: Sequence[str], delimiter: str) -> _Words:
        text = super().__new__(cls, delimiter.join(words))
        text.owners = []
        for number, word in enumerate(words):
            text.owners += [number] * len(word) + [None] * len(delimiter)
        return text


def _lists(inputs: Any, many: bool) -> list:
    """The lists of words that were given."""
    lists = list(inputs) if many else [inputs]
    for number, words in enumerate(lists):
        if isinstance(words, str) or not all(isinstance(word, str) for word in words):
            raise TypeError(
                f"with is_split_into_words, input {number} must be a list of words; "
                f"got {words!r:.60}"
            )
    return lists


def _words_of(offsets, owners):
    """The word of each token: that of its first character that belongs to one."""
    return [
        next((owner for owner in owners[start:end] if owner is not None), None)
        for start, end in offsets
    ]


def _word_scores(scores: np.ndarray, strategy: str) -> np.ndarray:
    """[class] scores of a word from those of its pieces, [piece, class]."""
    if strategy == "average":
        return scores.mean(axis=0)
    if strategy == "max":
        return scores[int(scores.max(axis=1).argmax())]
    return scores[0]
