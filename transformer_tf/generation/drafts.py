"""Drafting: greedy tokens, several per step, whoever proposes them."""

from keras import ops

from transformer_tf.generation.history import History
from transformer_tf.generation.one_by_one import likeliest


def advance_by_drafts(step, text, prompt_length, rules, drafter):
    """Writes greedy tokens until the limit, or until every row has ended.

    Rows accept different numbers of drafted tokens. A step fills the same slots of the
    cache in every row; what a row did not accept loses its position, so that no query
    sees it, and the next step writes behind the longest row.

    Args:
        step: The model, as in `one_by_one.read`.
        text: The `DecodingState` that `read` gave; it has room for `drafter.draft`
            tokens more than the limit, and its cache for `cache_slots` tokens.
        prompt_length: The slots that prompts take.
        rules: The `DecodingRules` of the call.
        drafter: What proposes tokens: `draft`, how many; `start()`, a tree of tensors
            that it carries along; `propose(text, end, state)`, the tokens [rows, slots]
            with each row's draft written at `end`, and the state; and `accept(state,
            accepted, grown)`, the state once [rows] tokens were accepted.

    Returns:
        text: The finished `DecodingState`.
        steps: A scalar int32: how often the model was run.
    """
    rows = text.tokens.shape[0]
    width = drafter.draft + 1

    def goes_on(steps, used, text, state):
        return ops.logical_not(ops.all(_is_over(text, rules)))

    def body(steps, used, text, state):
        end = prompt_length + text.length  # [rows]
        tokens, state = drafter.propose(text, end, state)
        offset = ops.arange(width, dtype="int32")[None]
        # The last token, whose logits are not known yet, and the draft after it.
        read = ops.take_along_axis(tokens, end[:, None] - 1 + offset, axis=1)
        positions = end[:, None] - 1 + text.shift[:, None] + offset
        # A draft may reach past the limit; there it is never accepted.
        last = prompt_length + text.shift + rules.limit - 1
        positions = ops.minimum(positions, last[:, None])
        logits, cache = step(read, positions, text.cache, width)
        chosen = _greedy(logits, tokens, text, end, rules)
        # Drafted token i stands where the tokens before it do and the model agrees.
        agrees = ops.cast(chosen[:, :-1] == read[:, 1:], "int32")
        accepted = ops.sum(ops.cumprod(agrees, axis=1), axis=1) + 1
        if rows > 1:
            accepted = ops.minimum(accepted, _spare(used, text, rules))
        before = text.length
        text = _write(text, chosen, accepted, end, rules)
        grown = ops.max(text.length - before)
        cache = forget(cache, offset < accepted[:, None], width, grown)
        state = drafter.accept(state, accepted, grown)
        return steps + 1, used + grown, text._replace(cache=cache), state

    zero = ops.zeros((), "int32")
    start = zero, zero, text, drafter.start()
    steps, _, text, _ = ops.while_loop(goes_on, body, start)
    return text, steps + 1


def cache_slots(rows, prompt_length, new_tokens, draft):
    """How many slots the cache needs: rows that disagree leave gaps in each other."""
    share = 1 if rows == 1 else 2
    return prompt_length + share * new_tokens + draft + 1


def _is_over(text, rules):
    return text.finished | (text.length >= rules.limit)


def _spare(used, text, rules):
    """How many slots this step may fill and leave one for each step still to come."""
    behind = ops.min(ops.where(_is_over(text, rules), rules.limit, text.length))
    return 2 * rules.limit - used - (rules.limit - behind)


def _greedy(logits, tokens, text, end, rules):
    """[rows, width]: the token that greedy choice writes at `end` and after it."""
    chosen = []
    for offset in range(logits.shape[1]):
        history = History(
            tokens,
            text.start,
            end + offset,
            text.length + offset,
            rules.limit,
            text.finished,
        )
        scores = rules.process(logits[:, offset], history)
        chosen.append(likeliest(scores))
    return ops.stack(chosen, axis=1)


def _write(text, chosen, accepted, end, rules):
    """Appends the accepted tokens, as far as neither a stop nor the limit cuts them."""
    tokens, length, state, finished = (
        text.tokens,
        text.length,
        text.state,
        text.finished,
    )
    slot = ops.arange(tokens.shape[1], dtype="int32")[None]
    for offset in range(chosen.shape[1]):
        writes = (
            (offset < accepted)
            & ops.logical_not(finished)
            & (text.length + offset < rules.limit)
        )
        token = chosen[:, offset]
        here = writes[:, None] & (slot == (end + offset)[:, None])
        tokens = ops.where(here, token[:, None], tokens)
        length = length + ops.cast(writes, "int32")
        state = ops.where(writes, rules.next_state(state, token), state)
        finished = finished | (writes & rules.has_ended(state))
    return text._replace(tokens=tokens, length=length, state=state, finished=finished)


def forget(cache, kept, width, grown):
    """Takes back `width` slots but `grown`, and hides what a row did not accept.

    A cache without `positions` and `index` is left as it is: such a model remembers
    nothing that could be wrong.
    """
    if not hasattr(cache, "positions"):
        return cache
    first = cache.index - width
    written = ops.slice(cache.positions, (0, first), (kept.shape[0], width))
    hidden = ops.where(kept, written, -1)
    positions = ops.slice_update(cache.positions, (0, first), hidden)
    return cache._replace(positions=positions, index=first + grown)
