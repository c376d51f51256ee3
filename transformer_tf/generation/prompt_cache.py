"""A cache that outlives a call: in a chat only what is new is read."""

import weakref

import numpy as np
from keras import ops

from transformer_tf.generation.compiled import structure_of


class PromptCache:
    """Keeps the keys and values of one call of `generate` for the next.

    Give every call the whole conversation and the same `PromptCache`: as much of it as
    was read before is not read again. The tokens are those of a call without it. What
    differs from before is forgotten, from the first id that differs on.

        cache, text = PromptCache(), [1]
        for question in ([5, 7], [8, 2, 9]):
            text += question
            text += generate(model, [text], 20, stop_ids=[2], cache=cache)[0]

    It holds for the weights as they are: call `clear` after training the model further.
    (Another model, other layers or another number of prompts are noticed.)

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> cache, text = PromptCache(), model.tokenizer.encode("turn on the").ids
        >>> text += generate(model, [text], 2, cache=cache)[0]
        >>> text += generate(model, [text], 2, cache=cache)[0]  # reads two tokens
        >>> model.tokenizer.decode(text)
        'turn on the radio to 43'
    """

    def __init__(self):
        self.clear()

    def clear(self):
        """Forgets everything."""
        self._model, self._structure = None, None
        self._texts, self._cache = [], None

    def begin(self, model, request, buckets):
        """Where a call starts.

        Args:
            model: A `CausalLM`.
            request: The `Request` of the call.
            buckets: The `Buckets` of shapes that programs are compiled for.

        Returns:
            cache: The cache, with room for the call.
            positions: [rows, new] int32: of the last tokens of the prompts, -1 for
                those that the cache holds already.
        """
        prompt, positions = request.arguments["prompt"], request.arguments["positions"]
        known = self._count_known(model, request)
        starts = request.arguments["start"]
        new = [prompt.shape[1] - s - k for s, k in zip(starts, known)]
        length = min(buckets.round_up("prompt", max(new)), prompt.shape[1])
        slot = np.arange(prompt.shape[1])
        unread = slot >= (starts + known)[:, None]
        unread_positions = np.where(unread, positions, -1)[:, -length:]
        if self._cache is None:
            capacity = buckets.round_up("prompt", length + request.room)
            return model.empty_cache(len(prompt), capacity), unread_positions
        first = np.take_along_axis(positions, (starts + known)[:, None], axis=1)
        seen = ops.convert_to_numpy(self._cache.positions)
        seen = np.where(seen >= first, -1, seen)
        index = int(np.max(np.where(seen >= 0, np.arange(seen.shape[1]) + 1, 0)))
        cache = self._cache._replace(
            positions=ops.convert_to_tensor(seen.astype("int32")),
            index=ops.convert_to_tensor(np.int32(index)),
        )
        needed = index + length + request.room
        if needed > seen.shape[1]:
            cache = cache.grown(buckets.round_up("prompt", needed))
        return cache, unread_positions

    def end(self, model, request, tokens, length, cache):
        """Keeps what a call has read: all but the last token that it wrote."""
        self._model, self._structure = weakref.ref(model), structure_of(model)
        width = request.arguments["prompt"].shape[1]
        self._texts = [
            row[start : width + max(count - 1, 0)]
            for row, start, count in zip(tokens, request.arguments["start"], length)
        ]
        self._cache = cache

    def _count_known(self, model, request):
        """[rows]: how many tokens of each prompt were read before; never all."""
        prompt, starts = request.arguments["prompt"], request.arguments["start"]
        fits = (
            self._model is not None
            and self._model() is model
            and self._structure == structure_of(model)
            and len(self._texts) == len(prompt)
        )
        if not fits:
            self.clear()
            return np.zeros(len(prompt), int)
        known = []
        for row, start, text in zip(prompt, starts, self._texts):
            most = min(len(row) - start - 1, len(text))
            same = row[start : start + most] == text[:most]
            known.append(most if same.all() else int(np.argmin(same)))
        return np.array(known)
