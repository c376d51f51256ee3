"""A family of published checkpoints: its configuration and its names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from transformer_tf.checkpoints.names import Names
from transformer_tf.checkpoints.published import Published
from transformer_tf.models import TransformerConfig


@dataclasses.dataclass(frozen=True)
class Head:
    """How a family's checkpoints hold one kind of head.

    Args:
        names: Published names of the head's weights -> paths below the model's head.
        options: Arguments of our model beside the body.
        tied: Published names that are copies of the token table.
        optional: Published names of what is zero where a file lacks it.
        kind: Our model's class; the row's own name where that is it.
        body: The class of its body, where that is not the one that its class makes.
        part: Whether the body stands for the `encoder` or the `decoder` of the
            family's names; "" where it is the whole.
        body_names: Names of the body in such a file, beside the family's.
        said: Arguments of our model -> the keys of config.json that say them.
        config: From our configuration of the family, the fields that differ here.
        prefix: What stands before the body's names, where it is not the family's.
        kept: Regular expressions of names that no output of ours needs, and that saving
            writes again.
    """

    names: Names
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    tied: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    kind: str = ""
    body: str = ""
    part: str = ""
    body_names: Names = dataclasses.field(default_factory=dict)
    said: Mapping[str, str] = dataclasses.field(default_factory=dict)
    config: Callable[[TransformerConfig], dict[str, Any]] = lambda config: {}
    prefix: str | None = None
    kept: tuple[str, ...] = ()

    def vary(self, **changes: Any) -> Head:
        """The same head with some things changed."""
        return dataclasses.replace(self, **changes)


@dataclasses.dataclass(frozen=True)
class Family:
    """One `model_type` of published configurations.

    Args:
        model_type: As in config.json.
        config: Translates a published configuration, a `Published`, into the fields
            of a `TransformerConfig`; a `Fields`, where it is written too.
        body: Published names of the body's weights -> paths below the body.
        prefix: What stands before the body's names in a model with a head.
        heads: Our model's name ("MaskedLM"), or a row of `KINDS`, -> its `Head`; body
            alone: "Encoder", "Decoder" or "EncoderDecoder".
        transposed: Whether matrices are [out, in], as torch's Linear keeps them, and
            not [in, out], as OpenAI's did.
        ignored: Regular expressions of names that hold no weight of ours.
        class_name: What the names of its published classes begin with.
        tables: Published names that the token table may bear where a file lacks its
            own name.
        absent: From our configuration, regular expressions of names in `body` that do
            not occur with it.
    """

    model_type: str
    config: Callable[[Published], dict[str, Any]]
    body: Names
    prefix: str
    heads: Mapping[str, Head]
    transposed: bool = True
    ignored: tuple[str, ...] = ()
    class_name: str = ""
    tables: tuple[str, ...] = ()
    absent: Callable[[TransformerConfig], tuple[str, ...]] = lambda config: ()

    @property
    def table(self) -> str:
        """The published name of the token table."""
        paths = {paths: name for name, paths in self.body.items()}
        return next(name for path, name in paths.items() if "tokens.table" in path)


def translate(family: Family, published: Mapping[str, Any]) -> TransformerConfig:
    """Our configuration of a published one.

    Raises:
        ValueError: It lacks a key, has a value of another kind, or asks for what no
            layer of ours computes.
    """
    read = Published(published)
    try:
        fields = family.config(read)
    except (ArithmeticError, AttributeError, LookupError, MemoryError, TypeError) as e:
        raise read.misunderstood(e) from e
    return TransformerConfig(**fields)
