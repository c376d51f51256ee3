"""What summarization and translation share: a text is read, another is written."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from transformer_tf.models import Seq2SeqLM
from transformer_tf.pipelines.generation_options import GenerationOptions
from transformer_tf.pipelines.options import option
from transformer_tf.pipelines.writing import WritingPipeline, room


@dataclasses.dataclass(frozen=True)
class TextToTextOptions(GenerationOptions):
    """See `Summarization`."""

    prefix: str | None = option(
        None, "text before every input; the model's own when left out", str
    )


class TextToText(WritingPipeline):
    """Reads a text and writes another; `result` names what it writes."""

    models = (Seq2SeqLM,)
    Options = TextToTextOptions
    own_defaults = {"max_new_tokens": 256, "num_beams": 4}
    result: ClassVar[str]

    def task_settings(self, settings):
        found = self.config.get("task_specific_params") or {}
        return found.get(self.task) or {}

    def prefix(self, settings: Any) -> str:
        """What stands before every text."""
        if settings.prefix is not None:
            return settings.prefix
        return (
            self.task_settings(settings).get("prefix")
            or self.config.get("prefix")
            or ""
        )

    def source(self, settings: Any) -> int | None:
        """The id that says which language a text is in, where one does."""
        return None

    def preprocess(self, items, settings, first):
        prefix = self.prefix(settings)
        texts = [prefix + item for item in items]
        encodings = self.reader.encode(texts, None, self.truncation(settings))
        self.check_lengths(encodings, first)
        return [[encoding] for encoding in encodings]

    def forward(self, rows, settings):
        config = self.generation(settings)
        limit = config.limit(1)
        if not {"max_new_tokens", "max_length"} & set(settings.given_settings()):
            limit = int(min(limit, room(self.model.max_length, 1)))
        arguments = self.arguments(config, settings, 1)
        return self.write([row.ids for row in rows], limit, arguments)

    def postprocess(self, item, rows, outputs, settings):
        config = self.generation(settings)
        start = config.start_id
        start = self.model.start_id if start is None else start
        if settings.return_tensors:
            name = self.result.replace("_text", "_token_ids")
            return [{name: [start, *ids]} for ids in outputs[0]]
        return [{self.result: self.text(ids, [], settings)} for ids in outputs[0]]

    def as_many(self, answer, settings):
        return answer[0] if len(answer) == 1 else answer
