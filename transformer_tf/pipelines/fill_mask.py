"""Fill-mask: the likeliest tokens for what was hidden in a text."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np

from transformer_tf.models import MaskedLM
from transformer_tf.pipelines.base import Pipeline
from transformer_tf.pipelines.inputs import place
from transformer_tf.pipelines.options import Options, at_least, option, strings
from transformer_tf.pipelines.text_classification import softmax
from transformer_tf.text import Truncation, WordPieceDecoder
from transformer_tf.text.token_bytes import token_bytes


@dataclasses.dataclass(frozen=True)
class FillMaskOptions(Options):
    """See `FillMask`."""

    top_k: int = option(5, "how many tokens for each mask, best first")
    targets: Any = option(None, "score these words alone", list)
    targets_first_piece: bool = option(
        False, "let the first piece stand for a target that is no token"
    )
    tokenizer_kwargs: dict | None = option(None, "truncation and max_length", dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        at_least("top_k", self.top_k, 1)
        unknown = set(self.tokenizer_kwargs or {}) - {"truncation", "max_length"}
        if unknown:
            raise TypeError(
                "tokenizer_kwargs takes truncation and max_length; got "
                f"{', '.join(sorted(unknown))}"
            )
        if self.targets is not None and not isinstance(self.targets, str):
            strings("targets", self.targets)
        if self.targets is not None and not any(self.words()):
            raise ValueError("targets must name at least one word")

    def words(self) -> list[str]:
        """The targets, each once."""
        given = [self.targets] if isinstance(self.targets, str) else self.targets
        return [word for word in dict.fromkeys(given) if word]


class FillMask(Pipeline):
    """Scores what a masked language model would put in place of each mask.

    Args:
        model: A `MaskedLM`.
        tokenizer: Its `Tokenizer`.
        options: `top_k`; `targets`, a word or several (its score stays that among the
            whole vocabulary); `targets_first_piece`; `truncation`; `batch_size`.

    Call:
        inputs: A string with the mask token of the model in it, "[MASK]" or "<mask>",
            or many; see `Pipeline`. Other special tokens in it are read as such.

    Returns:
        For a text with one mask a list of {"score", "token", "token_str", "sequence"},
        best first; for one with several a list of such lists, one a mask in order, in
        whose `sequence` the other masks stay. Masks are scored one by one: what is
        likely at one does not depend on what is chosen at another. `sequence` is the
        text with the token in the mask's place; a token that is part of a character
        is shown as its bytes, "<0xE6>".

    Raises:
        ValueError: a text without a mask, or longer than the model reads; a target
            that is no token of the vocabulary.

    Example:
        >>> fill = pipeline("fill-mask", "models/encoder", top_k=2)
        >>> for found in fill("apaga la [MASK] de la cocina"):
        ...     print(round(found["score"], 2), found["sequence"])
        0.17 apaga la lámpara de la cocina
        0.08 apaga la luz de la cocina
    """

    task = "fill-mask"
    models = (MaskedLM,)
    Options = FillMaskOptions

    def __init__(self, model: Any, tokenizer: Any, **options: Any):
        super().__init__(model, tokenizer, **options)
        if self.reader.mask is None:
            raise ValueError("this tokenizer has no mask token, [MASK] or <mask>")
        self.mask: str = self.reader.mask
        self.mask_id = self.tokenizer.token_to_id(self.mask)
        self.is_word_piece = isinstance(self.tokenizer.decoder, WordPieceDecoder)
        self.takes_space = any(
            token.content == self.mask and token.lstrip
            for token in self.tokenizer.added_tokens
        )

    def preprocess(self, items, settings, first):
        for number, text in enumerate(items):
            if self.mask not in text:
                where = place(None if first is None else first + number)
                raise ValueError(f"{where} has no mask: write {self.mask} in the text")
        given = settings.tokenizer_kwargs or {}
        truncation = self.truncation(settings)
        most = given.get("max_length", self.reader.limit)
        if given.get("truncation") and most:
            truncation = Truncation(most)
        encodings = self.reader.encode(items, None, truncation, take_special=True)
        self.check_lengths(encodings, first)
        for number, encoding in enumerate(encodings):
            if self.mask_id not in encoding.ids:
                where = place(None if first is None else first + number)
                raise ValueError(f"{where} was cut before its first {self.mask}")
        return [[encoding] for encoding in encodings]

    def model_inputs(self, rows):
        inputs = super().model_inputs(rows)
        found = [
            [i for i, number in enumerate(row.ids) if number == self.mask_id]
            for row in rows
        ]
        positions = np.zeros((len(rows), max(map(len, found))), "int32")
        for row, places in zip(positions, found):
            row[: len(places)] = places
        return {**inputs, "mask_positions": positions}

    def postprocess(self, item, rows, outputs, settings):
        found = list(re.finditer(re.escape(self.mask), item))
        count = min(rows[0].ids.count(self.mask_id), len(found))
        answers = [
            self._answers(softmax(scores), item, match, settings)
            for scores, match in zip(outputs[0][:count], found)
        ]
        return answers[0] if len(answers) == 1 else answers

    def _answers(self, scores, text, match, settings):
        if settings.targets is None:
            chosen = np.argsort(-scores, kind="stable")[: settings.top_k]
        else:
            before = text[: match.start()]
            spaced = not before or before[-1].isspace()
            words = settings.words()
            ids = [self._target(word, spaced, settings) for word in words]
            ids = sorted(set(ids), key=lambda number: -scores[number])
            chosen = np.array(ids[: settings.top_k])
        return [
            {
                "score": float(scores[number]),
                "token": int(number),
                "token_str": self.token_text(int(number)),
                "sequence": self._fill(text, match, int(number)),
            }
            for number in chosen
        ]

    def _target(self, word: str, spaced: bool, settings: Any) -> int:
        """The id of a target: with the space before it, if one stands there."""
        tries = [f" {word}", word] if spaced and not self.is_word_piece else [word]
        pieces: list = []
        for text in tries:
            encoding = self.tokenizer.encode(text, special_tokens=False)
            pieces = pieces or encoding.ids
            if len(encoding) == 1 and not encoding.unknown_count:
                return encoding.ids[0]
            known = self.tokenizer.token_to_id(text)
            if known is not None:
                return known
        if settings.targets_first_piece and pieces:
            return pieces[0]
        tokens = [self.tokenizer.id_to_token(number) for number in pieces]
        raise ValueError(
            f"the target {word!r} is no token of this vocabulary but {tokens}; choose "
            "another word, or give targets_first_piece=True to score its first piece"
        )

    def token_text(self, number: int) -> str:
        """The text of a token, without markers; bytes of a part of a character."""
        if number in self.tokenizer.special_ids:
            return self.tokenizer.id_to_token(number) or ""
        if number >= len(self.tokenizer):
            return ""  # a row of the table that no token has
        piece = token_bytes(self.tokenizer).later[number]
        try:
            text = piece.decode()
        except UnicodeDecodeError:
            return "".join(f"<0x{byte:02X}>" for byte in piece)
        return text.removeprefix(" ") if self.is_word_piece else text

    def _fill(self, text: str, match: re.Match, number: int) -> str:
        """The text with a token in the place of a mask."""
        before, after = text[: match.start()], text[match.end() :]
        piece = self.token_text(number)
        if self.is_word_piece:
            token = self.tokenizer.id_to_token(number) or ""
            continues = token.startswith(self.tokenizer.model.prefix)
        else:
            # The mask took the space before it; the token has one of its own, or none.
            continues = self.takes_space and number not in self.tokenizer.special_ids
        if continues and before:
            before = before.rstrip(" ")
        return before + (piece if before else piece.lstrip(" ")) + after
