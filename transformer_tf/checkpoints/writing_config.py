"""The config.json of a model: our configuration in the words of its family."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from transformer_tf import models
from transformer_tf.checkpoints.checkpoint import Checkpoint
from transformer_tf.checkpoints.families import FAMILIES
from transformer_tf.checkpoints.family import Family, Head, translate
from transformer_tf.checkpoints.fields import Fields, size_of
from transformer_tf.checkpoints.kinds import KINDS
from transformer_tf.checkpoints.published import ACTIVATIONS
from transformer_tf.models import TransformerConfig

# Fields that say how to train or to generate, and `tied`, which has a key of its own.
_NOT_COMPARED = (
    *("rematerialize", "padding_id", "initializer_range", "start_id", "tied"),
    *("activation_dropout", "attention_dropout"),
)


def family_of(model: Any, model_type: str | None) -> tuple[Family, str, Head]:
    """The family of a model, and the row of its heads that it is.

    Args:
        model: A model of this library.
        model_type: The family's name; that of the checkpoint when None, else the first
            family that can say the model's configuration.

    Raises:
        ValueError: No family, or not this one, has such a model.
    """
    checkpoint: Checkpoint | None = model.checkpoint
    if checkpoint is not None and model_type in (None, checkpoint.model_type):
        family = FAMILIES[checkpoint.model_type]
        return family, checkpoint.row, family.heads[checkpoint.row]
    names = [c.__name__ for c in type(model).__mro__ if c in vars(models).values()]
    tried: dict[str, str] = {}
    for name, family in FAMILIES.items():
        if model_type not in (None, name):
            continue
        for row, head in family.heads.items():
            if (head.kind or row) not in names[:1]:
                continue
            try:
                config_of(model, family, row)
            except (ValueError, TypeError, AttributeError) as error:
                tried.setdefault(name, f"{name}: {error}")
            else:
                return family, row, head
    told = tried.get(model_type or "") or (
        f"known families with a {names[:1] or type(model).__name__} are "
        f"{', '.join(tried) or 'none'}; none of them has this configuration"
    )
    raise ValueError(f"the model is of no published family: {told}")


def config_of(model: Any, family: Family, row: str) -> dict[str, Any]:
    """What the model's config.json holds.

    Raises:
        ValueError: The family cannot say the model's configuration.
    """
    if not isinstance(family.config, Fields):
        raise ValueError(f"{family.model_type} can be read, but not written yet")
    head = family.heads[row]
    known = model.checkpoint
    same = known is not None and known.model_type == family.model_type
    before = known.config if same else {}
    config = getattr(model, "body", model).config
    found = {**before, **_as_before(family.config, config, before)}
    found["model_type"] = family.model_type
    found["architectures"] = [architecture_of(family, row)]
    if isinstance(model, models.MaskedLM | models.CausalLM | models.Seq2SeqLM):
        found["tie_word_embeddings"] = config.tied
    elif same:  # a head without a table ties nothing: what was published stays
        found.pop("tie_word_embeddings", None)
        found |= {n: v for n, v in before.items() if n == "tie_word_embeddings"}
    if row == "CausalLM" and "MaskedLM" in family.heads:
        found["is_decoder"] = True
    if isinstance(model, models.EncoderDecoder | models.Seq2SeqLM):
        found.setdefault("is_encoder_decoder", True)
    found |= _labels(model, found, known)
    found.pop("torch_dtype", None)
    found["dtype"] = str(model.variable_dtype)
    _check(config, family, head, found)
    return found


def check_head(model: Any, family: Family, head: Head) -> None:
    """Raises ValueError where a head computes what no config.json says."""
    if isinstance(model, models.MaskedLM):
        meant = head.options.get("activation", model.body.config.activation)
        if model.head.activation != meant:
            raise ValueError(
                f"{family.model_type} has {meant!r} before its scores (here "
                f"{model.head.activation!r})"
            )


def _as_before(fields: Fields, config, before: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields say, in the words of the file that the model came from."""
    found = fields.publish(config)
    key = fields.activation
    names = [ACTIVATIONS.get(values.get(key, "")) for values in (found, before)]
    if names[0] == names[1] is not None:
        found[key] = before[key]
    said = before or fields.accepted
    return {k: v for k, v in found.items() if k not in fields.accepted or k in said}


def architecture_of(family: Family, row: str) -> str:
    """The published class: what begins its name, and how it ends."""
    endings = {name: ending for ending, name in reversed(KINDS.items())}
    if row in ("Decoder", "EncoderDecoder", "TransformerXL") or (
        row == "Encoder" and "EncoderDecoder" not in family.heads
    ):
        ending = "Model"
    else:
        ending = endings[row]
    by_family = {
        ("marian", "Seq2SeqLM"): "MTModel",
        ("bert", "CausalLM"): "LMHeadModel",
        ("openai-gpt", "CausalLM"): "LMHeadModel",
        ("gpt2", "CausalLM"): "LMHeadModel",
        ("ctrl", "CausalLM"): "LMHeadModel",
        ("transfo-xl", "CausalLM"): "LMHeadModel",
    }
    return family.class_name + by_family.get((family.model_type, row), ending)


def _labels(model: Any, found: Mapping[str, Any], known) -> dict[str, Any]:
    """id2label and label2id of a classifier; its own where they fit."""
    classes = getattr(model, "num_classes", None)
    if classes is None:
        return {}
    labels = known.labels if known is not None else ()
    if len(labels) != classes:
        labels = tuple(f"LABEL_{number}" for number in range(classes))
    return {
        "id2label": {str(number): label for number, label in enumerate(labels)},
        "label2id": {label: number for number, label in enumerate(labels)},
    }


def _check(config: TransformerConfig, family: Family, head: Head, found) -> None:
    """What is written must mean the configuration that the model has."""
    meant = translate(family, found)
    meant = meant.with_changes(**head.config(meant))
    wrong = differences(config, meant)
    if wrong:
        raise ValueError(f"{family.model_type} has {', '.join(wrong.values())}")


def differences(config: TransformerConfig, meant: TransformerConfig) -> dict[str, str]:
    """The fields in which a written configuration means another model, and how."""
    return {
        field.name: f"{field.name}={getattr(meant, field.name)!r} "
        f"(here {getattr(config, field.name)!r})"
        for field in dataclasses.fields(config)
        if field.name not in _NOT_COMPARED
        and size_of(config, field.name) != size_of(meant, field.name)
    }
