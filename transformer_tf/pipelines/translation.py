"""Translation: a text in another language."""

from __future__ import annotations

import dataclasses
import re
from functools import cached_property
from typing import Any

from transformer_tf.pipelines.options import option
from transformer_tf.pipelines.text_to_text import TextToText, TextToTextOptions

# Language codes as tokens: en_XX of mBART, eng_Latn, __en__, and >>fra<< of Marian.
CODE = re.compile(r"[a-z]{2,3}_[A-Z][A-Za-z]{1,3}|__[a-z]{2,3}__|>>[^<>]+<<")
# Names as T5 was trained to read them.
NAMES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "pt": "Portuguese",
    "ro": "Romanian",
}


@dataclasses.dataclass(frozen=True)
class TranslationOptions(TextToTextOptions):
    """See `Translation`."""

    src_lang: str | None = option(None, "code of the language to translate from", str)
    tgt_lang: str | None = option(None, "code of the language to translate to", str)


class Translation(TextToText):
    """Translates with Marian (a pair of languages), mBART (many) or T5 (by a prefix).

    Args:
        model: A `Seq2SeqLM`.
        tokenizer: Its `Tokenizer`.
        options: `src_lang` and `tgt_lang`, codes as the model has them ("en_XX",
            ">>fra<<") or as ISO has them ("en", "fra"); "translation_en_to_de" as the
            task says the same. Else as of `Summarization`.

    Call:
        inputs: A string, or many; see `Pipeline`.

    Returns:
        As `Summarization`, named "translation_text" and "translation_token_ids".

    Raises:
        ValueError: a language that the model does not have: the message lists those
            that it has.

    Example:
        >>> translate = pipeline("translation_en_to_es", "models/opus-mt-en-es")
        >>> translate("How are you?", max_new_tokens=4)
        [{'translation_text': ...}]
    """

    task = "translation"
    result = "translation_text"
    Options = TranslationOptions

    @cached_property
    def codes(self) -> dict[str, int]:
        """The language codes among the tokens, {code: id}."""
        return {
            token: number
            for token, number in self.tokenizer.vocabulary.items()
            if CODE.fullmatch(token)
        }

    def code(self, name: str) -> str:
        """The model's own code of a language.

        Raises:
            ValueError: It has none, or several, of that name.
        """
        if name in self.codes:
            return name
        short = [
            code for code in self.codes if re.split(r"_", code.strip("_><"))[0] == name
        ]
        if len(short) == 1:
            return short[0]
        known = ", ".join(sorted(self.codes))
        raise ValueError(f"the model has no language {name!r}; it has {known}")

    @property
    def _pairs(self) -> dict[str, Any]:
        """The pairs of languages that the configuration has settings for."""
        found = self.config.get("task_specific_params") or {}
        return {n: p for n, p in found.items() if n.startswith("translation_")}

    def task_settings(self, settings):
        if self.codes or not (settings.src_lang and settings.tgt_lang):
            return next(iter(self._pairs.values())) if len(self._pairs) == 1 else {}
        name = f"translation_{settings.src_lang}_to_{settings.tgt_lang}"
        if self._pairs and name not in self._pairs:
            raise ValueError(
                f"the model has no {name}; it has {', '.join(sorted(self._pairs))}"
            )
        return self._pairs.get(name, {})

    def prefix(self, settings):
        target = settings.tgt_lang
        if self.is_marian:
            written = target is not None and self.codes
            return f"{self.code(target)} " if written else ""
        if self.codes or settings.prefix is not None:
            return settings.prefix or ""
        if len(self._pairs) > 1 and not (settings.src_lang and target):
            raise ValueError(
                "the model translates between several languages: give src_lang and "
                f"tgt_lang; it has {', '.join(sorted(self._pairs))}"
            )
        if self.config.get("model_type") in ("t5", "mt5") and not self._pairs:
            return self._name_prefix(settings.src_lang, target)
        return super().prefix(settings)

    @property
    def is_marian(self) -> bool:
        """Whether the text itself says the target, where there are several."""
        return self.config.get("model_type") == "marian"

    def _name_prefix(self, source: str | None, target: str | None) -> str:
        for language in (source, target):
            if language not in NAMES:
                raise ValueError(
                    f"T5 translates between languages by name; got {language!r}, known "
                    f"are {', '.join(sorted(NAMES))}. Give src_lang and tgt_lang, or "
                    "prefix="
                )
        return f"translate {NAMES[str(source)]} to {NAMES[str(target)]}: "

    def source(self, settings: Any) -> int | None:
        """The id that says which language a text is in; None where none says it.

        Raises:
            ValueError: The model knows many languages, and two were not given.
        """
        if not self.codes or self.is_marian:
            return None
        if settings.src_lang is None or settings.tgt_lang is None:
            raise ValueError(
                "the model knows many languages: give src_lang and tgt_lang, of "
                f"{', '.join(sorted(self.codes))}"
            )
        return self.codes[self.code(settings.src_lang)]

    def preprocess(self, items, settings, first):
        rows = super().preprocess(items, settings, first)
        source = self.source(settings)
        if source is not None:
            for (row,) in rows:
                # The template has a code; which one is up to the call.
                marks = zip(row.ids, row.special_tokens_mask)
                row.ids = [
                    source if special and number in self.codes.values() else number
                    for number, special in marks
                ]
        return rows

    def generation(self, settings):
        config = super().generation(settings)
        if self.codes and not self.is_marian and settings.tgt_lang is not None:
            target = self.codes[self.code(settings.tgt_lang)]
            config = config.with_changes(forced_bos_token_id=target)
        return config
