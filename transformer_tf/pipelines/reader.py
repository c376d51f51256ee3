"""From texts to rows that a model takes, and to the windows of long ones."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from transformer_tf.text import Encoding, Tokenizer, Truncation
from transformer_tf.text.families.folder import Folder

MASKS = ("[MASK]", "<mask>")
PADDINGS = ("[PAD]", "<pad>", "<|endoftext|>")


class Reader:
    """A tokenizer as pipelines use it: never padded, never cut without being asked.

    Many published tokenizer.json files hold a truncation (to 128 tokens, say) that cuts
    every text without a word. It is left out here: what is too long is an error, is cut
    because the caller said so, or is read in windows.

    Args:
        tokenizer: A `Tokenizer`.
        limit: The most tokens that the model reads, or None.
        folder: Where its settings are, tokenizer_config.json; or None.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        limit: int | None = None,
        folder: str | os.PathLike[str] | None = None,
    ):
        self.tokenizer = copy.copy(tokenizer)
        self.tokenizer.truncation = self.tokenizer.padding = None
        self.folder = folder
        said = self._setting("model_max_length")
        limits = [n for n in (limit, said) if isinstance(n, int) and 0 < n < 10**9]
        self.limit: int | None = min(limits, default=None)

    def encode(
        self,
        texts: Sequence[str],
        pairs: Sequence[str] | None = None,
        truncation: Truncation | None = None,
        **settings: Any,
    ) -> list[Encoding]:
        """The encodings of some texts or pairs; windows that are cut off follow each.

        Args:
            texts: The texts.
            pairs: As many second texts.
            truncation: What cuts what is too long.
            settings: `special_tokens` and `take_special` of `Tokenizer.encode`.
        """
        reading = copy.copy(self.tokenizer)  # a call never changes another's settings
        reading.truncation = truncation
        encodings = reading.encode_batch(texts, pairs, **settings)
        self.tokenizer._fast = reading._fast
        return encodings

    def token_id(self, role: str, names: Sequence[str]) -> int | None:
        """The id of the token that the settings, or a usual name, give a role."""
        said = self._setting(role)
        for name in [said, *names] if isinstance(said, str) else names:
            number = self.tokenizer.token_to_id(name)
            if number is not None:
                return number
        return None

    @cached_property
    def padding_id(self) -> int:
        """What fills rows; the mask hides it from the model."""
        found = self.token_id("pad_token", PADDINGS)
        return 0 if found is None else found

    @cached_property
    def mask(self) -> str | None:
        """The text of the mask token, or None where there is none."""
        found = self.token_id("mask_token", MASKS)
        return None if found is None else self.tokenizer.id_to_token(found)

    def _setting(self, name: str) -> Any:
        return self._files.setting(name) if self._files else None

    @cached_property
    def _files(self) -> Folder | None:
        return None if self.folder is None else Folder(self.folder)


def too_long(where: str, count: int, limit: int, remedy: str) -> ValueError:
    """The error for a text that the model cannot read."""
    return ValueError(
        f"{where} has {count} tokens, and the model reads {limit} at most; {remedy}"
    )
