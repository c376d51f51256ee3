"""Which model's cost is meant: its configuration, its class and its head's sizes."""

from __future__ import annotations

import dataclasses

from transformer_tf.arguments import check_size
from transformer_tf.models.config import TransformerConfig

BODIES = ("Encoder", "Decoder", "EncoderDecoder", "TransformerXL")
HEADED = {
    "CausalLM": "Decoder",
    "Seq2SeqLM": "EncoderDecoder",
    "MaskedLM": "Encoder",
    "PretrainingModel": "Encoder",
    "ReplacedTokenDetector": "Encoder",
    "SequenceClassifier": "Encoder",
    "TokenClassifier": "Encoder",
    "SpanQuestionAnswerer": "Encoder",
    "MultipleChoice": "Encoder",
}
"""{class of a model with a head: the body that it makes of a configuration}"""
MOST_LAYERS = 10_000  # which are gone through one by one


@dataclasses.dataclass(frozen=True)
class Architecture:
    """A model, as far as its cost goes; nothing of it is built.

    Args:
        config: Its `TransformerConfig`.
        kind: The name of its class, such as "CausalLM" or "Encoder".
        body: The name of its body's class; the one that its class makes when "".
        num_classes: Number of classes of a classifier.
        pooled_transform: Whether a head for whole texts transforms the pooled vector.
        head_bias: Whether the scores of a `SequenceClassifier` have a bias.
        model_type: The family, where a config.json names it.

    Raises:
        ValueError: An unknown class, a body that it does not go with, or more layers
            than any model has.
        TypeError: `config` is no `TransformerConfig`.

    Example:
        >>> Architecture(gpt2_config(), "CausalLM").body
        'Decoder'
    """

    config: TransformerConfig
    kind: str
    body: str = ""
    num_classes: int = 2
    pooled_transform: bool = True
    head_bias: bool = True
    model_type: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.config, TransformerConfig):
            raise TypeError(
                f"config must be a TransformerConfig; got {type(self.config).__name__}"
            )
        known = (*BODIES, *HEADED)
        if self.kind not in known:
            raise ValueError(
                f"kind must be the name of a model's class; got {self.kind!r}, known "
                f"are {', '.join(known)}"
            )
        body = self.body or HEADED.get(self.kind, self.kind)
        if body == "Decoder" and self.config.memory_length is not None:
            body = "TransformerXL"
        if body not in BODIES:
            raise ValueError(
                f"body must be one of {', '.join(BODIES)}; got {self.body!r}"
            )
        if self.kind in BODIES and body != self.kind:
            raise ValueError(f"the body of a {self.kind} is itself; got {body}")
        if (body == "TransformerXL") != (self.config.memory_length is not None):
            raise ValueError(
                "memory_length in the configuration goes with a TransformerXL, and "
                f"only with it; got memory_length={self.config.memory_length} for a "
                f"{self.kind} on a {body}"
            )
        check_size("num_classes", self.num_classes)
        deepest = max(self.config.num_layers, self.config.num_decoder_layers or 0)
        if deepest > MOST_LAYERS:
            raise ValueError(
                f"a model of more than {MOST_LAYERS:,} layers is not calculated; got "
                f"num_layers={deepest}"
            )
        object.__setattr__(self, "body", body)

    @property
    def reads_source(self) -> bool:
        """Whether there are an encoder and a decoder."""
        return self.body == "EncoderDecoder"

    @property
    def generates(self) -> bool:
        return self.kind in ("CausalLM", "Seq2SeqLM")

    @property
    def scores_tokens(self) -> bool:
        """Whether the output has a number for each token of the vocabulary."""
        kinds = ("CausalLM", "Seq2SeqLM", "MaskedLM", "PretrainingModel")
        return self.kind in kinds

    @property
    def transforms_before_scores(self) -> bool:
        """Whether hidden states are transformed once more before tokens are scored."""
        if self.kind in ("CausalLM", "Seq2SeqLM"):
            return self.config.logit_transform is not None
        return self.kind in ("MaskedLM", "PretrainingModel")

    @property
    def stacks(self) -> list[str]:
        """The kinds of its stacks: one, or an encoder and a decoder."""
        return ["Encoder", "Decoder"] if self.reads_source else [self.body]

    def depth(self, stack: str) -> int:
        """Number of layers of a stack."""
        if self.reads_source and stack == "Decoder":
            return self.config.num_decoder_layers or self.config.num_layers
        return self.config.num_layers

    def max_length(self, stack: str) -> int | None:
        """The most tokens that a stack reads; None for any number."""
        if self.reads_source and stack == "Decoder":
            return self.config.max_decoder_length or self.config.max_length
        return self.config.max_length

    @property
    def global_positions(self) -> int:
        """How many positions of a text its class makes global, where a call is silent.

        Questions and choices vary: up to 32 tokens cost the same.
        """
        chosen = {"SequenceClassifier": 1, "Seq2SeqLM": 1}
        chosen |= {"SpanQuestionAnswerer": 32, "MultipleChoice": 32}
        return chosen.get(self.kind, 0)
