"""One call of `generate`, checked and brought into the shape of its bucket."""

import dataclasses

import numpy as np

from transformer_tf.generation.buckets import Buckets
from transformer_tf.generation.checks import (
    check_at_least,
    check_below,
    check_ids,
)
from transformer_tf.generation.decoding_rules import DecodingRules
from transformer_tf.generation.processors import LogitsProcessor
from transformer_tf.generation.prompts import pad_left, read_prompts
from transformer_tf.generation.stopping import stop_table
from transformer_tf.generation.strategies import Sampling
from transformer_tf.spelling import GENERATION_NAMES, refuse_unknown


@dataclasses.dataclass
class Request:
    """What a compiled program is given.

    Attributes:
        arguments: A dict of arrays, the arguments of the trace.
        processors: The processors whose numbers are among the arguments.
        rows: Number of prompts; the bucket may have more rows.
        room: Number of new tokens that the bucket has room for.
        stop_count: Number of ids that end a text.
    """

    arguments: dict
    processors: tuple
    rows: int
    room: int
    stop_count: int = 0

    @classmethod
    def of(
        cls,
        model,
        prompts,
        max_new_tokens,
        strategy=None,
        padding_mask=None,
        processors=None,
        stop_ids=None,
        stop_strings=(),
        start_ids=None,
        token_texts=None,
        tokenizer=None,
        padding_id=0,
        buckets=None,
        copies=1,
        **unknown,
    ):
        """Checks the arguments of `generate`; see there."""
        refuse_unknown("generation", unknown, GENERATION_NAMES)
        buckets = Buckets() if buckets is None else buckets
        if not isinstance(buckets, Buckets):
            raise TypeError(f"buckets must be Buckets; got {type(buckets).__name__}")
        check_ids("padding_id", [padding_id])
        vocabulary = model.vocabulary_size
        check_below("padding_id", [padding_id], vocabulary)
        rows = read_prompts(prompts, padding_mask, model.padding_id)
        check_below("prompts", [int(row.ids.max()) for row in rows], vocabulary)
        rows = [row for row in rows for _ in range(copies)]
        batch = buckets.round_up("batch", len(rows))
        arguments: dict = {}
        count = len(rows)
        texts = [row.text() for row in rows]
        if model.reads_source:
            longest = max(len(row.ids) for row in rows)
            check_length(model, longest, 0, "max_source_length")
            length = _length(model, longest, buckets, "max_source_length")
            arguments |= _source(rows, batch, length, padding_id)
            begin = _begin(model, start_ids)
            texts = [(begin, list(range(len(begin))))] * count
        elif start_ids is not None:
            raise ValueError(
                "start_ids are for a model that reads a source; this one starts from "
                "its prompt"
            )
        longest = max(len(ids) for ids, _ in texts)
        config = getattr(model, "generation_config", None)
        if max_new_tokens is None:
            max_new_tokens = _limit(model, config, longest)
        check_at_least("max_new_tokens", max_new_tokens, 1)
        if processors is None:
            samples = isinstance(strategy, Sampling)
            processors = config.processors(longest, samples) if config else ()
        if stop_ids is None:
            stop_ids = config.stop_ids if config else ()
        stop_ids = check_ids("stop_ids", stop_ids)
        last = max(int(positions[-1]) for _, positions in texts)
        check_length(model, last + 1, max_new_tokens)
        length = _length(model, longest, buckets)
        prompt, positions, start = pad_left(texts, batch, length, padding_id)
        arguments |= {"prompt": prompt, "positions": positions, "start": start}
        processors = _check_processors(processors)
        arguments |= {
            "filler": np.arange(batch) >= count,
            "limit": np.int32(max_new_tokens),
            "padding_id": np.int32(padding_id),
            "stops": stop_table(
                vocabulary, stop_ids, stop_strings, token_texts, tokenizer
            ),
            "processors": [
                _arrays(processor.tensor_values(vocabulary)) for processor in processors
            ],
        }
        room = buckets.round_up("new_tokens", max_new_tokens)
        return cls(arguments, processors, count, room, len(stop_ids))

    def trace_key(self):
        """What a trace depends on, beside the shapes of its arguments."""
        return self.room, tuple(p.trace_key() for p in self.processors)

    def compiles(self, jit_compile):
        """Whether XLA is to compile the call, and can."""
        return jit_compile and not any(p.calls_python for p in self.processors)

    def rules(self, arguments):
        """The rules of the call, from the traced arguments."""
        processors = tuple(
            processor.with_tensors(values)
            for processor, values in zip(self.processors, arguments["processors"])
        )
        return DecodingRules(
            processors, arguments["stops"], arguments["limit"], arguments["padding_id"]
        )


def _limit(model, config, length):
    """How many tokens to write where the call does not say."""
    if config is None:
        raise TypeError(
            "max_new_tokens is missing: how many tokens to write at most (a model of "
            "from_pretrained may know it by its generation_config)"
        )
    limit = config.limit(length, model.max_length)
    if limit < 1:
        raise ValueError(
            f"the model's generation_config leaves no room behind {length} tokens: "
            "give max_new_tokens"
        )
    return limit


def _begin(model, start_ids):
    """The ids that a decoder with a source starts from."""
    if start_ids is None:
        config = getattr(model, "generation_config", None)
        start = None if config is None else config.start_id
        return [model.start_id if start is None else start]
    start_ids = list(check_ids("start_ids", start_ids))
    if not start_ids:
        raise ValueError("start_ids must hold at least one id; got none")
    check_below("start_ids", start_ids, model.vocabulary_size)
    return start_ids


def _length(model, longest, buckets, limit="max_length"):
    """The length of a bucket of prompts: no longer than the model can read."""
    length, most = buckets.round_up("prompt", longest), getattr(model, limit)
    return length if most is None else min(length, most)


def _source(rows, batch, length, padding_id):
    """The source texts, flush left, and which of their tokens are real."""
    source = np.full((batch, length), padding_id, "int32")
    real = np.zeros((batch, length), bool)
    real[len(rows) :, 0] = True  # filler rows too have something to attend to
    for number, row in enumerate(rows):
        source[number, : len(row.ids)] = row.ids
        real[number, : len(row.ids)] = row.real
    return {"source": source, "source_mask": real}


def _check_processors(processors):
    if isinstance(processors, LogitsProcessor):
        return (processors,)
    processors = tuple(processors)
    for processor in processors:
        if not isinstance(processor, LogitsProcessor):
            raise TypeError(
                "processors must be LogitsProcessor objects such as TopK(5); got "
                f"{processor!r}"
            )
    return processors


def _arrays(values):
    """Python numbers as arrays of 32 bits, which are arguments and not constants."""
    return {
        name: np.float32(value) if isinstance(value, float | int) else value
        for name, value in values.items()
    }


def check_length(model, prompt_length, max_new_tokens, limit="max_length"):
    most = getattr(model, limit)
    if most is not None and prompt_length + max_new_tokens > most:
        raise ValueError(
            f"a prompt of {prompt_length} tokens and {max_new_tokens} new ones exceed "
            f"the model's max_length of {most}"
        )
