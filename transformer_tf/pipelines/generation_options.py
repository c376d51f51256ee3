"""What a pipeline that writes can be told, by the names that published files use."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from transformer_tf.generation import GenerationConfig
from transformer_tf.pipelines.inputs import describe
from transformer_tf.pipelines.options import Options, at_least, option, strings

# Those that a GenerationConfig holds; the others are for the pipeline itself.
SETTINGS = (
    *("max_new_tokens", "max_length", "min_new_tokens", "min_length"),
    *("do_sample", "temperature", "top_k", "top_p", "min_p", "typical_p"),
    *("num_beams", "num_return_sequences", "length_penalty", "early_stopping"),
    *("repetition_penalty", "no_repeat_ngram_size", "bad_words_ids"),
    *("prompt_lookup_num_tokens", "penalty_alpha", "eos_token_id"),
    *("forced_bos_token_id", "forced_eos_token_id", "suppress_tokens"),
)
# The smallest whole number that makes sense.
LEAST = {
    **dict.fromkeys(("max_new_tokens", "max_length", "num_beams"), 1),
    **dict.fromkeys(("num_return_sequences", "prompt_lookup_num_tokens"), 1),
    **dict.fromkeys(("min_new_tokens", "min_length", "no_repeat_ngram_size"), 0),
    **dict.fromkeys(("top_k", "forced_bos_token_id"), 0),
}
# The largest number, and whether 0 is allowed: less never is.
BETWEEN = {
    "temperature": (math.inf, False),
    "repetition_penalty": (math.inf, False),
    "top_p": (1, False),
    "typical_p": (1, False),
    "min_p": (1, True),
    "penalty_alpha": (1, True),
}


@dataclasses.dataclass(frozen=True)
class GenerationOptions(Options):
    """What is left out is as the model's own generation_config says."""

    max_new_tokens: int | None = option(None, "the most tokens to write", int)
    max_length: int | None = option(None, "the same, the prompt counted", int)
    min_new_tokens: int | None = option(None, "the fewest tokens to write", int)
    min_length: int | None = option(None, "the same, the prompt counted", int)
    do_sample: bool | None = option(None, "draw tokens instead of the likeliest", bool)
    temperature: float | None = option(None, "divides the logits when drawing", float)
    top_k: int | None = option(None, "draw among so many likeliest tokens", int)
    top_p: float | None = option(None, "draw among those with this share", float)
    min_p: float | None = option(None, "draw among those of this relative share", float)
    typical_p: float | None = option(None, "draw among the most typical ones", float)
    num_beams: int | None = option(None, "beams of the search; 1 is greedy", int)
    num_return_sequences: int | None = option(None, "how many texts an input", int)
    length_penalty: float | None = option(None, "exponent that favours length", float)
    early_stopping: Any = option(None, "end when num_beams texts have ended", bool)
    repetition_penalty: float | None = option(None, "lowers what was written", float)
    no_repeat_ngram_size: int | None = option(None, "n-grams that come once", int)
    bad_words_ids: Any = option(None, "lists of ids that must not be written", list)
    prompt_lookup_num_tokens: int | None = option(
        None, "drafts of so many tokens from the prompt: faster, the same text", int
    )
    penalty_alpha: float | None = option(None, "of contrastive search", float)
    eos_token_id: Any = option(None, "id or ids that end a text", int)
    forced_bos_token_id: int | None = option(None, "the first id to write", int)
    forced_eos_token_id: Any = option(None, "the last id at the limit", int)
    suppress_tokens: Any = option(None, "ids that must not be written", list)
    strategy: Any = option(None, "a strategy of `generate`, in place of these", object)
    assistant_model: Any = option(None, "a small model that drafts", object)
    stop_strings: Any = option(None, "strings that end a text", list)
    stop_sequence: str | None = option(None, "one string that ends a text", str)
    seed: int | None = option(None, "draws the same texts again", int)
    return_tensors: bool = option(False, "give ids instead of text")
    return_text: bool | None = option(None, "give text, which is the default", bool)
    clean_up_tokenization_spaces: bool = option(
        False, "take out spaces before punctuation and in n't, 'm, 's, 've, 're"
    )
    jit_compile: bool = option(True, "compile the loop with XLA")

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, least in LEAST.items():
            value = getattr(self, name)
            if value is not None:
                at_least(name, value, least)
        for name, (most, or_zero) in BETWEEN.items():
            value = getattr(self, name)
            if value is not None and not (
                0 < value <= most or (or_zero and value == 0)
            ):
                hint = "; do_sample=False takes the likeliest" * (name == "temperature")
                up_to = "" if most == math.inf else f" and {most} at most"
                above = "0 or above" if or_zero else "above 0"
                raise ValueError(f"{name} must be {above}{up_to}; got {value}{hint}")
        if self.stop_strings is not None and not isinstance(self.stop_strings, str):
            strings("stop_strings", self.stop_strings)
        if "" in self.strings():
            raise ValueError("stop_strings holds an empty string, which is everywhere")
        for name in ("eos_token_id", "forced_eos_token_id", "suppress_tokens"):
            _check_ids(name, getattr(self, name))
        if not isinstance(self.bad_words_ids, (list, tuple, type(None))):
            raise TypeError(
                f"bad_words_ids must be a list of lists of ids; got "
                f"{describe(self.bad_words_ids)}"
            )
        for ids in self.bad_words_ids or ():
            _check_ids("bad_words_ids", ids if isinstance(ids, (list, tuple)) else "")
        if self.early_stopping not in (None, True, False, "never"):
            raise ValueError(
                "early_stopping must be True, False or 'never'; got "
                f"{describe(self.early_stopping)}"
            )

    def strings(self) -> list[str]:
        """The strings that end a text."""
        given = self.stop_strings or []
        given = [given] if isinstance(given, str) else list(given)
        return given + ([self.stop_sequence] if self.stop_sequence else [])

    def given_settings(self) -> dict[str, Any]:
        """The settings of generation that were given."""
        values = {name: getattr(self, name) for name in SETTINGS}
        return {name: value for name, value in values.items() if value is not None}


def _check_ids(name: str, given: Any) -> None:
    """Raises where a value is neither None, an id nor a list of ids."""
    if given is None:
        return
    for number in given if isinstance(given, (list, tuple)) else [given]:
        if isinstance(number, bool) or not hasattr(number, "__index__"):
            raise TypeError(f"{name} must be ids of tokens; got {describe(given)}")
        at_least(name, number, 0)


def combine_settings(*layers: Mapping[str, Any]) -> GenerationConfig:
    """Settings from several sources; a later one wins over those before it.

    A length and a number of new tokens say the same thing: the later of the two counts,
    where a pipeline's own `max_new_tokens` would silently overrule a model's
    `max_length`.

    Raises:
        ValueError: The fewest tokens are more than the most.
    """
    settings: dict[str, Any] = {}
    for layer in layers:
        for one, other in (
            ("max_length", "max_new_tokens"),
            ("min_length", "min_new_tokens"),
        ):
            for name, rival in ((one, other), (other, one)):
                if layer.get(name) is not None and layer.get(rival) is None:
                    settings.pop(rival, None)
        settings |= {name: value for name, value in layer.items() if value is not None}
    for least, most in (
        ("min_length", "max_length"),
        ("min_new_tokens", "max_new_tokens"),
    ):
        fewest, limit = settings.get(least), settings.get(most)
        if fewest is not None and limit is not None and fewest > limit:
            raise ValueError(
                f"{least} {settings[least]} is more than {most} {settings[most]}"
            )
    return GenerationConfig(**settings)
