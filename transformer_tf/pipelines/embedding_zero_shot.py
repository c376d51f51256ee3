"""Zero-shot classification by sentence vectors, without a model of inference."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np

from transformer_tf.models import Encoder
from transformer_tf.pipelines.base import Pipeline
from transformer_tf.pipelines.options import option
from transformer_tf.pipelines.text_classification import softmax
from transformer_tf.pipelines.zero_shot_classification import (
    ZeroShotClassification,
    ZeroShotClassificationOptions,
)

# Six points better than "This example is {}.", over 480 sentences of eight kinds.
TEMPLATES = {"en": "This text is about {}.", "es": "Este texto trata de {}."}


@dataclasses.dataclass(frozen=True)
class EmbeddingZeroShotOptions(ZeroShotClassificationOptions):
    """See `EmbeddingZeroShot`."""

    templates: ClassVar[dict[str, str]] = TEMPLATES
    temperature: float = option(0.05, "divides cosines; smaller is surer", float)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.multi_label:
            raise ValueError(
                "cosines of sentence vectors say which label is nearest, not whether "
                "one holds: for multi_label use a model of natural language inference"
            )
        if not self.temperature > 0:
            raise ValueError(f"temperature must be above 0; got {self.temperature}")


class EmbeddingZeroShot(ZeroShotClassification):
    """Says which label's sentence lies nearest to a text, by mean sentence vectors.

    Weaker than a model of natural language inference, which is what
    `ZeroShotClassification` asks; so every answer says that it was found this way.

    Args:
        model: An `Encoder` of sentences, such as MiniLM.
        tokenizer: Its `Tokenizer`.
        options: As of `ZeroShotClassification`, but for `multi_label`; the usual
            template is "This text is about {}."; `temperature`.

    Call:
        inputs, candidate_labels, hypothesis_template: As `ZeroShotClassification`.

    Returns:
        For a text {"sequence", "labels", "scores", "method": "embedding"}, best first;
        scores are a softmax over cosines divided by `temperature`.

    Raises:
        ValueError: `multi_label`, and as `ZeroShotClassification`.

    Example:
        >>> model = MaskedLM.from_pretrained("models/encoder")
        >>> classify = EmbeddingZeroShot(model.body, model.tokenizer)
        >>> answer = classify("turn off the radio", ["music", "light"])
        >>> sorted(answer["labels"]), answer["method"]
        (['light', 'music'], 'embedding')
    """

    models = (Encoder,)
    Options = EmbeddingZeroShotOptions

    def __init__(self, model: Any, tokenizer: Any, **options: Any):
        Pipeline.__init__(self, model, tokenizer, **options)

    def preprocess(self, items, settings, first):
        texts = [
            sentence
            for text, labels in items
            for sentence in (text, *map(settings.hypothesis, labels))
        ]
        encodings = iter(self.reader.encode(texts, None, self.truncation(settings)))
        rows = [[next(encodings) for _ in (text, *labels)] for text, labels in items]
        for number, of_text in enumerate(rows, first or 0):
            for row in of_text:
                self.check_lengths([row], None if first is None else number)
        return rows

    def outputs(self, inputs):
        return self.model(**inputs, training=False)

    def _outputs_of(self, rows, outputs):
        means = [output[: len(row)].mean(axis=0) for row, output in zip(rows, outputs)]
        return [mean / max(np.linalg.norm(mean), 1e-12) for mean in means]

    def postprocess(self, item, rows, outputs, settings):
        text, labels = item
        vector, *others = outputs
        scores = softmax(np.stack(others) @ vector / settings.temperature)
        order = np.argsort(-scores, kind="stable")
        return {
            "sequence": text,
            "labels": [labels[number] for number in order],
            "scores": [float(scores[number]) for number in order],
            "method": "embedding",
        }

    def export(self, folder, sizes=None, **options):
        raise ValueError(
            "zero-shot by sentence vectors is not served; export the pipeline "
            '"feature-extraction" with pooling="mean", normalize=True'
        )
