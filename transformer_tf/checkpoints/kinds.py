"""Which class of ours a published class is, by the end of its name."""

from __future__ import annotations

from typing import Any

from transformer_tf import models
from transformer_tf.checkpoints.family import Family
from transformer_tf.checkpoints.published import Published

# The longest ending that fits says which row of a family's heads is meant.
KINDS = {
    "ForMaskedLM": "MaskedLM",
    "ForPreTraining": "Pretraining",
    "ForNextSentencePrediction": "NextSentence",
    "ForSequenceClassification": "SequenceClassifier",
    "ForTokenClassification": "TokenClassifier",
    "ForQuestionAnswering": "SpanQuestionAnswerer",
    "ForMultipleChoice": "MultipleChoice",
    "ForCausalLM": "CausalLM",
    "LMHeadModel": "CausalLM",
    "ForConditionalGeneration": "Seq2SeqLM",
    "MTModel": "Seq2SeqLM",
    "EncoderModel": "Encoder",
}
BODIES = ("EncoderDecoder", "Encoder", "Decoder", "TransformerXL")
NO_ENDING = ("DoubleHeadsModel",)  # ends with Model, and is more than one


def head_of(family: Family, published: Published, kind: type | None) -> tuple:
    """The row of the family's heads to load, and the class to build.

    Args:
        family: The family.
        published: The config.json, whose `architectures` decides without a kind.
        kind: A class of ours, one that inherits from it, or None.

    Returns:
        name: The row's name.
        head: The `Head`.
        made: The class.

    Raises:
        ValueError: The family has no such head.
    """
    if kind is not None:
        names = [c.__name__ for c in kind.__mro__ if c in vars(models).values()]
        wanted = names[0] if names else kind.__name__
        rows = [n for n, head in family.heads.items() if (head.kind or n) == wanted]
        name = min(rows, key=lambda row: row != wanted, default=wanted)
    else:
        name = _by_architecture(family, published)
    if name not in family.heads:
        raise ValueError(
            f"{family.model_type} has no {name}; it has {', '.join(family.heads)}"
        )
    head = family.heads[name]
    made: Any = getattr(models, head.kind or name) if kind is None else kind
    return name, head, made


def _by_architecture(family: Family, published: Published) -> str:
    names = published.get("architectures") or ["Model"]
    if not isinstance(names, list) or not isinstance(names[0], str):
        raise ValueError(
            "architectures in config.json must be a list of names of classes, such as "
            f'["BertModel"]; got {names!r}'
        )
    architecture = names[0]
    endings = [ending for ending in KINDS if architecture.endswith(ending)]
    if endings:
        return _by_direction(KINDS[max(endings, key=len)], family, published)
    if architecture.endswith(NO_ENDING) or not architecture.endswith("Model"):
        raise ValueError(
            f"config.json names {architecture}, which has no counterpart here; "
            f"give kind=, one of {', '.join(family.heads)}"
        )
    return next(body for body in BODIES if body in family.heads)


def _by_direction(name: str, family: Family, published: Published) -> str:
    """What a language model of an encoder's family is by `is_decoder`.

    Without it, even a class ...ForCausalLM sees both sides of each token.
    """
    if name == "CausalLM" and "MaskedLM" in family.heads:
        return name if published.get("is_decoder") else "MaskedLM"
    return name
