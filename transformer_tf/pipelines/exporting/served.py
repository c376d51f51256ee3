"""TensorFlow's own: what every task that is served shares."""

from __future__ import annotations

import copy
from typing import Any

import tensorflow as tf

from transformer_tf.text import Padding, Tokenizer, Truncation


def texts_input(name: str = "texts") -> tf.TensorSpec:
    """The spec of [row] strings."""
    return tf.TensorSpec([None], tf.string, name)


class Served(tf.Module):
    """A pipeline in operations of TensorFlow.

    Attributes:
        inputs: What `answer` takes, specs in order.
        weights: The model's variables, which the SavedModel holds.

    Args:
        pipeline: The pipeline.
        settings: Its options, fixed from here on.
    """

    inputs: list

    def __init__(self, pipeline: Any, settings: Any):
        super().__init__(name="served")
        self.inputs = [texts_input()]
        self._pipeline, self._settings = pipeline, settings
        self._limit = pipeline.reader.limit

    def tokenizer(
        self, strategy: str = "longest_first", cuts: bool = False
    ) -> Tokenizer:
        """The tokenizer with the padding and the truncation of the pipeline."""
        found = copy.copy(self._pipeline.tokenizer)
        found.padding = Padding(id=self._pipeline.reader.padding_id)
        if cuts and self._limit is not None:
            found.truncation = Truncation(self._limit, strategy)
        return found

    def fit(self, mask: Any) -> Any:
        """The mask, once no row has more tokens than the model reads."""
        if self._limit is None:
            return mask
        count = tf.reduce_sum(tf.cast(mask, tf.int32), axis=1)
        row = tf.where(count > self._limit)[:1, 0]
        check = tf.debugging.Assert(
            tf.equal(tf.size(row), 0),
            [
                "The text of row",
                row,
                "has",
                tf.gather(count, row),
                "tokens, and the model reads",
                self._limit,
                "at most: cut it, or export with truncation=True",
            ],
        )
        with tf.control_dependencies([check] if check is not None else []):
            return tf.identity(mask)

    def call_model(self, ids: Any, mask: Any, type_ids: Any, **more: Any) -> Any:
        """The pipeline's model on rows of ids."""
        config = self._pipeline.model.config
        inputs = {"ids": ids, "padding_mask": self.fit(mask > 0), **more}
        if getattr(config, "num_token_types", None):
            inputs["token_types"] = tf.minimum(type_ids, config.num_token_types - 1)
        outputs = self._pipeline.outputs(inputs)
        return tf.nest.map_structure(lambda x: tf.cast(x, tf.float32), outputs)
