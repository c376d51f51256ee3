"""Contrastive search: likely tokens that do not repeat what the text says already."""

from typing import Any, NamedTuple

import keras
from keras import ops

from transformer_tf.generation.beam_search import reorder
from transformer_tf.generation.history import History


class Candidates(NamedTuple):
    """Where the search stands; each row has `count` candidates for its next token.

    Attributes:
        tokens: [rows, slots] int32: the prompts, flush right, then what is generated.
        start: [rows] int32: the slot of each prompt's first token.
        length: [rows] int32: how many tokens each row has generated.
        state: [rows] int32: the state of the stopping automaton.
        finished: [rows] booleans.
        cache: What the model's step carries along, for rows * count texts: those of one
            row are equal.
        directions: [rows, slots, dim] float32: the hidden state of every token read,
            scaled to length 1; zeros elsewhere.
        token: [rows, count] int32: the likeliest next tokens.
        probability: [rows, count] float32: theirs.
    """

    tokens: Any
    start: Any
    length: Any
    state: Any
    finished: Any
    cache: Any
    directions: Any
    token: Any
    probability: Any


def contrastive_search(step, cache, arguments, rules, count, slots):
    """Writes tokens until the limit, or until every row has ended.

    Args:
        step: The model: (tokens, positions, cache, keep, padding_mask) -> logits of the
            last `keep` tokens, hidden states of all of them, and the new cache, for
            rows * count texts.
        cache: The cache before the first step.
        arguments: `prompt`, `positions`, `start` and `filler` as in `one_by_one.read`;
            `alpha`, a scalar float32.
        rules: The `DecodingRules` of the call.
        count: Number of candidates for each token.
        slots: Prompt length plus room for the generated tokens.

    Returns:
        tokens: [rows, slots] int32.
        length: [rows] int32: generated tokens, the stop token included.

    Source: https://arxiv.org/abs/2202.06417, section 4.
    """
    prompt, positions = arguments["prompt"], arguments["positions"]
    rows, length = prompt.shape
    shift = positions[:, -1] - (length - 1)  # from a slot to its position
    repeated = ops.repeat(positions, count, axis=0)
    logits, states, cache = step(
        ops.repeat(prompt, count, axis=0),
        repeated,
        cache,
        1,
        padding_mask=repeated >= 0,
    )
    directions = _direction(states[::count])
    directions = ops.where((positions >= 0)[:, :, None], directions, 0.0)
    text = Candidates(
        tokens=ops.pad(prompt, ((0, 0), (0, slots - length))),
        start=arguments["start"],
        length=ops.zeros((rows,), "int32"),
        state=ops.zeros((rows,), "int32"),
        finished=arguments["filler"],
        cache=cache,
        directions=ops.pad(directions, ((0, 0), (0, slots - length), (0, 0))),
        token=None,
        probability=None,
    )
    text = _propose(text, logits[::count, 0], length, rules, count)

    def goes_on(written, text):
        return (written < rules.limit) & ops.logical_not(ops.all(text.finished))

    def body(written, text):
        end = length + written
        logits, states, cache = step(
            ops.reshape(text.token, (-1, 1)),
            ops.repeat(end + shift, count)[:, None],
            text.cache,
            1,
            padding_mask=ops.ones((rows * count, 1), "bool"),
        )
        direction = ops.reshape(_direction(states), (rows, count, -1))
        choice = _best(text, direction, end, arguments["alpha"])
        text = _write(text, choice, direction, end, rules)
        parent = ops.arange(rows, dtype="int32") * count + choice
        parents = ops.repeat(parent, count)
        text = text._replace(
            cache=keras.tree.map_structure(lambda x: reorder(x, parents), cache)
        )
        logits = ops.take(logits[:, 0], parent, axis=0)
        return written + 1, _propose(text, logits, end + 1, rules, count)

    zero = ops.zeros((), "int32")
    text = ops.while_loop(goes_on, body, (zero, text))[1]
    return text.tokens, text.length


def _direction(states):
    """Hidden states, scaled to length 1: products of two are cosines."""
    states = ops.cast(states, "float32")
    return states / ops.maximum(ops.norm(states, axis=-1, keepdims=True), 1e-12)


def _propose(text, logits, end, rules, count):
    """The likeliest tokens for slot `end`, by the processed logits."""
    ends = ops.zeros((text.tokens.shape[0],), "int32") + end
    history = History(
        text.tokens, text.start, ends, text.length, rules.limit, text.finished
    )
    probability = ops.softmax(rules.process(logits, history), axis=-1)
    probability, token = ops.top_k(probability, count)
    return text._replace(token=ops.cast(token, "int32"), probability=probability)


def _best(text, direction, end, alpha):
    """[rows]: the candidate that is likely and unlike everything before it."""
    slot = ops.arange(text.tokens.shape[1], dtype="int32")[None]
    written = (slot >= text.start[:, None]) & (slot < end)
    # [rows, count, dim] x [rows, slots, dim] -> [rows, count, slots]
    cosine = ops.matmul(direction, ops.swapaxes(text.directions, -1, -2))
    closest = ops.max(ops.where(written[:, None], cosine, -1.0), axis=-1)
    score = (1 - alpha) * text.probability - alpha * closest
    return ops.cast(ops.argmax(score, axis=-1), "int32")


def _write(text, choice, direction, end, rules):
    """The chosen candidates in slot `end`, with their directions."""
    token = ops.take_along_axis(text.token, choice[:, None], axis=1)[:, 0]
    token = ops.where(text.finished, rules.padding_id, token)
    chosen = ops.take_along_axis(direction, choice[:, None, None], axis=1)
    state = rules.next_state(text.state, token)
    return text._replace(
        tokens=ops.slice_update(text.tokens, (0, end), token[:, None]),
        length=text.length + ops.cast(ops.logical_not(text.finished), "int32"),
        state=ops.where(text.finished, text.state, state),
        finished=text.finished | rules.has_ended(state),
        directions=ops.slice_update(text.directions, (0, end, 0), chosen),
    )
