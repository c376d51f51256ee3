"""Drafts by prompt lookup: what followed the last tokens where they occurred before."""

from keras import ops


class LookupDrafter:
    """Proposes what the text itself says; see `advance_by_drafts`.

    Args:
        lookup: The `PromptLookup`.
    """

    def __init__(self, lookup):
        self.lookup = lookup
        self.draft = lookup.draft

    def start(self):
        return ()

    def propose(self, text, end, state):
        return with_draft(text, end, self.lookup), state

    def accept(self, state, accepted, grown):
        return state


def with_draft(text, end, lookup):
    """The tokens with each row's draft written after its end.

    The draft is what followed the latest of the longest matches, `lookup.ngram` tokens
    at most; where there is none it is whatever the slots hold, and the model will not
    agree.
    """
    tokens = text.tokens
    slots = tokens.shape[1]
    slot = ops.arange(slots, dtype="int32")[None]
    padded = ops.pad(tokens, ((0, 0), (lookup.ngram - 1, 0)))
    matches = slot < end[:, None] - 1  # the slot of a match's last token
    longest = ops.zeros(tokens.shape, "int32")
    for back in range(lookup.ngram):
        last = ops.take_along_axis(tokens, ops.maximum(end[:, None] - 1 - back, 0), 1)
        first = lookup.ngram - 1 - back
        matches = matches & (slot - back >= text.start[:, None])
        matches = matches & (padded[:, first : first + slots] == last)
        longest = longest + ops.cast(matches, "int32")
    rank = ops.where(longest > 0, longest * slots + slot, 0)
    follows = ops.max(rank, axis=1, keepdims=True) % slots + 1  # [rows, 1]
    # Slots from `end` on repeat what follows the match, over and over.
    end = end[:, None]
    repeated = follows + ops.maximum(slot - end, 0) % ops.maximum(end - follows, 1)
    return ops.take_along_axis(tokens, ops.where(slot < end, slot, repeated), axis=1)
