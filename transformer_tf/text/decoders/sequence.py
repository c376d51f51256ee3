"""Several decoders, one after the other."""

from functools import partial
from typing import Any

from transformer_tf.text.component import components_from_json
from transformer_tf.text.decoders.decoder import Decoder
from transformer_tf.text.json_values import Field


class DecoderSequence(Decoder, type="Sequence"):
    """Applies decoders in order.

    Args:
        decoders: The steps, first to last.

    Example:
        >>> steps = [ReplaceDecoder("▁", " "), Fuse(), StripDecoder(start=1)]
        >>> decoder = DecoderSequence(steps)
        >>> decoder(["▁low", "▁ti", "de"])
        ['low tide']
    """

    fields = {"decoders": Field(partial(components_from_json, "decoder"))}

    def __init__(self, decoders: Any):
        self.decoders = list(decoders)

    def __call__(self, tokens):
        for decoder in self.decoders:
            tokens = decoder(tokens)
        return tokens

    def to_json(self):
        steps = [decoder.to_json() for decoder in self.decoders]
        return {"type": self.type, "decoders": steps}
