"""The programs that are compiled: what happens between arguments and tokens.

A model that generates has `prepare(source, source_mask, copies)`, what stays the same
in every step; `empty_cache(rows, capacity)`; and `step(tokens, positions, cache, keep,
prepared)`, which returns the logits of the last `keep` tokens and the new cache.
"""

import functools

from keras import ops

from transformer_tf.generation import one_by_one
from transformer_tf.generation.beam_search import beam_search
from transformer_tf.generation.contrastive_search import contrastive_search
from transformer_tf.generation.draft_model import ModelDrafter
from transformer_tf.generation.drafts import advance_by_drafts, cache_slots
from transformer_tf.generation.prompt_lookup import LookupDrafter
from transformer_tf.generation.published_beam_search import published_beam_search
from transformer_tf.generation.strategies import (
    DraftModel,
    PromptLookup,
    PublishedBeamSearch,
)


def continue_text(request, strategy, scored=False):
    """Greedy choice, sampling or prompt lookup: (tokens, length), and log-probabilities
    where they are wanted."""

    def program(model, arguments):
        drafts = isinstance(strategy, (PromptLookup, DraftModel))
        draft = strategy.draft if drafts else 0
        prepared, text = _first(model, arguments, request, draft, scored)
        rules = request.rules(arguments)
        step = functools.partial(model.step, prepared=prepared)
        length = arguments["prompt"].shape[1]
        if drafts:
            if isinstance(strategy, PromptLookup):
                drafter: LookupDrafter | ModelDrafter = LookupDrafter(strategy)
            else:
                drafter = ModelDrafter(strategy, arguments, request.room)
            text, _ = advance_by_drafts(step, text, length, rules, drafter)
        else:
            text = one_by_one.advance(
                step, text, length, rules.limit, rules, arguments.get("seed")
            )
        found = text.tokens, text.length
        return (*found, text.log_probability) if scored else found

    return program


def resume_text(request):
    """Greedy choice or sampling with a cache that outlives it: (tokens, length, cache).

    The arguments `cache` and `unread` are those of `PromptCache.begin`.
    """

    def program(model, arguments):
        prompt, rules = arguments["prompt"], request.rules(arguments)
        length, seed = prompt.shape[1], arguments.get("seed")
        step = functools.partial(model.step, prepared=model.prepare())
        text = one_by_one.read(
            step,
            arguments["cache"],
            prompt,
            arguments["unread"],
            arguments["start"],
            arguments["filler"],
            rules,
            length + request.room,
            seed,
        )
        text = one_by_one.advance(step, text, length, rules.limit, rules, seed)
        return text.tokens, text.length, text.cache

    return program


def read_prompt(request):
    """The first half of streaming: (prepared, text with one token)."""

    def program(model, arguments):
        return _first(model, arguments, request)

    return program


def write_token(request):
    """The second half of streaming: the text with one token more."""

    def program(model, arguments):
        text = arguments["text"]
        step = functools.partial(model.step, prepared=arguments["prepared"])
        length = arguments["prompt"].shape[1]
        rules = request.rules(arguments)
        until = ops.max(text.length) + 1
        return one_by_one.advance(
            step, text, length, until, rules, arguments.get("seed")
        )

    return program


def search_beams(request, strategy):
    """Beam search: (tokens, length, score), each with an axis of results."""

    def program(model, arguments):
        prompt = arguments["prompt"]
        slots = prompt.shape[1] + request.room
        rows = prompt.shape[0] * strategy.beams
        prepared = _prepare(model, arguments, strategy.beams)
        published = isinstance(strategy, PublishedBeamSearch)
        search = published_beam_search if published else beam_search
        more = (strategy.candidates(request.stop_count),) if published else ()
        return search(
            functools.partial(model.step, prepared=prepared),
            model.empty_cache(rows, slots),
            prompt,
            arguments["positions"],
            arguments["start"],
            arguments["filler"],
            request.rules(arguments),
            strategy,
            slots,
            arguments["alpha"],
            *more,
        )

    return program


def search_contrasts(request, strategy):
    """Contrastive search: (tokens, length)."""

    def program(model, arguments):
        if not hasattr(model, "step_with_states"):
            raise TypeError(
                "contrastive search compares hidden states, which "
                f"{type(model).__name__} has no step_with_states for"
            )
        count = min(strategy.candidates, model.vocabulary_size)
        rows, length = arguments["prompt"].shape
        slots = length + request.room
        prepared = _prepare(model, arguments, count)
        return contrastive_search(
            functools.partial(model.step_with_states, prepared=prepared),
            model.empty_cache(rows * count, slots),
            arguments,
            request.rules(arguments),
            count,
            slots,
        )

    return program


def _first(model, arguments, request, draft=0, scored=False):
    """Reads the prompts: (prepared, text with one token)."""
    prompt = arguments["prompt"]
    rows, length = prompt.shape
    slots = capacity = length + request.room
    if draft:
        slots += draft + 1
        capacity = cache_slots(rows, length, request.room, draft)
    prepared = _prepare(model, arguments)
    text = one_by_one.read(
        functools.partial(model.step, prepared=prepared),
        model.empty_cache(rows, capacity),
        prompt,
        arguments["positions"],
        arguments["start"],
        arguments["filler"],
        request.rules(arguments),
        slots,
        arguments.get("seed"),
        scored,
    )
    return prepared, text


def _prepare(model, arguments, copies=1):
    return model.prepare(arguments.get("source"), arguments.get("source_mask"), copies)
