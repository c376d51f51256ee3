"""Beam search as published generation settings mean it, beside `beam_search`.

What differs: a text's score is its log-probability divided by length ** penalty; a text
that ends counts only if it is among the best `beams` continuations of the step; and
processors edit log-probabilities, which are not normalised again.
"""

from typing import Any, NamedTuple

import keras
from keras import ops

from transformer_tf.generation import beam_search as plain
from transformer_tf.generation.history import History
from transformer_tf.generation.processors import FORBIDDEN


class Search(NamedTuple):
    """Where the search stands.

    Attributes:
        beams: The `Beams`: alive texts, and finished ones.
        closed: [batch] booleans: rows whose finished texts are the result.
    """

    beams: Any
    closed: Any


def published_beam_search(
    step, cache, prompt, positions, start, filler, rules, search, slots, penalty, count
):
    """Searches as transformers does, for the texts that its users measured.

    Args:
        step, cache, prompt, positions, start, filler, rules, slots: As in
            `beam_search`.
        search: The `PublishedBeamSearch`.
        penalty: A scalar float32, the exponent of the length.
        count: Number of continuations of all beams that each step considers.

    Returns:
        As `beam_search`.
    """
    batch, length = prompt.shape
    beams = search.beams
    prompt, positions, start = (
        ops.repeat(x, beams, axis=0) for x in (prompt, positions, start)
    )
    shift = positions[:, -1] - (length - 1)  # a later token's position less its slot
    logits, cache = step(prompt, positions, cache, 1, padding_mask=positions >= 0)
    first = plain.first_beams(cache, prompt, start, filler, beams, slots)
    found = Search(first, filler)
    found = _extend(found, logits[:, 0], length, 1, rules, search, penalty, count)

    def goes_on(written, found):
        open_ = ops.logical_not(ops.all(found.closed))
        return (written < rules.limit) & open_

    def body(written, found):
        end = length + written
        token = ops.slice(found.beams.tokens, (0, end - 1), (batch * beams, 1))
        position = (end - 1 + shift)[:, None]
        logits, cache = step(token, position, found.beams.cache, 1)
        found = found._replace(beams=found.beams._replace(cache=cache))
        found = _extend(
            found, logits[:, 0], end, written + 1, rules, search, penalty, count
        )
        return written + 1, found

    _, found = ops.while_loop(goes_on, body, (ops.ones((), "int32"), found))
    results, last = search.num_results, found.beams
    return (
        last.finished_tokens[:, :results],
        last.finished_length[:, :results],
        last.finished_score[:, :results],
    )


def _extend(found, logits, end, written, rules, search, penalty, count):
    """Every alive text by every token; the best `count` end, go on or are dropped."""
    beams = found.beams
    batch, width = beams.score.shape
    vocabulary = logits.shape[-1]
    ends = ops.zeros((batch * width,), "int32") + end
    new = ops.zeros((batch * width,), "int32") + (written - 1)
    no_text = ops.reshape(beams.score, (-1,)) < FORBIDDEN / 2
    history = History(beams.tokens, beams.start, ends, new, rules.limit, no_text)
    scores = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
    scores = ops.reshape(beams.score, (-1, 1)) + rules.process(scores, history)
    scores = ops.reshape(ops.maximum(scores, FORBIDDEN), (batch, -1))
    best, choice = ops.top_k(scores, min(count, width * vocabulary))
    parent, token = plain.parent_and_token(choice, vocabulary, width)
    state = rules.next_state(ops.take(beams.state, parent), token)
    over = rules.has_ended(state) | (written >= rules.limit)
    over = ops.reshape(over, best.shape)

    # What ends counts if it is among the best, and if the row is still open.
    counts = over & (ops.arange(best.shape[1])[None] < width)
    counts = counts & ops.logical_not(found.closed)[:, None]
    tokens = ops.reshape(plain.longer(beams, parent, end, token), (*best.shape, -1))
    ended = plain.keep_best(
        width,
        [beams.finished_tokens, tokens],
        [beams.finished_length, ops.zeros(best.shape, "int32") + written],
        [
            beams.finished_score,
            _penalise(ops.where(counts, best, FORBIDDEN), written, penalty),
        ],
    )
    score, place = ops.top_k(ops.where(over, FORBIDDEN, best), width)

    def of_the_best(x):
        rows = ops.reshape(x, (*best.shape, *x.shape[1:]))
        index = ops.reshape(place, (*place.shape, *(1,) * (len(rows.shape) - 2)))
        rows = ops.take_along_axis(rows, index, axis=1)
        return ops.reshape(rows, (batch * width, *x.shape[1:]))

    parent = of_the_best(parent)
    beams = beams._replace(
        tokens=plain.longer(beams, parent, end, of_the_best(token)),
        state=of_the_best(state),
        score=score,
        cache=keras.tree.map_structure(lambda x: plain.reorder(x, parent), beams.cache),
        finished_tokens=ended[0],
        finished_length=ended[1],
        finished_score=ended[2],
    )
    closed = _is_closed(beams, written, rules.limit, search.early_stopping, penalty)
    return Search(beams, found.closed | closed)


def _penalise(score, length, penalty):
    """Scores of texts; what is no text stays below every text."""
    divided = score / ops.power(ops.cast(length, "float32"), penalty)
    return ops.where(score < FORBIDDEN / 2, FORBIDDEN, divided)


def _is_closed(beams, written, limit, early_stopping, penalty):
    """[batch] booleans: rows that look no further."""
    worst = beams.finished_score[:, -1]  # FORBIDDEN until as many have finished
    none_alive = beams.score[:, 0] < FORBIDDEN / 2
    if early_stopping is True:
        return none_alive | (worst > FORBIDDEN / 2)
    length = ops.zeros((), "int32") + written
    if early_stopping == "never":
        length = ops.where(penalty > 0, limit, length)
    return none_alive | (_penalise(beams.score[:, 0], length, penalty) <= worst)
