"""Drafts by a smaller model, which a larger one verifies."""

from keras import ops

from transformer_tf.generation.drafts import cache_slots, forget
from transformer_tf.generation.one_by_one import likeliest


class ModelDrafter:
    """Proposes what another model writes greedily; see `advance_by_drafts`.

    Its cache is a step behind the text: of a draft that was accepted whole it has not
    read the last token. So it reads the last two tokens first, the former hidden where
    it knows it already.

    Args:
        strategy: The `DraftModel`.
        arguments: The arguments of the program: the prompts, and a source.
        room: Number of tokens that may be written.
    """

    def __init__(self, strategy, arguments, room):
        self.model, self.draft = strategy.model, strategy.draft
        self.arguments = arguments
        rows, length = arguments["prompt"].shape
        slots = cache_slots(rows, length, room, self.draft)
        self.slots = length + 2 * (slots - length)  # one is lost at every step
        self.limit = arguments["limit"]
        self.prepared = self.model.prepare(
            arguments.get("source"), arguments.get("source_mask")
        )

    def start(self):
        """The cache after the prompts; and where a token is missing in it."""
        prompt, positions = self.arguments["prompt"], self.arguments["positions"]
        cache = self.model.empty_cache(prompt.shape[0], self.slots)
        _, cache = self.model.step(
            prompt, positions, cache, 1, self.prepared, padding_mask=positions >= 0
        )
        return cache, ops.zeros((prompt.shape[0],), "bool")

    def propose(self, text, end, state):
        cache, lacks_one = state
        tokens, length = text.tokens, self.arguments["prompt"].shape[1]
        slot = ops.arange(tokens.shape[1], dtype="int32")[None]
        last = (length + text.shift + self.limit - 1)[:, None]
        place = end[:, None] - 2 + ops.arange(2, dtype="int32")[None]  # [rows, 2]
        read = ops.take_along_axis(tokens, ops.maximum(place, 0), axis=1)
        positions = ops.minimum(place + text.shift[:, None], last)
        known = ops.stack([lacks_one, ops.ones_like(lacks_one)], axis=1)
        given = read, ops.where(known, positions, -1), cache, 1, self.prepared
        logits, cache = self.model.step(*given, padding_mask=known)
        for offset in range(self.draft):
            token = likeliest(ops.cast(logits[:, 0], "float32"))[:, None]
            here = slot == end[:, None] + offset
            tokens = ops.where(here, token, tokens)
            if offset + 1 < self.draft:
                positions = end[:, None] + offset + text.shift[:, None]
                positions = ops.minimum(positions, last)
                logits, cache = self.model.step(
                    token, positions, cache, 1, self.prepared
                )
        return tokens, (cache, lacks_one)

    def accept(self, state, accepted, grown):
        cache, _ = state
        # In the cache: the token before the last one, the last one, all drafts but one.
        place = ops.arange(self.draft + 1, dtype="int32")[None]
        kept = place <= accepted[:, None]
        used = ops.minimum(grown + 1, self.draft + 1)
        cache = forget(cache, kept, self.draft + 1, used)
        return cache, accepted == self.draft + 1
