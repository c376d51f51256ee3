"""Text generation: how a text, or a conversation, goes on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from transformer_tf.generation import stream
from transformer_tf.models import CausalLM
from transformer_tf.pipelines.generation_options import GenerationOptions
from transformer_tf.pipelines.inputs import place
from transformer_tf.pipelines.options import one_of, option
from transformer_tf.pipelines.whole_characters import WholeCharacters
from transformer_tf.pipelines.writing import WritingPipeline, is_greedy, room
from transformer_tf.text import ChatTemplate, Encoding


@dataclasses.dataclass(frozen=True)
class TextGenerationOptions(GenerationOptions):
    """See `TextGeneration`."""

    return_full_text: bool | None = option(
        None, "whether the prompt is repeated, which is the default", bool
    )
    prefix: str = option("", "text before every prompt, which is not shown")
    add_special_tokens: bool = option(True, "read special tokens around the prompt")
    handle_long_generation: str | None = option(
        None, "hole: forget the beginning of a prompt that is too long", str
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("handle_long_generation", self.handle_long_generation, (None, "hole"))
        if self.return_text is not None and self.return_full_text is not None:
            raise ValueError("give return_text or return_full_text, not both")
        if self.return_tensors and self.return_full_text is not None:
            raise ValueError("give return_tensors or return_full_text, not both")


class TextGeneration(WritingPipeline):
    """Continues a text with a causal language model, or answers a conversation.

    Args:
        model: A `CausalLM`.
        tokenizer: Its `Tokenizer`.
        options: Those of generation by their published names, which win over the
            model's generation_config: `max_new_tokens` (256), or `max_length`, which
            counts the prompt; `do_sample` (True at temperature 0.7, unless the model
            says otherwise), `temperature`, `top_k`, `top_p`, `num_beams`,
            `num_return_sequences`, `repetition_penalty`, ... `seed` draws the same text
            again. `stop_strings` end a text where they stand in it. `strategy` takes a
            strategy of `generate`, `assistant_model` a small model that drafts,
            `prompt_lookup_num_tokens` drafts from the prompt: the greedy text, sooner.
            `return_full_text`, `return_tensors`, `prefix`, `add_special_tokens`,
            `handle_long_generation="hole"`, `clean_up_tokenization_spaces`.

    Call:
        inputs: A prompt, a conversation (a list of {"role", "content"}), or many; see
            `Pipeline`.

    Returns:
        For a prompt a list of {"generated_text"}, one for each text asked for; for a
        list a list of such lists. It is the prompt exactly as it was given and the
        text behind it, in whole characters; of a conversation, the messages with the
        answer at the end. With `return_tensors`, {"generated_token_ids"}. What is
        written for a prompt does not depend on the batch.

    Raises:
        ValueError: a prompt and new tokens beyond what the model reads; an empty prompt
            for a model without a token to begin with.

    Example:
        >>> write = pipeline("text-generation", "models/decoder", do_sample=False)
        >>> write("what is the temperature in", max_new_tokens=6)
        [{'generated_text': 'what is the temperature in the office to warm'}]
        >>> list(write.stream("what is the temperature in", max_new_tokens=6))
        [' the', ' office', ' to', ' w', 'ar', 'm']
    """

    task = "text-generation"
    models = (CausalLM,)
    Options = TextGenerationOptions
    item = "a string, or a conversation: a list of dicts with a role and a content"
    own_defaults = {"max_new_tokens": 256, "do_sample": True, "temperature": 0.7}

    def is_item(self, value):
        if isinstance(value, (list, tuple)) and value:
            return all(isinstance(m, dict) and "role" in m for m in value)
        return isinstance(value, str)

    def task_settings(self, settings):
        found = self.config.get("task_specific_params") or {}
        return found.get("text-generation") or {}

    @cached_property
    def chat_template(self) -> ChatTemplate:
        """The template of the model's folder."""
        if self.folder is None:
            raise ValueError("this model has no folder with a chat template")
        return ChatTemplate.from_pretrained(self.folder)

    def generation(self, settings):
        config = super().generation(settings)
        named = getattr(self.model, "generation_config", None)
        said = {} if named is None else named.settings
        if "do_sample" not in settings.given_settings() and (
            "do_sample" in said or (settings.num_beams or 1) > 1
        ):
            config = config.with_changes(do_sample=bool(said.get("do_sample")))
        return config

    def preprocess(self, items, settings, first):
        rows = []
        for number, item in enumerate(items):
            where = place(None if first is None else first + number)
            row = self._prompt(item, settings)
            if not len(row):
                begin = self.generation(settings)["bos_token_id"]
                if begin is None:
                    raise ValueError(
                        f"{where} is empty, and the model has no token to begin with"
                    )
                row = Encoding.special(begin, self.tokenizer.id_to_token(begin) or "")
            rows.append([self._shorten(row, where, settings)])
        return rows

    def _prompt(self, item: Any, settings: Any) -> Encoding:
        if isinstance(item, str):
            special = settings.add_special_tokens
            text = settings.prefix + item
            return self.reader.encode([text], special_tokens=special)[0]
        text = self.chat_template(item)
        return self.reader.encode([text], special_tokens=False, take_special=True)[0]

    def _shorten(self, row: Encoding, where: str, settings: Any) -> Encoding:
        """The prompt; its end alone, where it is too long and may have a hole."""
        limit, length = self.reader.limit, len(row)
        new = self._limit(length, settings)
        if new <= room(limit, length) and new >= 1:
            return row
        if settings.handle_long_generation == "hole" and limit and 1 <= new < limit:
            return row.slice(length - (limit - new), length)
        if new < 1:
            raise ValueError(
                f"{where} has {length} tokens, and max_length counts them: give "
                f"max_new_tokens, or a max_length above {length}"
            )
        raise ValueError(
            f"{where} has {length} tokens; with {new} new ones they are more than the "
            f"{limit} that the model reads: shorten it, give a smaller max_new_tokens, "
            'or handle_long_generation="hole" to forget its beginning'
        )

    def _limit(self, length: int, settings: Any) -> int:
        """How many tokens to write behind so many."""
        config = self.generation(settings)
        asked = {"max_new_tokens", "max_length"} & set(settings.given_settings())
        limit = config.limit(length)
        free = room(self.reader.limit, length)
        return limit if asked or free < 1 else int(min(limit, free))

    def forward(self, rows, settings):
        config = self.generation(settings)
        limits = [self._limit(len(row), settings) for row in rows]
        found: list[Any] = [None] * len(rows)
        for limit in sorted(set(limits)):
            chosen = [n for n, of_row in enumerate(limits) if of_row == limit]
            # What is counted with the prompt differs from length to length.
            prompts = [rows[n].ids for n in chosen]
            for n, texts in zip(chosen, self._write(prompts, limit, config, settings)):
                found[n] = texts
        return found

    def _write(self, prompts, limit, config, settings):
        if config["min_length"]:  # counts each prompt
            by_length: dict = {}
            for number, prompt in enumerate(prompts):
                by_length.setdefault(len(prompt), []).append(number)
        else:
            by_length = {max(map(len, prompts)): list(range(len(prompts)))}
        found: list[Any] = [None] * len(prompts)
        for length, numbers in by_length.items():
            arguments = self.arguments(config, settings, length)
            chosen = [prompts[number] for number in numbers]
            for number, texts in zip(numbers, self.write(chosen, limit, arguments)):
                found[number] = texts
        return found

    def postprocess(self, item, rows, outputs, settings):
        return [self._answer(item, rows[0].ids, ids, settings) for ids in outputs[0]]

    def _answer(self, item, prompt, ids, settings):
        if settings.return_tensors:
            return {"generated_token_ids": [*prompt, *ids]}
        text = self.text(ids, prompt, settings)
        if settings.return_full_text is False:
            return {"generated_text": text}
        if isinstance(item, str):
            return {"generated_text": item + text}
        return {"generated_text": [*item, {"role": "assistant", "content": text}]}

    def stream(self, prompt: Any, **options: Any) -> Iterator[str]:
        """Continues one prompt, and gives its text while it is written.

        Args:
            prompt: A string, or a conversation.
            options: As in a call.

        Yields:
            Pieces of the text behind the prompt, in whole characters; they join to what
            a call returns.

        Raises:
            ValueError: Several texts were asked for, or a search that knows its text
                only at the end; and as in a call.
        """
        settings = self.options.merge(self.task, options)
        if not self.is_item(prompt):
            raise TypeError(f"stream takes one prompt, {self.item}; got {prompt!r:.60}")
        config = self.generation(settings)
        ((row,),) = self.preprocess([prompt], settings, None)
        arguments = self.arguments(config, settings, len(row))
        strategy = arguments.pop("strategy")
        if not is_greedy(strategy) or config["num_return_sequences"] > 1:
            raise ValueError(
                f"{strategy} cannot be streamed: only one text that grows token by "
                "token can. Give num_beams=1 and num_return_sequences=1"
            )
        limit = self._limit(len(row), settings)
        new = stream(self.model, [row.ids], limit, strategy, **arguments)
        return self._pieces(new, row.ids)

    def _pieces(self, new, prompt):
        characters = WholeCharacters(self.tokenizer, prompt)
        for (number,) in new:
            piece = characters.add(number)
            if piece:
                yield piece
        rest = characters.text([])
        if rest:
            yield rest
