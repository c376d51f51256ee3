"""What every step of a tokenizer owes: a kind, and a form in tokenizer.json."""

from transformer_tf.text.json_values import Field, JsonError, JsonValue

_KINDS: dict[tuple[str, str], type["Component"]] = {}


class Component:
    """One visible step of a tokenizer, readable from and writable to tokenizer.json.

    A subclass names its `role` (normalizer, pre_tokenizer, model, decoder,
    post_processor) and the `type` it has in the file, and describes in `fields` the
    arguments it keeps as attributes of the same name. Naming a type registers it.

    Source: the `tokenizer.json` format of the `tokenizers` library, version 1.0.
    """

    role = ""
    type = ""
    fields: dict[str, Field] = {}
    # Fields that the file may hold, but only with these values.
    fixed: dict = {}
    # Whether the `tokenizers` library's offsets are right for texts this step rewrote.
    library_offsets = True

    def __init_subclass__(cls, role=None, type=None, **kwargs):
        super().__init_subclass__(**kwargs)
        if role is not None:
            cls.role = role
        if type is not None:
            cls.type = type
            _KINDS[cls.role, type] = cls

    def to_json(self):
        """What tokenizer.json holds for this step, as a dictionary.

        Raises:
            ValueError: The step is of a kind that the file format does not have.
        """
        if not self.type:
            raise ValueError(
                f"tokenizer.json has no {self.role} {type(self).__name__}: save the "
                "tokenizer in the format it was read from"
            )
        return {
            "type": self.type,
            **self.fixed,
            **{name: getattr(self, name) for name in self.fields},
        }

    @classmethod
    def from_json(cls, entry):
        """The step that an entry of the file describes, a `JsonValue`."""
        values = entry.read(cls.fields, ("type", *cls.fixed))
        for name, value in cls.fixed.items():
            found = entry.value.get(name, value)
            if found != value:
                raise JsonError(
                    f"{entry.place}.{name}: only {value!r} is supported; got {found!r}"
                )
        return cls(**values)

    def __repr__(self):
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.fields)
        return f"{type(self).__name__}({values})"

    def __eq__(self, other):
        return type(self) is type(other) and self.to_json() == other.to_json()

    __hash__ = object.__hash__


def component_from_json(role, entry):
    """The component that one entry of tokenizer.json describes.

    Args:
        role: What it is: "normalizer", "pre_tokenizer", "model", "decoder" or
            "post_processor".
        entry: The `JsonValue`: an object with a "type", or null.

    Returns:
        component: The step, or None where the file holds none.

    Raises:
        ValueError: The entry is malformed, or names a type or a field that this
            library does not have; the message begins with its place.
    """
    if not isinstance(entry, JsonValue):
        entry = JsonValue(entry, role)
    if entry.value is None:
        return None
    kind = entry.entries().get("type")
    if kind is None:
        raise entry.error('an object with a "type"')
    if (role, kind.string()) not in _KINDS:
        known = ", ".join(sorted(name for owner, name in _KINDS if owner == role))
        raise JsonError(
            f"{kind.place}: the {role} {kind.value!r} is not supported; supported "
            f"are: {known}"
        )
    try:
        return _KINDS[role, kind.value].from_json(entry)
    except JsonError:
        raise
    except (ValueError, TypeError) as error:
        raise JsonError(f"{entry.place}: {error}") from None


def components_from_json(role, entry):
    """The components that a list of entries describes; none of them is null."""
    found = []
    for item in entry.items():
        if item.value is None:
            raise item.error('an object with a "type"')
        found.append(component_from_json(role, item))
    return found
