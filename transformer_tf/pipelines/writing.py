"""Pipelines that write: from rows of ids to texts, by the strategy asked for."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from transformer_tf.generation import (
    DraftModel,
    GenerationConfig,
    Greedy,
    PublishedBeamSearch,
    Sampling,
    generate,
    generate_beams,
    generate_samples,
)
from transformer_tf.generation.strategies import BeamSearch
from transformer_tf.models import CausalLM, Seq2SeqLM
from transformer_tf.pipelines.base import Pipeline
from transformer_tf.pipelines.generation_options import (
    GenerationOptions,
    combine_settings,
)
from transformer_tf.pipelines.inputs import describe
from transformer_tf.pipelines.whole_characters import WholeCharacters

_SPACED = re.compile(r" (?=[.?!,])| (?=n't\b)| (?='(?:m|s|ve|re)\b)")


class WritingPipeline(Pipeline):
    """What text generation, summarization and translation share."""

    Options = GenerationOptions
    own_defaults: dict[str, Any] = {}

    def generation(self, settings: Any) -> GenerationConfig:
        """How a call generates: the call, the model's file, its task, our default."""
        config = getattr(self.model, "generation_config", None)
        published = {} if config is None else config.settings
        task = self.task_settings(settings)
        return combine_settings(
            self.own_defaults, task, published, settings.given_settings()
        )

    def task_settings(self, settings: Any) -> dict[str, Any]:
        """What the configuration says for this task (`task_specific_params`)."""
        return {}

    def strategy(self, config: GenerationConfig, settings: Any) -> Any:
        """The strategy of `generate` that the options mean."""
        if settings.strategy is not None:
            return settings.strategy
        if settings.assistant_model is not None:
            given = settings.assistant_model
            model = getattr(given, "model", given)
            if not isinstance(model, (CausalLM, Seq2SeqLM)):
                raise TypeError(
                    "assistant_model must be a model that writes, or its pipeline; got "
                    f"{describe(given)}"
                )
            return DraftModel(model)
        chosen = config.strategy()
        if isinstance(chosen, Sampling):
            return Sampling(settings.seed, chosen.num_results)
        several = config["num_return_sequences"]
        beams = isinstance(chosen, PublishedBeamSearch)
        if several > 1 and not (beams and several <= chosen.beams):
            raise ValueError(
                f"{type(chosen).__name__} finds fewer than num_return_sequences="
                f"{several} texts; give do_sample=True, or num_beams={several} or more"
            )
        return chosen

    def arguments(self, config: GenerationConfig, settings: Any, length: int) -> dict:
        """The arguments of `generate` beside prompts, limit and strategy."""
        strategy = self.strategy(config, settings)
        return {
            "strategy": strategy,
            "processors": config.processors(length, isinstance(strategy, Sampling)),
            "stop_ids": config.stop_ids,
            "stop_strings": settings.strings(),
            "tokenizer": self.tokenizer if settings.strings() else None,
            "padding_id": min(self.reader.padding_id, self.model.vocabulary_size - 1),
            "jit_compile": settings.jit_compile,
        }

    def write(
        self, prompts: list[list[int]], limit: int, arguments: dict
    ) -> list[list[list[int]]]:
        """The new ids of each text that was written for each prompt."""
        strategy = arguments.pop("strategy")
        if isinstance(strategy, (BeamSearch, PublishedBeamSearch)):
            make = generate_beams
        elif isinstance(strategy, Sampling) and strategy.num_results > 1:
            make = generate_samples
        else:
            found = generate(self.model, prompts, limit, strategy, **arguments)
            return [[ids] for ids in found]
        found = make(self.model, prompts, limit, strategy, **arguments)
        return [[text.ids for text in texts] for texts in found]

    def text(self, ids: list[int], prompt: list[int], settings: Any) -> str:
        """The text of new ids: whole characters, with its spaces behind the prompt."""
        text = WholeCharacters(self.tokenizer, prompt).text(ids)
        if settings.clean_up_tokenization_spaces:
            text = _SPACED.sub("", text)
        return text

    def as_many(self, answer, settings):
        return answer


def is_greedy(strategy: Any) -> bool:
    """Whether a strategy writes one text, token by token."""
    return isinstance(strategy, (Greedy, Sampling))


def room(limit: int | None, length: int) -> float:
    """How many tokens a model can write behind so many."""
    return np.inf if limit is None else limit - length
