"""How a model generates unless a call says otherwise, as published files say it."""

from transformer_tf.generation.processors import (
    EpsilonCutoff,
    EtaCutoff,
    ForbiddenSequences,
    ForbiddenTokens,
    ForcedTokens,
    LogitsProcessor,
    MinimumLength,
    MinP,
    NoRepeatNgrams,
    RepetitionPenalty,
    Temperature,
    TopK,
    TopP,
    TypicalP,
)
from transformer_tf.generation.strategies import (
    ContrastiveSearch,
    Greedy,
    PromptLookup,
    PublishedBeamSearch,
    Sampling,
)

# What each setting means where a file does not say it, as transformers has it.
DEFAULTS = {
    "do_sample": False,
    "early_stopping": False,
    "epsilon_cutoff": 0.0,
    "eta_cutoff": 0.0,
    "length_penalty": 1.0,
    "max_length": 20,
    "min_length": 0,
    "no_repeat_ngram_size": 0,
    "num_beams": 1,
    "num_return_sequences": 1,
    "repetition_penalty": 1.0,
    "temperature": 1.0,
    "top_k": 50,
    "top_p": 1.0,
    "typical_p": 1.0,
}
# What generation here cannot do, and the values that ask for nothing.
UNSUPPORTED: dict[str, tuple] = {
    "begin_suppress_tokens": (None, []),
    "constraints": (None,),
    "diversity_penalty": (None, 0, 0.0),
    "encoder_no_repeat_ngram_size": (None, 0),
    "encoder_repetition_penalty": (None, 1, 1.0),
    "exponential_decay_length_penalty": (None,),
    "force_words_ids": (None,),
    "guidance_scale": (None, 1, 1.0),
    "max_time": (None,),
    "num_beam_groups": (None, 1),
    "renormalize_logits": (None, False),
    "sequence_bias": (None,),
    "stop_strings": (None,),
    "watermarking_config": (None,),
}
# The settings of a config.json of before there was a file of their own.
OF_A_MODEL = (
    *DEFAULTS,
    *UNSUPPORTED,
    *("bad_words_ids", "bos_token_id", "decoder_start_token_id", "eos_token_id"),
    *("forced_bos_token_id", "forced_eos_token_id", "max_new_tokens", "min_p"),
    *("min_new_tokens", "pad_token_id", "penalty_alpha", "suppress_tokens"),
)


class GenerationConfig:
    """Settings of generation by their published names; `model.generation_config`.

    `generate` takes from it whatever its own arguments leave open: the strategy, the
    processors, the stop ids, the number of tokens. Lengths count as published: with the
    prompt or the decoder's start where the name says `length`, without where it says
    `new_tokens`.

    Args:
        settings: As in a generation_config.json: `max_length`, `max_new_tokens`,
            `min_length`, `min_new_tokens`, `num_beams`, `length_penalty`,
            `early_stopping`, `num_return_sequences`, `do_sample`, `temperature`,
            `top_k`, `top_p`, `min_p`, `typical_p`, `epsilon_cutoff`, `eta_cutoff`,
            `repetition_penalty`, `no_repeat_ngram_size`, `bad_words_ids`,
            `suppress_tokens`, `forced_bos_token_id`, `forced_eos_token_id`,
            `penalty_alpha`, `prompt_lookup_num_tokens`, `eos_token_id` (one id or a
            list), `pad_token_id`, `decoder_start_token_id`. Others are kept.

    Example:
        >>> config = GenerationConfig(do_sample=True, top_p=0.9, eos_token_id=2)
        >>> config.strategy(), config.stop_ids
        (Sampling(seed=None, num_results=1), (2,))
        >>> rules = config.processors(length=5, samples=True)
        >>> [type(one).__name__ for one in rules]
        ['TopK', 'TopP']
    """

    def __init__(self, **settings):
        self.settings = settings

    def __getitem__(self, name):
        value = self.settings.get(name)
        return DEFAULTS.get(name) if value is None else value

    def __repr__(self):
        named = ", ".join(f"{name}={value!r}" for name, value in self.settings.items())
        return f"GenerationConfig({named})"

    def with_changes(self, **settings):
        """The same settings with some changed."""
        return GenerationConfig(**{**self.settings, **settings})

    @property
    def unsupported(self):
        """The names of settings that ask for what generation here cannot do."""
        given = self.settings.items()
        names = [n for n, v in given if n in UNSUPPORTED and v not in UNSUPPORTED[n]]
        if self["do_sample"] and self["num_beams"] > 1:
            names.append("do_sample")
        return tuple(names)

    @property
    def stop_ids(self):
        """The ids that end a text."""
        return _ids(self["eos_token_id"])

    @property
    def start_id(self):
        """The id that the decoder of an encoder-decoder starts from, or None."""
        return self["decoder_start_token_id"]

    def strategy(self):
        """How the next token is chosen."""
        results = self["num_return_sequences"]
        if self["num_beams"] > 1:
            return PublishedBeamSearch(
                self["num_beams"],
                self["length_penalty"],
                self["early_stopping"],
                min(results, self["num_beams"]),
            )
        if self["do_sample"]:
            return Sampling(num_results=results)
        if self["penalty_alpha"]:
            return ContrastiveSearch(self["top_k"], self["penalty_alpha"])
        if self["prompt_lookup_num_tokens"]:
            return PromptLookup(self["prompt_lookup_num_tokens"])
        return Greedy()

    def limit(self, length, longest=None):
        """How many tokens to generate at most.

        Args:
            length: How many the longest prompt has, or the decoder's start.
            longest: How many the model has positions for; None for any number.
        """
        if self["max_new_tokens"] is not None:
            return self["max_new_tokens"]
        most = self["max_length"]
        return (most if longest is None else min(most, longest)) - length

    def processors(self, length, samples):
        """The logits processors, in the published order.

        Args:
            length: As in `limit`.
            samples: Whether tokens are drawn: what only shapes their distribution is
                left out elsewhere.
        """
        found: list[LogitsProcessor] = []
        if self["repetition_penalty"] != 1:
            found.append(RepetitionPenalty(self["repetition_penalty"]))
        if self["no_repeat_ngram_size"]:
            found.append(NoRepeatNgrams(self["no_repeat_ngram_size"]))
        words = [w for w in self["bad_words_ids"] or () if tuple(w) != self.stop_ids]
        if words:
            found.append(ForbiddenSequences(words))
        least = max(self["min_length"] - length, self["min_new_tokens"] or 0)
        if least > 0 and self.stop_ids:
            found.append(MinimumLength(least, self.stop_ids))
        forced = {0: self["forced_bos_token_id"] if length == 1 else None}
        forced[-1] = next(iter(_ids(self["forced_eos_token_id"])), None)
        forced = {place: token for place, token in forced.items() if token is not None}
        if forced:
            found.append(ForcedTokens(forced))
        if self["suppress_tokens"]:
            found.append(ForbiddenTokens(self["suppress_tokens"]))
        return (*found, *self._warpers()) if samples else tuple(found)

    def _warpers(self):
        """What shapes the distribution that tokens are drawn from."""
        kinds = (
            (Temperature, "temperature", 1),
            (TopK, "top_k", 0),
            (TopP, "top_p", 1),
            (MinP, "min_p", None),
            (TypicalP, "typical_p", 1),
            (EpsilonCutoff, "epsilon_cutoff", 0),
            (EtaCutoff, "eta_cutoff", 0),
        )
        return [kind(self[name]) for kind, name, off in kinds if self[name] != off]


def _ids(value):
    """A tuple of ids, of one id, several or none."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)
