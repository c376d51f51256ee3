"""The plain decoding loop: one token per step, greedy or sampled."""

from typing import Any, NamedTuple

from keras import ops

from transformer_tf.generation.history import History
from transformer_tf.generation.noise import gumbel_noise


class DecodingState(NamedTuple):
    """Where decoding stands.

    Attributes:
        tokens: [rows, slots] int32: the prompts, flush right, then what is generated.
        start: [rows] int32: the slot of each prompt's first token.
        shift: [rows] int32: a generated token's position less its slot.
        length: [rows] int32: how many tokens each row has generated.
        state: [rows] int32: the state of the stopping automaton.
        finished: [rows] booleans.
        cache: What the model's step carries along.
        log_probability: [rows, slots] float32: of each generated token, by the
            processed logits; () where it is not wanted.
    """

    tokens: Any
    start: Any
    shift: Any
    length: Any
    state: Any
    finished: Any
    cache: Any
    log_probability: Any = ()


def read(
    step,
    cache,
    prompt,
    positions,
    start,
    filler,
    rules,
    slots,
    seed=None,
    scored=False,
):
    """Reads the prompts in one pass and writes the first token.

    Args:
        step: The model: (tokens [rows, n], positions [rows, n], cache, keep,
            padding_mask) -> logits [rows, keep, vocabulary] of the last `keep` tokens,
            and the new cache. Positions are -1 for padding.
        cache: The cache before the first step.
        prompt: [rows, length] int32, flush right.
        positions: [rows, new] int32: of the last `new` tokens of the prompts, all of
            them unless the cache holds some; -1 for padding and for what it holds.
        start: [rows] int32: the first slot of each prompt.
        filler: [rows] booleans: rows that only fill the bucket.
        rules: The `DecodingRules` of the call.
        slots: Prompt length plus room for the generated tokens.
        seed: A scalar int32 to sample with; None takes the likeliest id.
        scored: Whether log-probabilities are wanted.

    Returns:
        A `DecodingState` with one token generated.
    """
    rows, length = prompt.shape
    new = positions.shape[1]
    logits, cache = step(
        prompt[:, -new:], positions, cache, 1, padding_mask=positions >= 0
    )
    text = DecodingState(
        tokens=ops.pad(prompt, ((0, 0), (0, slots - length))),
        start=start,
        shift=positions[:, -1] - (length - 1),
        length=ops.zeros((rows,), "int32"),
        state=ops.zeros((rows,), "int32"),
        finished=filler,
        cache=cache,
        log_probability=ops.zeros((rows, slots), "float32") if scored else (),
    )
    return _write(text, logits[:, 0], length, rules, seed)


def advance(step, text, prompt_length, until, rules, seed=None):
    """Writes tokens until `until` of them stand, or every row has ended.

    Args:
        step, rules, seed: As in `read`.
        text: The `DecodingState` that `read` or `advance` gave.
        prompt_length: The slots that prompts take.
        until: A scalar int32: how many tokens shall have been generated.

    Returns:
        The `DecodingState` with more tokens.
    """
    written = ops.max(ops.where(text.finished, 0, text.length))

    def goes_on(written, text):
        return (written < until) & ops.logical_not(ops.all(text.finished))

    def body(written, text):
        rows = text.tokens.shape[0]
        end = prompt_length + written  # every unfinished row stands at the same slot
        token = ops.slice(text.tokens, (0, end - 1), (rows, 1))
        # What follows the end of a text is not to be seen by a later call.
        positions = ops.where(text.finished, -1, end - 1 + text.shift)[:, None]
        logits, cache = step(token, positions, text.cache, 1)
        text = text._replace(cache=cache)
        return written + 1, _write(text, logits[:, 0], end, rules, seed)

    return ops.while_loop(goes_on, body, (written, text))[1]


def likeliest(scores):
    """[rows, vocabulary] -> [rows] int32: the first id with the highest score.

    That is `argmax` in two steps, each of which XLA spreads over vector registers.
    """
    ids = ops.arange(scores.shape[-1], dtype="int32")
    highest = ops.max(scores, axis=-1, keepdims=True)
    return ops.min(ops.where(scores == highest, ids, ids[-1]), axis=-1)


def _write(text, logits, end, rules, seed):
    """Chooses the token of slot `end` in every row that has not ended."""
    rows = text.tokens.shape[0]
    ends = ops.zeros((rows,), "int32") + end
    history = History(
        text.tokens, text.start, ends, text.length, rules.limit, text.finished
    )
    scores = rules.process(logits, history)
    known = scores
    if seed is not None:
        scores = scores + gumbel_noise(seed, text.length, *scores.shape)
    token = ops.where(text.finished, rules.padding_id, likeliest(scores))
    if not isinstance(text.log_probability, tuple):
        known = ops.log_softmax(known, axis=-1)
        text = text._replace(
            log_probability=ops.slice_update(
                text.log_probability,
                (0, end),
                ops.take_along_axis(known, token[:, None], axis=-1),
            )
        )
    state = rules.next_state(text.state, token)
    return text._replace(
        tokens=ops.slice_update(text.tokens, (0, end), token[:, None]),
        length=text.length + ops.cast(ops.logical_not(text.finished), "int32"),
        state=ops.where(text.finished, text.state, state),
        finished=text.finished | rules.has_ended(state),
    )
