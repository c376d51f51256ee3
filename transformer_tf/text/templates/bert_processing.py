"""BERT's template as older files write it: two special tokens, the layout implied."""

from typing import Any

from transformer_tf.text.json_values import Field, JsonValue
from transformer_tf.text.templates.template import Template


def token_from_json(value: JsonValue):
    """(token, id) of a list of two."""
    token, number = value.items(2)
    return token.string(), number.integer()


class BertProcessing(Template, type="BertProcessing"):
    """[CLS] a [SEP], and [CLS] a [SEP] b [SEP] with b of type 1.

    Args:
        sep: (token, id) of the token that ends a text.
        cls: (token, id) of the token in front.

    Example:
        >>> tokenizer = CharacterTokenizer.train(["abc"])
        >>> template = BertProcessing(sep=("[SEP]", 8), cls=("[CLS]", 7))
        >>> tokenizer.post_processor = template
        >>> encoding = tokenizer.encode("ab", "c")
        >>> encoding.tokens, encoding.type_ids
        (['[CLS]', 'a', 'b', '[SEP]', 'c', '[SEP]'], [0, 0, 0, 0, 1, 1])

    Source: https://arxiv.org/abs/1810.04805, figure 2.
    """

    fields = {"sep": Field(token_from_json), "cls": Field(token_from_json)}

    def __init__(self, sep: Any, cls: Any):
        self.sep = tuple(sep)
        self.cls = tuple(cls)
        front, end = self.cls[0], self.sep[0]
        single = [(front, 0), ("$A", 0), (end, 0)]
        pair = [*single, ("$B", 1), (end, 1)]
        super().__init__(single, pair, dict([self.cls, self.sep]))

    def to_json(self):
        return {"type": self.type, "sep": list(self.sep), "cls": list(self.cls)}

    @classmethod
    def from_json(cls, entry):
        return cls(**entry.read(cls.fields, ["type"]))
