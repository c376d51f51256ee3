"""SentencePiece's spaces: a space becomes a visible mark at the front of its word."""

import re

from transformer_tf.text.json_values import Field, JsonError, JsonValue
from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer

SCHEMES = ("always", "first", "never")
METASPACE = {
    "replacement": Field(JsonValue.character),
    "prepend_scheme": Field(lambda value: value.choice(*SCHEMES), None),
    "split": Field(JsonValue.boolean, True),
}


class Metaspace(PreTokenizer, type="Metaspace"):
    """Turns spaces into a mark and cuts before each, so that text can be put back.

    Args:
        replacement: The mark, one character.
        prepend_scheme: Whether a text that does not begin with the mark gets one:
            "always"; "first", only where the whole text begins; or "never".
        split: Whether the text is cut before each mark.

    Raises:
        ValueError: The mark is not one character, or the scheme none of the three.

    Example:
        >>> [piece.text for piece in Metaspace()(AlignedText("low tide"))]
        ['▁low', '▁tide']
    """

    fields = METASPACE

    def __init__(
        self, replacement: str = "▁", prepend_scheme: str = "always", split: bool = True
    ):
        check_metaspace(replacement, prepend_scheme)
        self.replacement = replacement
        self.prepend_scheme = prepend_scheme
        self.split = split
        mark = re.escape(replacement)
        self._cut = re.compile(f"{mark}[^{mark}]*|[^{mark}]+", re.DOTALL)

    def __call__(self, text):
        if not text.text:
            return []
        marked = text.text.replace(" ", self.replacement)
        sources = None
        if not marked.startswith(self.replacement) and (
            self.prepend_scheme == "always"
            or (self.prepend_scheme == "first" and text.starts[0] == 0)
        ):
            marked = self.replacement + marked
            sources = [0, *range(len(text))]
        text = text.rewrite(marked, sources or range(len(text)))
        if not self.split:
            return [text]
        return [text.slice(*found.span()) for found in self._cut.finditer(marked)]

    @classmethod
    def from_json(cls, entry):
        return cls(**read_metaspace(entry))


def check_metaspace(replacement, prepend_scheme):
    """Raises a ValueError where the two make no sense."""
    if len(replacement) != 1:
        raise ValueError(f"replacement must be one character; got {replacement!r}")
    if prepend_scheme not in SCHEMES:
        raise ValueError(f"prepend_scheme is one of {SCHEMES}; got {prepend_scheme!r}")


def read_metaspace(entry):
    """The fields of a Metaspace, also where an older file says `add_prefix_space`."""
    older = {
        "add_prefix_space": Field(JsonValue.boolean, True),
        "str_rep": Field(JsonValue.string, None),
    }
    values = entry.read({**METASPACE, **older}, ["type"])
    values.pop("str_rep")
    prefix = values.pop("add_prefix_space")
    if values["prepend_scheme"] is None:
        values["prepend_scheme"] = "always" if prefix else "never"
    elif not prefix and values["prepend_scheme"] != "never":
        raise JsonError(
            f"{entry.place}: add_prefix_space=false contradicts "
            f"prepend_scheme={values['prepend_scheme']!r}"
        )
    return values
