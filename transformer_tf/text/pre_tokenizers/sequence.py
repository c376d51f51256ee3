"""Several pre-tokenizers, each cutting the pieces of the one before."""

from functools import partial
from typing import Any

from transformer_tf.text.component import components_from_json
from transformer_tf.text.json_values import Field
from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer


class PreTokenizerSequence(PreTokenizer, type="Sequence"):
    """Applies pre-tokenizers in order, each to every piece so far.

    Args:
        pre_tokenizers: The steps, first to last.

    Example:
        >>> split = PreTokenizerSequence([WhiteSpaceSplit(), Digits()])
        >>> [piece.text for piece in split(AlignedText("flat 12b"))]
        ['flat', '12', 'b']
    """

    fields = {"pre_tokenizers": Field(partial(components_from_json, "pre_tokenizer"))}

    def __init__(self, pre_tokenizers: Any):
        self.pre_tokenizers = list(pre_tokenizers)

    def __call__(self, text):
        pieces = [text]
        for pre_tokenizer in self.pre_tokenizers:
            pieces = [part for piece in pieces for part in pre_tokenizer(piece)]
        return pieces

    def to_json(self):
        steps = [step.to_json() for step in self.pre_tokenizers]
        return {"type": self.type, "pretokenizers": steps}

    @classmethod
    def from_json(cls, entry):
        steps = entry.read({"pretokenizers": cls.fields["pre_tokenizers"]}, ["type"])
        return cls(steps["pretokenizers"])
