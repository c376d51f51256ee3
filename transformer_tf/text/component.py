"""What every step of a tokenizer owes: a kind, and a form in tokenizer.json."""

_KINDS: dict[tuple[str, str], type["Component"]] = {}


class Component:
    """One visible step of a tokenizer, readable from and writable to tokenizer.json.

    A subclass names its `role` (normalizer, pre_tokenizer, model, decoder,
    post_processor) and the `type` it has in the file, and lists in `fields` the
    arguments it keeps as attributes of the same name. Naming a type registers it.

    Source: the `tokenizer.json` format of the `tokenizers` library, version 1.0.
    """

    role = ""
    type = ""
    fields: tuple[str, ...] = ()
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
            raise ValueError(f"tokenizer.json has no {self.role} {type(self).__name__}")
        return {
            "type": self.type,
            **self.fixed,
            **{name: getattr(self, name) for name in self.fields},
        }

    @classmethod
    def from_json(cls, values):
        """The step that the dictionary `values` (without its type) describes."""
        arguments = dict(values)
        for name, value in cls.fixed.items():
            if arguments.pop(name, value) != value:
                raise ValueError(
                    f"{cls.role} {cls.type} with {name}={values[name]!r} is not "
                    f"supported: only {name}={value!r} is"
                )
        unknown = sorted(set(arguments) - set(cls.fields))
        if unknown:
            raise ValueError(
                f"{cls.role} {cls.type} has fields that are not supported: "
                f"{', '.join(unknown)}"
            )
        return cls(**arguments)

    def __repr__(self):
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.fields)
        return f"{type(self).__name__}({values})"

    def __eq__(self, other):
        return type(self) is type(other) and self.to_json() == other.to_json()

    __hash__ = object.__hash__


def component_from_json(role, values):
    """The component that one entry of tokenizer.json describes.

    Args:
        role: Which entry: "normalizer", "pre_tokenizer", "model", "decoder" or
            "post_processor".
        values: The entry: a dictionary with a "type", or None.

    Returns:
        component: The step, or None where the file holds none.

    Raises:
        ValueError: The entry is malformed, or names a type or a field that this
            library does not have.
    """
    if values is None:
        return None
    if not isinstance(values, dict) or "type" not in values:
        raise ValueError(f'a {role} is an object with a "type"; got {values!r:.80}')
    values = dict(values)
    kind = values.pop("type")
    if (role, kind) not in _KINDS:
        known = ", ".join(sorted(name for owner, name in _KINDS if owner == role))
        raise ValueError(f"{role} {kind!r} is not supported; supported are: {known}")
    try:
        return _KINDS[role, kind].from_json(values)
    except KeyError as error:
        raise ValueError(f"{role} {kind} lacks the field {error}") from None
