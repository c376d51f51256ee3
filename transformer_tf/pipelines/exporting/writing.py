"""TensorFlow's own: text generation, summarization, translation as SavedModels."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from transformer_tf.generation import Buckets, Sampling
from transformer_tf.generation.exporting import ContinuedBatches
from transformer_tf.generation.request import Request
from transformer_tf.pipelines.exporting.served import Served
from transformer_tf.text.in_graph import InGraphTokenizer

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class ServedWriting(Served):
    """`texts` [row] -> [row] strings under the name that the pipeline gives them.

    `generated_text` holds the prompt unless `return_full_text` is False; with drawn
    tokens, `seed`, a scalar int32, is an input too. The best of several texts is
    served. Strings are whole characters.
    """

    def __init__(self, pipeline: Any, settings: Any, prompt_length=64, rows=1):
        super().__init__(pipeline, settings)
        writes_on = not pipeline.model.reads_source
        self._name = "generated_text" if writes_on else pipeline.result
        self._repeats = writes_on and settings.return_full_text is not False
        self._prefix = settings.prefix if writes_on else pipeline.prefix(settings)
        self._source = pipeline.source(settings) if not writes_on else None
        self._codes = tf.constant([*getattr(pipeline, "codes", {}).values()], tf.int32)
        cuts = settings.truncation
        self.cut = InGraphTokenizer(self.tokenizer(cuts=cuts), compiled=False)
        config = pipeline.generation(settings)
        limit = self._new_tokens(config, prompt_length)
        if writes_on and config["min_length"]:
            raise ValueError(
                "min_length counts each prompt, which a served pipeline does not: give "
                "min_new_tokens"
            )
        # What is written behind a source follows one token, the start.
        before = prompt_length if writes_on else 1
        arguments = pipeline.arguments(config, settings, before)
        strategy = arguments.pop("strategy")
        compiled = arguments.pop("jit_compile")
        if getattr(strategy, "num_results", 1) > 1:
            raise ValueError(
                "one text a prompt is served; num_return_sequences is more"
            )
        buckets = Buckets((rows,), tuple(sorted({1, prompt_length})), (limit,))
        prompts = np.zeros((rows, prompt_length), "int32")
        request = Request.of(
            pipeline.model,
            prompts,
            limit,
            strategy,
            buckets=buckets,
            padding_mask=prompts == 0,
            **arguments,
        )
        self._batches = ContinuedBatches(pipeline.model, request, strategy, compiled)
        self._room = request.room
        if isinstance(strategy, Sampling):
            self.inputs = [*self.inputs, tf.TensorSpec([], tf.int32, "seed")]

    def _new_tokens(self, config: Any, prompt_length: int) -> int:
        model = self._pipeline.model
        taken = 1 if model.reads_source else prompt_length
        limit = config.limit(taken)
        most = model.max_length
        free = limit if most is None else most - taken
        asked = {"max_new_tokens", "max_length"} & set(self._settings.given_settings())
        if limit > free and asked or free < 1:
            raise ValueError(
                f"{limit} new tokens behind {taken} are more than the model's {most}: "
                "give a smaller prompt_length or max_new_tokens"
            )
        return min(limit, free)

    def answer(self, texts: Any, seed: Any = 0) -> dict[str, Any]:
        """What is written for each text."""
        found = self.cut(tf.strings.join([self._prefix, texts]))
        if self._source is not None:  # text itself never holds a code
            ids = found["ids"]
            is_code = tf.reduce_any(tf.equal(ids[:, :, None], self._codes), axis=2)
            found = {**found, "ids": tf.where(is_code, self._source, ids)}
        real = found["attention_mask"] > 0
        ids, length = self._batches(found["ids"], real, seed)
        written = tf.sequence_mask(length, self._room, tf.int32)
        text = self._text(found, ids, written)
        if self._repeats:
            text = tf.strings.join([texts, text])
        return {self._name: text, "ids": ids, "length": length}

    def _text(self, found: Any, ids: Any, written: Any) -> Any:
        """The text behind the prompt, with its spaces, and no half character."""
        new = self.cut.decode(ids, written)
        if not self._pipeline.model.reads_source:
            both = tf.concat([found["ids"], ids], axis=1)
            mask = tf.concat([found["attention_mask"], written], axis=1)
            prompt = self.cut.decode(found["ids"], found["attention_mask"])
            whole = self.cut.decode(both, mask)
            new = tf.strings.substr(
                whole,
                tf.strings.length(prompt),
                tf.strings.length(whole) - tf.strings.length(prompt),
            )
        return tf.strings.regex_replace(new, REPLACEMENT, "")
