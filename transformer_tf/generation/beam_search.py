"""Beam search with a finished set: texts that have ended are never extended."""

from typing import Any, NamedTuple

import keras
from keras import ops

from transformer_tf.generation.history import History
from transformer_tf.generation.processors import FORBIDDEN


class Beams(NamedTuple):
    """Where the search stands; `alive` texts go on, `finished` ones have ended.

    Attributes:
        tokens: [batch * beams, slots] int32: the alive texts, prompts included.
        start: [batch * beams] int32: the slot of each prompt's first token.
        state: [batch * beams] int32: states of the stopping automaton.
        score: [batch, beams] float32: log-probabilities of the alive texts.
        cache: What the model's step carries along.
        finished_tokens: [batch, beams, slots] int32.
        finished_score: [batch, beams] float32: penalised scores; `FORBIDDEN` where
            nothing has finished yet.
        finished_length: [batch, beams] int32: generated tokens.
    """

    tokens: Any
    start: Any
    state: Any
    score: Any
    cache: Any
    finished_tokens: Any
    finished_score: Any
    finished_length: Any


def beam_search(
    step, cache, prompt, positions, start, filler, rules, search, slots, alpha
):
    """Searches for the texts with the best penalised log-probability.

    Args:
        step: The model, as in `one_by_one.read`; rows = batch * beams.
        cache: The cache before the first step.
        prompt: [batch, length] int32, flush right.
        positions: [batch, length] int32, -1 for padding.
        start: [batch] int32: the first slot of each prompt.
        filler: [batch] booleans: rows that only fill the bucket.
        rules: The `DecodingRules` of the call. Processors edit the logits, and the
            softmax of what they leave is the probability of a token.
        search: The `BeamSearch`.
        slots: Prompt length plus room for the generated tokens.
        alpha: A scalar float32, the exponent of the length penalty.

    Returns:
        tokens: [batch, results, slots] int32, the best text first.
        length: [batch, results] int32: generated tokens, the stop token included.
        score: [batch, results] float32, penalised; `FORBIDDEN` where there is no text.
    """
    batch, length = prompt.shape
    beams, results = search.beams, search.num_results
    prompt, positions, start = (
        ops.repeat(x, beams, axis=0) for x in (prompt, positions, start)
    )
    shift = positions[:, -1] - (length - 1)  # a later token's position less its slot
    logits, cache = step(prompt, positions, cache, 1, padding_mask=positions >= 0)
    state = first_beams(cache, prompt, start, filler, beams, slots)
    state = _extend(state, logits[:, 0], length, 1, rules, alpha)

    def goes_on(written, state):
        decided = _is_decided(state, results, rules.limit, alpha)
        return (written < rules.limit) & ops.logical_not(ops.all(decided))

    def body(written, state):
        end = length + written
        token = ops.slice(state.tokens, (0, end - 1), (batch * beams, 1))
        positions = (end - 1 + shift)[:, None]
        logits, cache = step(token, positions, state.cache, 1)
        state = state._replace(cache=cache)
        state = _extend(state, logits[:, 0], end, written + 1, rules, alpha)
        return written + 1, state

    one = ops.ones((), "int32")
    written, state = ops.while_loop(goes_on, body, (one, state))
    return _ranking(state, written, results, alpha)


def penalty(length, alpha):
    """What a log-probability is divided by: ((5 + length) / 6) ** alpha."""
    return ops.power((5.0 + ops.cast(length, "float32")) / 6.0, alpha)


def first_beams(cache, prompt, start, filler, beams, slots):
    """Before the first token all beams are one text, so only the first one counts."""
    rows, length = prompt.shape
    batch = rows // beams
    score = ops.where(filler, FORBIDDEN, ops.zeros((batch,), "float32"))
    none = ops.full((batch, beams - 1), FORBIDDEN, "float32")
    return Beams(
        tokens=ops.pad(prompt, ((0, 0), (0, slots - length))),
        start=start,
        state=ops.zeros((rows,), "int32"),
        score=ops.concatenate([score[:, None], none], axis=1),
        cache=cache,
        finished_tokens=ops.zeros((batch, beams, slots), "int32"),
        finished_score=ops.full((batch, beams), FORBIDDEN, "float32"),
        finished_length=ops.zeros((batch, beams), "int32"),
    )


