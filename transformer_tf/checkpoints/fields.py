"""The table of a family's configuration: published keys and our fields, both ways."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from transformer_tf.checkpoints.published import ACTIVATIONS, Published

if TYPE_CHECKING:
    from transformer_tf.models import TransformerConfig

Keys = str | tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Fields:
    """How a family's config.json says the fields of a `TransformerConfig`.

    Args:
        same: Our field -> the key with the same value, or several keys that must agree.
        optional: Our field -> (key, what it is where the file does not say), or several
            keys that must agree where they are there.
        activation: The key of the activation; "" for none.
        fixed: Our fields that are the same in all of the family.
        accepted: Keys of choices that no layer of ours has -> the one value that is
            supported, and written.
        read: Further fields, from the whole configuration.
        write: Further keys, from the whole of ours.
    """

    same: Mapping[str, Keys]
    optional: Mapping[str, tuple[Keys, Any]] = dataclasses.field(default_factory=dict)
    activation: str = ""
    fixed: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    accepted: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    read: Callable[[Published], dict[str, Any]] = lambda c: {}
    write: Callable[[TransformerConfig], dict[str, Any]] = lambda config: {}

    def __call__(self, c: Published) -> dict[str, Any]:
        """The fields of a `TransformerConfig`.

        Raises:
            ValueError: A key is missing, two disagree, or no layer of ours has what one
                asks for.
        """
        for key, value in self.accepted.items():
            c.refuse(key, value)
        found = dict(self.fixed)
        for field, keys in self.same.items():
            first, *others = all_of(keys)
            found[field] = c[first]
            for other in others:
                c.refuse(other, c[first])
        for field, (keys, default) in self.optional.items():
            first, *others = all_of(keys)
            value = c.get(first)
            found[field] = default if value is None else value
            for other in others:
                c.refuse(other, found[field])
        if self.activation:
            found["activation"] = c.activation(self.activation)
        return found | self.read(c)

    def publish(self, config: TransformerConfig) -> dict[str, Any]:
        """The keys of a config.json; the inverse of calling.

        Raises:
            ValueError: The activation has no published name.
        """
        found = dict(self.accepted)
        for field, keys in self.same.items():
            found |= dict.fromkeys(all_of(keys), size_of(config, field))
        for field, (keys, _) in self.optional.items():
            found |= dict.fromkeys(all_of(keys), size_of(config, field))
        if self.activation:
            found[self.activation] = activation_name(config.activation)
        return found | self.write(config)

    def extend(self, **changes: Any) -> Fields:
        """The table of a family that varies this one: more rows, or others."""
        merged: dict[str, Any] = {
            name: {**getattr(self, name), **value}
            if isinstance(value, Mapping)
            else value
            for name, value in changes.items()
        }
        return dataclasses.replace(self, **merged)

    def without(self, field: str) -> Fields:
        """The table of a family whose files do not say a field."""
        return dataclasses.replace(
            self, same={name: keys for name, keys in self.same.items() if name != field}
        )


def all_of(keys: Keys) -> tuple[str, ...]:
    """One key or several, as several."""
    return (keys,) if isinstance(keys, str) else keys


def size_of(config: TransformerConfig, field: str) -> Any:
    """A field's value, also where None stands for what other fields say."""
    value = getattr(config, field)
    if field == "window" and config.global_attention:  # published for each layer
        return tuple(config.window_of_layer(n) for n in range(config.num_layers))
    if value is not None:
        return value
    others = {
        "hidden_dim": 4 * config.dim,
        "num_decoder_layers": config.num_layers,
        "head_dim": config.dim // config.num_heads,
        "num_key_value_heads": config.num_heads,
    }
    return others.get(field)


def activation_name(activation: Any) -> str:
    """What published configurations call an activation of ours.

    Raises:
        ValueError: None has a name for it.
    """
    names = {ours: published for published, ours in reversed(ACTIVATIONS.items())}
    if activation not in names:
        raise ValueError(
            f"no published configuration has a name for the activation {activation!r}; "
            f"they know {', '.join(names)}"
        )
    return names[activation]
