"""TensorFlow's own (tf.data). Batches from files, tokenized beside the training."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf

from transformer_tf.objectives import TokenCrossEntropy
from transformer_tf.training.command.examples import examples, row_lengths
from transformer_tf.training.command.order import Order
from transformer_tf.training.command.rows import (
    START,
    Encode,
    Place,
    Rows,
    batches,
    open_tokens,
    packed_rows,
    paired_rows,
    single_rows,
    tokenized_rows,
)
from transformer_tf.training.command.settings import Config
from transformer_tf.training.command.special_tokens import end_id, padding_id
from transformer_tf.training.command.texts import Texts, find_files

AHEAD = 8  # batches that are ready before they are asked for


class Feed:
    """The batches of a configuration, from any place on.

    Attributes:
        size: Bytes or tokens that are read; a training that goes on compares it.

    Args:
        config: The configuration.
        tokenizer: Of its texts.
        model: Which reads the batches.
        held_out: Whether of `evaluation`: one pass, in the files' order.

    Raises:
        ConfigError: A file is not there or cannot be read; a token that the objective
            needs is not in the tokenizer.
    """

    def __init__(
        self, config: Config, tokenizer: Any, model: Any, held_out: bool = False
    ):
        self.config, self.held_out = config, held_out
        self.error: Exception | None = None
        self.tokenizer = copy.copy(tokenizer)
        self.tokenizer.truncation = self.tokenizer.padding = None  # rows are cut here
        self.padding = padding_id(tokenizer)
        objective = config.objective
        needs_end = objective.name != "masked"  # of which templates take care
        self.end = end_id(tokenizer, config.data.end_token) if needs_end else None
        self.lengths = row_lengths(objective)
        self.make = examples(
            objective, tokenizer, model, self.end, config.training.seed
        )
        tokens = config.evaluation.tokens if held_out else config.data.tokens
        self.rows = self._of_tokens(tokens) if tokens else self._of_files()

    def from_step(self, step: int, place: Place = START) -> Iterator[tuple]:
        """(inputs, targets, place after them), from a step on.

        Args:
            step: Number of the first batch; what is hidden depends on it.
            place: Where in the texts it starts.

        Raises:
            ConfigError: A text cannot be read; when it is its turn.
        """
        try:
            yield from self._dataset(step, place)
        except tf.errors.OpError as error:
            raise self.error or error from None

    def _dataset(self, step: int, place: Place) -> tf.data.Dataset:
        size = self.config.training.batch
        ids = [
            (tf.TensorSpec((size, length), tf.int32), tf.TensorSpec((size,), tf.int32))
            for length in self.lengths
        ]
        signature = (*(spec for pair in ids for spec in pair), _PLACE)

        def arrays_of_batches():
            try:
                yield from batches(self.rows, size, self.lengths, place, self.padding)
            except Exception as error:  # TensorFlow makes another one of it
                self.error = error
                raise

        read = tf.data.Dataset.from_generator(
            arrays_of_batches, output_signature=signature
        )

        def example(number, arrays):
            *ids, after = arrays
            return (*self.make(number, *ids), after)

        return read.enumerate(step).map(example).prefetch(AHEAD)

    def _order(self, count: int) -> Order:
        if self.held_out:
            return Order(count, shuffle=False, seed=0, passes=1)
        return Order(count, self.config.data.shuffle, self.config.training.seed)

    def _of_tokens(self, name: str) -> Rows:
        (length,) = self.lengths
        ids, count = open_tokens(self.config.path(name), length)
        self.size = int(ids.size)
        return tokenized_rows(ids, self._order(count), length, self.padding)

    def _of_files(self) -> Rows:
        config, objective = self.config, self.config.objective
        key = "evaluation" if self.held_out else "data"
        found = find_files(f"{key}.files", getattr(config, key).files, config.base)
        texts = Texts(found, config.data.documents)
        self.size = texts.size()
        order, encode = self._order(len(texts)), self._encode()
        if objective.name == "pairs":
            return paired_rows(texts, order, encode, *self.lengths)
        make = packed_rows if objective.packed else single_rows
        return make(texts, order, encode, *self.lengths)

    def _encode(self) -> Encode:
        """Texts to ids, with what begins and ends them for the objective."""
        name = self.config.objective.name
        template = name in ("masked", "pairs")  # the tokenizer's own; else texts alone
        end = self.end if name in ("causal", "pairs") else None

        def encode(texts: Iterator[str]) -> Iterator[list[int]]:
            for one in self.tokenizer.encode_stream(texts, template, batch_size=256):
                ids: list[int] = one.ids
                if end is not None and not (template and ids[-1:] == [end]):
                    ids = [*ids, end]
                yield ids

        return encode


def evaluation(feed: Feed, model: Any) -> Callable[[], float]:
    """A function that gives the cross-entropy of held-out texts, in nats per token."""
    training, most = feed.config.training, feed.config.evaluation.batches
    loss = TokenCrossEntropy(reduction="sum")

    @tf.function(jit_compile=training.compile and training.devices == "one")
    def measure_batch(inputs, targets):
        counts = tf.reduce_sum(loss.counts(targets))
        return loss(targets, model(inputs, training=False)), counts

    def measure() -> float:
        parts = [
            [float(value) for value in measure_batch(inputs, targets)]
            for inputs, targets, _ in itertools.islice(feed.from_step(0), most)
        ]
        total, count = map(sum, zip(*parts)) if parts else (0.0, 0.0)
        return total / count if count else float("nan")

    return measure


_PLACE = tf.TensorSpec((2,), tf.int64)