def _extend(beams, logits, end, written, rules, alpha):
    """Every alive text by every token; the best that end, the best that go on."""
    batch, width = beams.score.shape
    vocabulary = logits.shape[-1]
    ends = ops.zeros((batch * width,), "int32") + end
    count = ops.zeros((batch * width,), "int32") + (written - 1)
    is_no_text = ops.reshape(beams.score, (-1,)) < FORBIDDEN / 2
    history = History(beams.tokens, beams.start, ends, count, rules.limit, is_no_text)
    scores = ops.log_softmax(rules.process(logits, history), axis=-1)
    scores = ops.reshape(beams.score, (-1, 1)) + scores
    scores = _flat(ops.maximum(scores, FORBIDDEN), batch)
    next_state = ops.take(rules.stops, beams.state, axis=0)
    ends_here = _flat(rules.has_ended(next_state), batch)

    ended, choice = ops.top_k(ops.where(ends_here, scores, FORBIDDEN), width)
    parent, token = parent_and_token(choice, vocabulary, width)
    beams = _finish(beams, ended, longer(beams, parent, end, token), written, alpha)
    score, choice = ops.top_k(ops.where(ends_here, FORBIDDEN, scores), width)
    parent, token = parent_and_token(choice, vocabulary, width)
    return beams._replace(
        tokens=longer(beams, parent, end, token),
        state=rules.next_state(ops.take(beams.state, parent), token),
        score=score,
        cache=keras.tree.map_structure(lambda x: reorder(x, parent), beams.cache),
    )


def _flat(candidates, batch):
    """[batch * beams, vocabulary] -> [batch, beams * vocabulary]"""
    return ops.reshape(candidates, (batch, -1))


def parent_and_token(choice, vocabulary, width):
    """[batch, n] places among width * vocabulary -> two of [batch * n]"""
    batch = choice.shape[0]
    choice = ops.cast(choice, "int32")
    first = width * ops.arange(batch, dtype="int32")[:, None]
    parent = ops.reshape(first + choice // vocabulary, (-1,))
    return parent, ops.reshape(choice % vocabulary, (-1,))


def longer(beams, parent, end, token):
    """[batch * beams, slots]: the parents' texts, each with its token in slot `end`."""
    tokens = ops.take(beams.tokens, parent, axis=0)
    return ops.slice_update(tokens, (0, end), token[:, None])


def reorder(leaf, parent):
    """Each row of the cache follows its text; scalars belong to all rows.

    The first axis of a leaf is rows, or rows * heads.
    """
    shape = tuple(leaf.shape)
    if not shape:
        return leaf
    by_row = ops.reshape(leaf, (parent.shape[0], -1, *shape[1:]))
    return ops.reshape(ops.take(by_row, parent, axis=0), shape)


def _finish(beams, score, tokens, written, alpha):
    """The best of the finished texts and of those that have just ended."""
    batch, width = score.shape
    tokens, length, score = keep_best(
        width,
        [beams.finished_tokens, ops.reshape(tokens, (batch, width, -1))],
        [beams.finished_length, ops.zeros((batch, width), "int32") + written],
        [beams.finished_score, _penalise(score, written, alpha)],
    )
    return beams._replace(
        finished_tokens=tokens, finished_length=length, finished_score=score
    )


def _penalise(score, length, alpha):
    """Scores of texts; what is no text stays below every text."""
    none = score < FORBIDDEN / 2
    return ops.where(none, FORBIDDEN, score / penalty(length, alpha))


def keep_best(count, tokens, length, score):
    """The `count` best of two rankings, each axis given as a pair of them."""
    tokens, length, score = (
        ops.concatenate(pair, axis=1) for pair in (tokens, length, score)
    )
    score, place = ops.top_k(score, count)
    return (
        ops.take_along_axis(tokens, place[:, :, None], axis=1),
        ops.take_along_axis(length, place, axis=1),
        score,
    )


def _is_decided(beams, results, limit, alpha):
    """[batch] booleans: no alive text can still enter the results.

    Log-probabilities only fall, and no penalty is larger than that of the limit: what
    the best alive text has now, so divided, is the best that any may reach.
    """
    best = beams.score[:, 0]
    hope = best / penalty(limit, alpha)
    return (beams.finished_score[:, results - 1] >= hope) | (best < FORBIDDEN / 2)


def _ranking(beams, written, results, alpha):
    """Finished texts, and at the limit the alive ones as they stand."""
    batch, width = beams.score.shape
    return keep_best(
        results,
        [beams.finished_tokens, ops.reshape(beams.tokens, (batch, width, -1))],
        [beams.finished_length, ops.zeros((batch, width), "int32") + written],
        [beams.finished_score, _penalise(beams.score, written, alpha)],
    )
