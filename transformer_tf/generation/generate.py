"""Generation: prompts in, continuations out, in one compiled program a bucket."""

from typing import Any

import numpy as np
from keras import ops

from transformer_tf.annotations import Tensor
from transformer_tf.generation import programs
from transformer_tf.generation.buckets import Buckets
from transformer_tf.generation.compiled import (
    build_once,
    programs_of,
    structure_of,
)
from transformer_tf.generation.processors import FORBIDDEN
from transformer_tf.generation.prompt_cache import PromptCache
from transformer_tf.generation.request import Request, check_length
from transformer_tf.generation.results import Continuation, Sample
from transformer_tf.generation.strategies import (
    BeamSearch,
    ContrastiveSearch,
    DraftModel,
    Greedy,
    PromptLookup,
    PublishedBeamSearch,
    Sampling,
)

BEAMS = BeamSearch, PublishedBeamSearch


def generate(
    model: Any,
    prompts: Any,
    max_new_tokens: int | None = None,
    strategy: Any = None,
    *,
    padding_mask: Tensor = None,
    processors: Any = None,
    stop_ids: Any = None,
    stop_strings: Any = (),
    start_ids: Any = None,
    tokenizer: Any = None,
    token_texts: Any = None,
    padding_id: int = 0,
    buckets: Any = None,
    cache: Any = None,
    jit_compile: bool = True,
    **unknown,
):
    """Continues each prompt.

    What is left out is as the model's `generation_config` says, where it has one (a
    model of `from_pretrained`): strategy, processors, stop ids, how many tokens.

    The first call for a bucket of shapes compiles a program: it reads the prompts in
    one pass and then writes token by token with a key/value cache, until the limit or
    until every row has ended. `trace_count(model)` tells how many there are.

    Args:
        model: A `CausalLM`, or a `Seq2SeqLM` whose encoder reads the prompts and whose
            decoder writes from its start token on.
        prompts: A list of lists of ids, or an array or tensor [batch, length] of ids.
        max_new_tokens: Maximum number of tokens to write.
        strategy: `Greedy()` (the default), `Sampling(seed)`, `PromptLookup(draft)`,
            `DraftModel(model)`, `ContrastiveSearch(candidates, alpha)`,
            `BeamSearch(beams)` or `PublishedBeamSearch(beams)`.
        padding_mask: [batch, length] booleans for rectangular prompts: False for
            padding, which may stand anywhere. When left out, what the config's
            `padding_id` tells.
        processors: Logits processors, applied in this order, such as
            `[Temperature(0.7), TopP(0.9)]`.
        stop_ids: Ids that end a text.
        stop_strings: Strings that end a text with the token that completes them; they
            need the tokenizer.
        start_ids: What the decoder of a `Seq2SeqLM` starts from, such as the id of a
            language; its own start when left out.
        tokenizer: A `Tokenizer` of `transformer_tf.text`, for `stop_strings`.
        token_texts: In place of the tokenizer: the text, or bytes, of every id.
        padding_id: What fills buckets; any id will do.
        buckets: The `Buckets` of shapes that programs are compiled for.
        cache: A `PromptCache` that keeps what was read for the next call, for a
            `CausalLM`, `Greedy` and `Sampling`.
        jit_compile: Compile with XLA; False runs the plain graph (TensorFlow only).

    Returns:
        A list with the new ids of each prompt: the prompt is not repeated, a stop id
        that was written is the last.

    Raises:
        ValueError: an empty prompt, ids outside the vocabulary, more tokens than the
            model has positions for, or an option that does not fit.
        TypeError: an argument of another kind than stated, or of another name;
            no `max_new_tokens` for a model without a `generation_config`.

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> prompt = model.tokenizer.encode("what is the temperature in the").ids
        >>> [written] = generate(model, [prompt], max_new_tokens=4)
        >>> model.tokenizer.decode(written)
        ' office to war'
    """
    options = {
        "padding_mask": padding_mask,
        "processors": processors,
        "stop_ids": stop_ids,
        "stop_strings": stop_strings,
        "start_ids": start_ids,
        "tokenizer": tokenizer,
        "token_texts": token_texts,
        "padding_id": padding_id,
        "buckets": buckets,
        **unknown,
    }
    strategy = choose_strategy(model, strategy)
    if cache is not None:
        return _resume(
            model, prompts, max_new_tokens, strategy, cache, jit_compile, options
        )
    if isinstance(strategy, BEAMS):
        found = generate_beams(
            model, prompts, max_new_tokens, strategy, jit_compile=jit_compile, **options
        )
        return [texts[0].ids for texts in found]
    strategy = check_strategy(
        strategy, Greedy, Sampling, PromptLookup, DraftModel, ContrastiveSearch
    )
    check_single(strategy)
    request = Request.of(model, prompts, max_new_tokens, strategy, **options)
    if isinstance(strategy, DraftModel):
        strategy.check_fits(model)
        longest = int(request.arguments["positions"].max()) + 1
        check_length(strategy.model, longest, int(request.arguments["limit"]))
    contrasts = isinstance(strategy, ContrastiveSearch)
    program = programs.search_contrasts if contrasts else programs.continue_text
    tokens, length = programs_of(model).run(
        ("continue", _static(strategy), request.trace_key()),
        program(request, strategy),
        _arguments(request, strategy),
        request.compiles(jit_compile),
    )
    return _texts(tokens, length, request)


