"""Several decoders, one after the other."""

from transformer_tf.text.component import component_from_json
from transformer_tf.text.decoders.decoder import Decoder


class DecoderSequence(Decoder, type="Sequence"):
    """Applies decoders in order.

    Args:
        decoders: The steps, first to last.
    """

    fields = ("decoders",)

    def __init__(self, decoders):
        self.decoders = list(decoders)

    def __call__(self, tokens):
        for decoder in self.decoders:
            tokens = decoder(tokens)
        return tokens

    def to_json(self):
        steps = [decoder.to_json() for decoder in self.decoders]
        return {"type": self.type, "decoders": steps}

    @classmethod
    def from_json(cls, values):
        steps = values["decoders"]
        return cls([component_from_json("decoder", step) for step in steps])
