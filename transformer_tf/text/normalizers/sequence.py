"""Several normalizers, one after the other."""

from functools import partial
from typing import Any

from transformer_tf.text.component import components_from_json
from transformer_tf.text.json_values import Field
from transformer_tf.text.normalizers.normalizer import Normalizer


class NormalizerSequence(Normalizer, type="Sequence"):
    """Applies normalizers in order.

    Args:
        normalizers: The steps, first to last.

    Example:
        >>> normalizer = NormalizerSequence([NFD(), StripAccents(), Lowercase()])
        >>> normalizer(AlignedText("Él CAFÉ")).text
        'el cafe'
    """

    fields = {"normalizers": Field(partial(components_from_json, "normalizer"))}

    def __init__(self, normalizers: Any):
        self.normalizers = list(normalizers)

    def __call__(self, text):
        for normalizer in self.normalizers:
            text = normalizer(text)
        return text

    @property
    def library_offsets(self) -> bool:  # type: ignore[override]
        return all(normalizer.library_offsets for normalizer in self.normalizers)

    def to_json(self):
        steps = [normalizer.to_json() for normalizer in self.normalizers]
        return {"type": self.type, "normalizers": steps}
