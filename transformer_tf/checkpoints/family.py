"""A family of published checkpoints: its configuration and its names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from transformer_tf.checkpoints.names import Names
from transformer_tf.models import TransformerConfig

# What published configurations call an activation, and what we do.
ACTIVATIONS = {
    "gelu": "gelu",
    "gelu_python": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_fast": "gelu_tanh",
    "gelu_accurate": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "relu": "relu",
    "silu": "silu",
    "swish": "silu",
    "tanh": "tanh",
}


@dataclasses.dataclass(frozen=True)
class Head:
    """How a family's checkpoints hold one kind of head.

    Args:
        names: Published names of the head's weights -> paths below the model's head.
        options: Arguments of our model beside the body.
        tied: Published names that are copies of the token table.
        optional: Published names of what is zero where a file lacks it.
    """

    names: Names
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    tied: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Family:
    """One `model_type` of published configurations.

    Args:
        model_type: As in config.json.
        config: Translates a published configuration, a `Published`, into the fields
            of a `TransformerConfig`.
        body: Published names of the body's weights -> paths below the body.
        prefix: What stands before the body's names in a model with a head.
        heads: Our model's name ("MaskedLM") -> its `Head`; body alone: "Encoder",
            "Decoder" or "EncoderDecoder".
        transposed: Whether matrices are [out, in], as torch's Linear keeps them, and
            not [in, out], as OpenAI's did.
        ignored: Regular expressions of names that hold no weight of ours.
    """

    model_type: str
    config: Callable[[Published], dict[str, Any]]
    body: Names
    prefix: str
    heads: Mapping[str, Head]
    transposed: bool = True
    ignored: tuple[str, ...] = ()


class Published(dict):
    """A published config.json; what it lacks is said by name.

    Raises:
        ValueError: On reading a key that it lacks.
    """

    def __missing__(self, key):
        raise ValueError(
            f"config.json has no {key!r}, which {self.get('model_type')} needs"
        )

    def activation(self, key: str) -> str:
        """Our name of the activation that a key names.

        Raises:
            ValueError: No layer of ours has it.
        """
        name = self[key]
        if name not in ACTIVATIONS:
            raise ValueError(
                f"config.json asks for {key}={name!r}; known are "
                f"{', '.join(ACTIVATIONS)}"
            )
        return ACTIVATIONS[name]

    def refuse(self, key: str, *accepted) -> None:
        """Raises ValueError if a key is there with a value that we cannot compute."""
        if key in self and self[key] not in accepted:
            raise ValueError(
                f"config.json asks for {key}={self[key]!r}, which is not supported; "
                f"{' or '.join(map(repr, accepted))} is"
            )

    def classes(self) -> int:
        """How many labels a classifier has."""
        labels = self.get("id2label")
        return len(labels) if labels else self.get("num_labels", 2)


def translate(family: Family, published: Mapping[str, Any]) -> TransformerConfig:
    """Our configuration of a published one.

    Raises:
        ValueError: It lacks a key, or asks for what no layer of ours computes.
    """
    return TransformerConfig(**family.config(Published(published)))
