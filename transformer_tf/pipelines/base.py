"""What pipelines share: inputs of any form, batches by length, answers in order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from transformer_tf.pipelines.forward import Forward
from transformer_tf.pipelines.inputs import (
    check_text,
    describe,
    place,
    read_inputs,
    strings_of,
)
from transformer_tf.pipelines.options import Options
from transformer_tf.pipelines.progress import Interrupted, Progress
from transformer_tf.pipelines.reader import Reader, too_long
from transformer_tf.text import (
    Encoding,
    Padding,
    Tokenizer,
    Truncation,
    bucket_by_length,
)
from transformer_tf.text.batch import Batch

# A list is sorted by length this many batches at a time.
BATCHES_AT_ONCE = 32
CUT = "give truncation=True to cut it there, or shorten it"


class Pipeline:
    """Text in, answer out: a tokenizer, a model, and what its outputs mean.

    A task says how a text becomes rows of ids (`preprocess`), how rows become outputs
    (`forward`), and how the outputs of one text become its answer (`postprocess`). How
    texts come in, share batches and go out in order is the same for all, and is here.

    Args:
        model: A model of one of the classes in `models`.
        tokenizer: The `Tokenizer` that it was trained with.
        options: The task's options, for every call that does not say otherwise.

    Call:
        inputs: A text (or what else the task takes as one item); a list, array or
            column of them; a generator, an open file, a `pathlib.Path` or a
            `tf.data.Dataset`, which are read lazily, a batch at a time.
        options: The task's options, for this call.

    Returns:
        The answer of one input; a list of answers, in order; for what is read lazily
        an iterator of answers, in order.

    Raises:
        TypeError: an input of another kind (its position is named), an unknown option.
        ValueError: an option outside its range, a text that is too long.
        Interrupted: Ctrl-C while a list was worked on; it holds the answers so far.
    """

    task: ClassVar[str]
    models: ClassVar[tuple[Any, ...]]
    Options: ClassVar[type[Options]] = Options
    item: ClassVar[str] = "a string"

    def __init__(self, model: Any, tokenizer: Tokenizer, **options: Any):
        if not isinstance(model, self.models):
            wanted = " or ".join(kind.__name__ for kind in self.models)
            raise TypeError(
                f"this is a {type(model).__name__}; {self.task} needs a {wanted}"
            )
        self.model: Any = model
        self.device: str | None = None
        checkpoint = getattr(model, "checkpoint", None)
        self.folder: str | os.PathLike[str] | None = getattr(checkpoint, "folder", None)
        self.config: dict[str, Any] = getattr(checkpoint, "config", None) or {}
        self.labels = tuple(getattr(checkpoint, "labels", ()))
        self.options = self.Options().merge(self.task, options)
        self.reader = Reader(tokenizer, model.config.max_length, self.folder)
        self.tokenizer = self.reader.tokenizer
        self._forward = Forward(self.outputs)

    def __call__(self, inputs: Any, **options: Any) -> Any:
        settings = self.options.merge(self.task, options)
        kind, items = read_inputs(inputs, self.is_item, self.item)
        if kind == "stream":
            return self._stream(items, settings)
        if kind == "one":
            self.check(items[0], None)
            return self.as_one(self.answers(items, settings, None)[0], settings)
        for number, item in enumerate(items):
            self.check(item, number)
        return self.collect(self._list(items, settings), settings)

    def export(
        self, folder: str | os.PathLike[str], sizes: Any = None, **options: Any
    ) -> None:
        """Writes a SavedModel that takes strings and gives the answers.

        It is loaded with `tf.saved_model.load` or by TensorFlow Serving, where neither
        Python nor this library is needed: TensorFlow alone does it (and tensorflow-text
        where the tokenizer is a SentencePiece model file). Its signature
        `serving_default` takes `texts` [row] strings (`questions` and `contexts`;
        `candidate_labels` too for zero-shot) and gives tensors with a row for each:
        see the classes in `pipelines.exporting`. A text has to fit the model; windows
        are read by the pipeline alone.

        Args:
            folder: Where to; for TensorFlow Serving one with a number, "my/ner/1".
            sizes: For pipelines that write, {"prompt_length": the most tokens of a
                text (64), "rows": how many are written at a time (1)}.
            options: The task's options, fixed from here on.

        Raises:
            ValueError: The tokenizer has steps that no graph does exactly, or another
                backend than TensorFlow runs.
        """
        from transformer_tf.pipelines.exporting import export_pipeline

        settings = self.options.merge(self.task, options)
        export_pipeline(self, folder, settings, **(sizes or {}))

    # What a task says.

    def preprocess(
        self, items: Sequence[Any], settings: Any, first: int | None
    ) -> list[list[Encoding]]:
        """The rows of each item: one, or one a window, a label, a mask...

        Args:
            items: The items.
            settings: The options.
            first: The position of the first item among all; None for a single one.
        """
        texts, pairs = self.texts(items)
        truncation = self.truncation(settings)
        encodings = self.reader.encode(texts, pairs, truncation)
        self.check_lengths(encodings, first)
        return [[encoding] for encoding in encodings]

    def forward(self, rows: list[Encoding], settings: Any) -> list[Any]:
        """The model's outputs for each row, padding taken away again."""
        return self._outputs_of(rows, self._forward(self.model_inputs(rows)))

    def postprocess(
        self, item: Any, rows: list[Encoding], outputs: list[Any], settings: Any
    ) -> Any:
        """The answer of one item, from the outputs of its rows."""
        raise NotImplementedError

    def outputs(self, inputs: dict[str, Any]) -> Any:
        """The model itself, from a dict of tensors."""
        return self.model(inputs, training=False)

    def is_item(self, value: Any) -> bool:
        """Whether a value is one item."""
        return isinstance(value, str)

    def check(self, item: Any, number: int | None) -> None:
        """Raises where an item is none: its position, what came, what was expected."""
        if not self.is_item(item):
            raise TypeError(
                f"{place(number)} must be {self.item}; got {describe(item)}"
            )
        for text in strings_of(item):
            check_text(text, place(number))

    def as_one(self, answer: Any, settings: Any) -> Any:
        """The answer as a call with a single item returns it."""
        return answer

    def as_many(self, answer: Any, settings: Any) -> Any:
        """The answer as one of a list."""
        return answer

    def collect(self, answers: list[Any], settings: Any) -> Any:
        """What a call with a list returns."""
        return answers

    # How it is done.

    def answers(
        self, items: Sequence[Any], settings: Any, first: int | None
    ) -> list[Any]:
        """The answers of some items, through batches of rows of like length."""
        rows = self.preprocess(items, settings, first)
        flat = [row for of_item in rows for row in of_item]
        found: list[Any] = [None] * len(flat)
        for bucket in self.buckets(flat, settings):
            chosen = [flat[number] for number in bucket]
            for number, output in zip(bucket, self.forward(chosen, settings)):
                found[number] = output
        results, begin = [], 0
        for item, of_item in zip(items, rows):
            end = begin + len(of_item)
            results.append(self.postprocess(item, of_item, found[begin:end], settings))
            begin = end
        return results

    def buckets(self, rows: list[Encoding], settings: Any) -> list[Any]:
        """Row numbers of each batch."""
        lengths = [len(row) for row in rows]
        return bucket_by_length(lengths, settings.batch_size)

    def _list(self, items: list[Any], settings: Any) -> list[Any]:
        results: list[Any] = []
        size = settings.batch_size * BATCHES_AT_ONCE
        progress = Progress(len(items), settings.progress)
        try:
            for first in range(0, len(items), size):
                chunk = items[first : first + size]
                for answer in self.answers(chunk, settings, first):
                    results.append(self.as_many(answer, settings))
                progress.update(len(results))
        except KeyboardInterrupt:
            raise Interrupted(results, len(items)) from None
        finally:
            progress.close()
        return results

    def _stream(self, items: Iterator[Any], settings: Any) -> Iterator[Any]:
        first, failed = 0, None
        while failed is None:
            chunk: list[Any] = []
            try:
                for item in islice(items, settings.batch_size):
                    self.check(item, first + len(chunk))
                    chunk.append(item)
            except Exception as error:  # of the source, or an item that is none
                failed = error
            if not chunk:
                break
            # What came before it is answered first.
            for answer in self.answers(chunk, settings, first):
                yield self.as_many(answer, settings)
            first += len(chunk)
        if failed is not None:
            failed.add_note(f"{first} inputs came before, and were answered")
            raise failed

    # Tokens.

    def texts(self, items: Sequence[Any]) -> tuple[list[str], list[str] | None]:
        """The texts of some items, and the second ones of pairs."""
        return list(items), None

    def truncation(self, settings: Any) -> Truncation | None:
        """What cuts texts that are too long; None for nothing."""
        if not settings.truncation or self.reader.limit is None:
            return None
        return Truncation(self.reader.limit)

    def check_lengths(
        self, encodings: Sequence[Encoding], first: int | None, remedy: str = CUT
    ) -> None:
        """Raises ValueError before the model runs on a text that is too long."""
        limit = self.reader.limit
        for number, encoding in enumerate(encodings):
            if limit is not None and len(encoding) > limit:
                where = place(None if first is None else first + number)
                raise too_long(where, len(encoding), limit, remedy)

    def model_inputs(self, rows: list[Encoding]) -> dict[str, np.ndarray]:
        """Rows as the model takes them: ids, padding mask, token types."""
        batch = Batch(rows, Padding(id=self.reader.padding_id))
        inputs = {"ids": batch.ids, "padding_mask": batch.attention_mask}
        if getattr(self.model.config, "num_token_types", None):
            most = self.model.config.num_token_types - 1
            inputs["token_types"] = np.minimum(batch.type_ids, most)
        return inputs

    def _outputs_of(self, rows: list[Encoding], outputs: Any) -> list[Any]:
        """A batch's outputs by row; what has an axis of positions without padding."""
        return list(outputs)

    def label(self, number: int) -> str:
        """The name of a class."""
        known = number < len(self.labels)
        return self.labels[number] if known else f"LABEL_{number}"
