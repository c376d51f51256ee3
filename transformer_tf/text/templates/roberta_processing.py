"""RoBERTa's template as older files write it: special tokens, the layout implied."""

from typing import Any

from transformer_tf.text.json_values import BOOLEAN, Field
from transformer_tf.text.templates.bert_processing import token_from_json
from transformer_tf.text.templates.byte_level import ByteLevelOffsets
from transformer_tf.text.templates.sequence import PostProcessorSequence
from transformer_tf.text.templates.template import Template


class RobertaProcessing(PostProcessorSequence, type="RobertaProcessing"):
    """<s> a </s>, and <s> a </s></s> b </s>, all of type 0, spaces out of offsets.

    Args:
        sep: (token, id) of the token that ends a text.
        cls: (token, id) of the token in front.
        trim_offsets: Whether offsets leave out the space a token begins with.
        add_prefix_space: Whether the pre-tokenizer added a space to the text.

    Example:
        >>> tokenizer = CharacterTokenizer.train(["abc"])
        >>> template = RobertaProcessing(sep=("</s>", 8), cls=("<s>", 7))
        >>> tokenizer.post_processor = template
        >>> tokenizer.encode("ab", "c").tokens
        ['<s>', 'a', 'b', '</s>', '</s>', 'c', '</s>']

    Source: https://arxiv.org/abs/1907.11692 and the code published with it.
    """

    fields = {
        "sep": Field(token_from_json),
        "cls": Field(token_from_json),
        "trim_offsets": BOOLEAN,
        "add_prefix_space": BOOLEAN,
    }

    def __init__(
        self,
        sep: Any,
        cls: Any,
        trim_offsets: bool = True,
        add_prefix_space: bool = True,
    ):
        self.sep = tuple(sep)
        self.cls = tuple(cls)
        self.trim_offsets = trim_offsets
        self.add_prefix_space = add_prefix_space
        front, end = self.cls[0], self.sep[0]
        single = [(front, 0), ("$A", 0), (end, 0)]
        pair = [*single, (end, 0), ("$B", 0), (end, 0)]
        template = Template(single, pair, dict([self.cls, self.sep]))
        super().__init__([ByteLevelOffsets(add_prefix_space, trim_offsets), template])

    def to_json(self):
        values = {name: getattr(self, name) for name in self.fields}
        return {
            "type": self.type,
            **values,
            "sep": list(self.sep),
            "cls": list(self.cls),
        }

    @classmethod
    def from_json(cls, entry):
        return cls(**entry.read(cls.fields, ["type"]))
