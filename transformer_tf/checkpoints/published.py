"""A published config.json, as the tables of the families read it."""

from __future__ import annotations

# What published configurations call an activation, and what we do.
ACTIVATIONS = {
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "relu": "relu",
    "silu": "silu",
    "tanh": "tanh",
    "gelu_python": "gelu",
    "gelu_fast": "gelu_tanh",
    "gelu_accurate": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "swish": "silu",
}

# What T5's feed-forward layers are called, where it is not by their activation.
_GATED_GELU = "gated-gelu"


class Published(dict):
    """A published config.json; what it lacks is said by name.

    It remembers which keys were read, to name the one whose value is of another kind.

    Raises:
        ValueError: On reading a key that it lacks.
    """

    def __init__(self, *given, **more):
        super().__init__(*given, **more)
        self._read = []

    def __getitem__(self, key):
        self._read.append(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self._read.append(key)
        return super().get(key, default)

    def misunderstood(self, error: Exception) -> ValueError:
        """What an error says of the key that was read last, but for usual values."""
        values = [(key, dict.get(self, key)) for key in reversed(self._read)]
        odd = [one for one in values if not _is_usual(one[1])]
        key, value = (odd or values)[0]
        return ValueError(
            f"config.json has {key}={value!r}, which {dict.get(self, 'model_type')} "
            f"cannot have ({error})"
        )

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

    def feed_forward(self, key: str) -> tuple[str, bool]:
        """Our activation of a feed-forward layer such as gated-silu; if it is gated.

        Raises:
            ValueError: No layer of ours has it.
        """
        kind = self.get(key, "relu")
        name = "gelu_new" if kind == _GATED_GELU else kind.removeprefix("gated-")
        known = Published({**self, key: name})
        return known.activation(key), kind.startswith("gated-")

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
        if labels and not isinstance(labels, dict):
            raise ValueError(
                f"config.json has id2label={labels!r}, which {self.get('model_type')} "
                "cannot have (it gives each number its label)"
            )
        return len(labels) if labels else self.get("num_labels", 2)


def _is_usual(value) -> bool:
    """Whether a value is a truth value, a text, a size or a share, as usual."""
    if isinstance(value, (bool, str)):
        return not isinstance(value, str) or len(value) > 1
    if not isinstance(value, (int, float)) or not 0 <= value < 2**31:
        return False
    return value <= 1 or value == int(value)


def feed_forward_name(activation: str, gated: bool) -> str:
    """The inverse of `Published.feed_forward`, from a published activation's name."""
    name = f"gated-{activation}" if gated else activation
    return _GATED_GELU if name == "gated-gelu_new" else name