def _resume(model, prompts, max_new_tokens, strategy, cache, jit_compile, options):
    """`generate` with a `PromptCache`."""
    if not isinstance(cache, PromptCache):
        raise TypeError(f"cache must be a PromptCache; got {type(cache).__name__}")
    strategy = check_strategy(strategy, Greedy, Sampling)
    request = Request.of(model, prompts, max_new_tokens, strategy, **options)
    keeps = hasattr(model.empty_cache(1, 1), "grown") and not model.config.prefix_lm
    if model.reads_source or not keeps:
        raise ValueError(
            "a PromptCache is for a CausalLM with its own call and no prefix: only "
            "there is all that was read before still valid"
        )
    kept, unread = cache.begin(model, request, options["buckets"] or Buckets())
    arguments = {**_arguments(request, strategy), "cache": kept, "unread": unread}
    tokens, length, kept = programs_of(model).run(
        ("resume", _static(strategy), request.trace_key()),
        programs.resume_text(request),
        arguments,
        request.compiles(jit_compile),
    )
    tokens, length = ops.convert_to_numpy(tokens), ops.convert_to_numpy(length)
    cache.end(model, request, tokens, length, kept)
    return _texts(tokens, length, request)


def generate_samples(
    model: Any,
    prompts: Any,
    max_new_tokens: int | None = None,
    strategy: Any = None,
    *,
    jit_compile: bool = True,
    **options,
):
    """Draws one or several texts for each prompt, with the probability of each token.

    Args:
        strategy: A `Sampling`, which says how many; or `Greedy()`, for the scores of
            the greedy text.
        Everything else: As in `generate`.

    Returns:
        For each prompt a list of `strategy.num_results` `Sample`s.

    Raises:
        ValueError, TypeError: As in `generate`.

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> prompt = model.tokenizer.encode("turn on the").ids
        >>> [found] = generate_samples(model, [prompt], 4, Sampling(1, num_results=2))
        >>> [model.tokenizer.decode(one.ids) for one in found]
        [' front door at', ' radio con nombre para']
    """
    strategy = choose_strategy(model, strategy, Sampling, Greedy)
    strategy = check_strategy(strategy, Sampling, Greedy)
    copies = getattr(strategy, "num_results", 1)
    request = Request.of(
        model, prompts, max_new_tokens, strategy, copies=copies, **options
    )
    tokens, length, scores = programs_of(model).run(
        ("sample", _static(strategy), request.trace_key()),
        programs.continue_text(request, strategy, scored=True),
        _arguments(request, strategy),
        request.compiles(jit_compile),
    )
    texts = _texts(tokens, length, request)
    scores = ops.convert_to_numpy(scores)[:, request.arguments["prompt"].shape[1] :]
    samples = [Sample(ids, row[: len(ids)].tolist()) for ids, row in zip(texts, scores)]
    return [samples[n : n + copies] for n in range(0, len(samples), copies)]


def generate_beams(
    model: Any,
    prompts: Any,
    max_new_tokens: int | None = None,
    strategy: Any = None,
    *,
    jit_compile: bool = True,
    **options,
):
    """Finds the best texts by beam search, with their scores.

    Args:
        strategy: A `BeamSearch` or a `PublishedBeamSearch`; the default is the model's
            own, else a `BeamSearch` of four beams and one result.
        Everything else: As in `generate`.

    Returns:
        For each prompt a list of at most `strategy.num_results` `Continuation`s, the
        best first.

    Raises:
        ValueError, TypeError: As in `generate`.

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> prompt = model.tokenizer.encode("turn on the").ids
        >>> [found] = generate_beams(model, [prompt], 4, BeamSearch(3, num_results=2))
        >>> [model.tokenizer.decode(one.ids) for one in found]
        [' radio', ' radio after 5']
    """
    strategy = choose_strategy(model, strategy, *BEAMS)
    strategy = check_strategy(strategy, *BEAMS)
    request = Request.of(model, prompts, max_new_tokens, strategy, **options)
    looked_at = getattr(strategy, "candidates", lambda _: 0)(request.stop_count)
    tokens, length, score = programs_of(model).run(
        ("beams", _static(strategy), looked_at, request.trace_key()),
        programs.search_beams(request, strategy),
        _arguments(request, strategy),
        request.compiles(jit_compile),
    )
    score = ops.convert_to_numpy(score)
    texts = [_texts(tokens[:, n], length[:, n], request) for n in range(score.shape[1])]
    return [
        [
            Continuation(texts[n][row], float(score[row, n]))
            for n in range(score.shape[1])
            if score[row, n] > FORBIDDEN / 2
        ]
        for row in range(request.rows)
    ]


