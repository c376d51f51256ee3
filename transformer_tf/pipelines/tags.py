"""Labels of tokens, B-PER and the like: what begins, what ends, and of which kind."""

from __future__ import annotations

from collections.abc import Sequence

PREFIXES = {"B", "I", "E", "S", "L", "U"}


class TagScheme:
    """Reads the labels of a tagger: BIO, IOB1, BIOES or BILOU, told by their names.

    In all of them I- continues an entity of its kind and begins one where there is
    none (IOB1). A label without a prefix continues too.

    Args:
        labels: The names of all classes.

    Example:
        >>> TagScheme(["O", "B-PER", "I-PER"]).split("B-PER")
        ('B', 'PER')
    """

    def __init__(self, labels: Sequence[str]):
        kinds = {label[2:] for label in labels if label[:2] in ("B-", "I-")}
        # E-, S-, L- and U- are prefixes only where their kind has B- or I- as well.
        self.prefixes = {
            label[0]
            for label in labels
            if label[1:2] == "-" and label[0] in PREFIXES and label[2:] in kinds
        } | {"B", "I"}

    def split(self, label: str) -> tuple[str, str]:
        """(prefix, kind) of a label; "I" where it has no prefix."""
        if label[1:2] == "-" and label[0] in self.prefixes:
            return label[0], label[2:]
        return "I", label

    def continues(self, before: str, label: str) -> bool:
        """Whether a label goes on with the entity that the label before belongs to."""
        prefix, kind = self.split(label)
        last_prefix, last_kind = self.split(before)
        return kind == last_kind and prefix not in "BSU" and last_prefix not in "ESLU"

    def is_ignored(self, label: str, ignored: Sequence[str]) -> bool:
        """Whether a label, or its kind, is among the ignored ones."""
        return label in ignored or self.split(label)[1] in ignored