def stream(
    model: Any,
    prompts: Any,
    max_new_tokens: int | None = None,
    strategy: Any = None,
    *,
    jit_compile: bool = True,
    **options,
):
    """Continues each prompt and hands over every token as soon as it is written.

    Args:
        strategy: `Greedy()` (the default) or `Sampling(seed)`.
        Everything else: As in `generate`.

    Yields:
        A list with one entry a prompt: the new id, or None for a text that has ended.

    Raises:
        ValueError, TypeError: As in `generate`, before the first token.

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> prompt = model.tokenizer.encode("what is the temperature in the").ids
        >>> for [number] in stream(model, [prompt], 4):
        ...     print([model.tokenizer.decode([number])])
        [' office']
        [' to']
        [' w']
        ['ar']
    """
    strategy = choose_strategy(model, strategy, Greedy, Sampling)
    strategy = check_strategy(strategy, Greedy, Sampling)
    check_single(strategy)
    request = Request.of(model, prompts, max_new_tokens, strategy, **options)
    jit_compile = request.compiles(jit_compile)
    return _tokens(model, request, strategy, jit_compile)


def _tokens(model, request, strategy, jit_compile):
    """The iterator behind `stream`."""
    compiled = programs_of(model)
    key = _static(strategy), request.trace_key()
    arguments = _arguments(request, strategy)
    length = arguments["prompt"].shape[1]
    prepared, text = compiled.run(
        ("read", *key), programs.read_prompt(request), arguments, jit_compile
    )
    ended = np.zeros(request.rows, bool)
    for written in range(int(arguments["limit"])):
        if written:
            given = {**arguments, "prepared": prepared, "text": text}
            text = compiled.run(
                ("write", *key), programs.write_token(request), given, jit_compile
            )
        column = ops.convert_to_numpy(text.tokens[:, length + written])
        yield [None if over else int(token) for over, token in zip(ended, column)]
        ended = ops.convert_to_numpy(text.finished)[: request.rows]
        if ended.all():
            return


def choose_strategy(model, strategy, *allowed):
    """The strategy of the call, or that of the model's `generation_config` if allowed.

    Args:
        model: The model that generates.
        strategy: What the call gave; None where it leaves the choice to the model.
        allowed: The kinds that the caller can run; any when left out.
    """
    config = getattr(model, "generation_config", None)
    if strategy is not None or config is None:
        return strategy
    strategy = config.strategy()
    return strategy if not allowed or isinstance(strategy, allowed) else None


def check_strategy(strategy, *allowed):
    """The strategy, or the first of the allowed ones where none was given."""
    strategy = allowed[0]() if strategy is None else strategy
    if not isinstance(strategy, allowed):
        names = ", ".join(f"{kind.__name__}()" for kind in allowed)
        raise TypeError(f"strategy must be one of {names}; got {strategy!r}")
    return strategy


def check_single(strategy):
    """ValueError where several texts are asked of a function that returns one."""
    if isinstance(strategy, Sampling) and strategy.num_results > 1:
        raise ValueError(
            f"{strategy} draws several texts for each prompt; generate_samples returns "
            "them"
        )


def _static(strategy):
    """The part of a strategy that a trace depends on."""
    if isinstance(strategy, Sampling):
        return Sampling
    if isinstance(strategy, ContrastiveSearch):
        return ContrastiveSearch, strategy.candidates
    if isinstance(strategy, BEAMS):
        early = getattr(strategy, "early_stopping", None)
        return type(strategy), strategy.beams, strategy.num_results, early
    if isinstance(strategy, DraftModel):
        drafter = build_once(strategy.model)
        return DraftModel, drafter, strategy.draft, structure_of(drafter)
    return strategy


def _arguments(request, strategy):
    """The arguments of the trace, the numbers of the strategy among them."""
    if isinstance(strategy, Sampling):
        seed = strategy.seed
        seed = np.random.randint(2**31) if seed is None else seed % 2**31
        return {**request.arguments, "seed": np.int32(seed)}
    if isinstance(strategy, ContrastiveSearch):
        return {**request.arguments, "alpha": np.float32(strategy.alpha)}
    if isinstance(strategy, BEAMS):
        alpha = np.float32(strategy.length_penalty)
        return {**request.arguments, "alpha": alpha}
    return request.arguments


def _texts(tokens, length, request):
    """The generated ids of each prompt, as lists."""
    tokens, length = ops.convert_to_numpy(tokens), ops.convert_to_numpy(length)
    first = request.arguments["prompt"].shape[1]
    return [
        tokens[row, first : first + length[row]].tolist() for row in range(request.rows)
    ]
