"""Feature extraction: the vectors of tokens, or one vector for each text."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from transformer_tf.models import Encoder
from transformer_tf.models.headed import HeadedModel
from transformer_tf.pipelines.base import Pipeline
from transformer_tf.pipelines.options import Options, one_of, option
from transformer_tf.text import Truncation


@dataclasses.dataclass(frozen=True)
class FeatureExtractionOptions(Options):
    """See `FeatureExtraction`."""

    pooling: str | None = option(
        None, "one vector a text: mean of its tokens, first, or last", str
    )
    normalize: bool = option(False, "divide each vector by its length")
    add_special_tokens: bool = option(True, "read special tokens around the text")
    tokenize_kwargs: dict | None = option(
        None, "truncation, max_length and add_special_tokens, as a dict", dict
    )
    return_tensors: bool = option(False, "accepted: arrays are returned in any case")

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("pooling", self.pooling, (None, "mean", "first", "last"))
        known = {"truncation", "max_length", "add_special_tokens", "padding"}
        unknown = set(self.tokenize_kwargs or {}) - known
        if unknown:
            raise TypeError(
                f"tokenize_kwargs takes {', '.join(sorted(known))}; got "
                f"{', '.join(sorted(unknown))}"
            )

    def tokenizer_setting(self, name: str, default: Any) -> Any:
        """A setting of `tokenize_kwargs`, or the option of that name."""
        return (self.tokenize_kwargs or {}).get(name, default)


class FeatureExtraction(Pipeline):
    """The last hidden states of an encoder, for search, clustering or a small model.

    Args:
        model: An `Encoder`, or a model with a head on one.
        tokenizer: Its `Tokenizer`.
        options: `pooling` None, "mean" (over real tokens, never padding), "first" or
            "last"; `normalize`; `truncation`; `add_special_tokens`; `batch_size`.

    Call:
        inputs: A string, or many; see `Pipeline`.

    Returns:
        For a string [1, length, dim] floats, special tokens included; for a list a list
        of such, each of its own length. With `pooling` [dim] floats, and
        [text, dim] for a list.

    Raises:
        ValueError: a text longer than the model reads, without `truncation`.

    Example:
        >>> extractor = pipeline("feature-extraction", "models/encoder", pooling="mean")
        >>> extractor(["the lamp", "the radio"]).shape
        (2, 128)
    """

    task = "feature-extraction"
    models = (Encoder, HeadedModel)
    Options = FeatureExtractionOptions

    def __init__(self, model: Any, tokenizer: Any, **options: Any):
        super().__init__(model, tokenizer, **options)
        self.body = getattr(model, "body", model)
        if not isinstance(self.body, Encoder):
            # The encoder of an encoder-decoder; a decoder by itself reads as it is.
            self.body = getattr(self.body, "encoder", self.body)

    def preprocess(self, items, settings, first):
        truncation = self.truncation(settings)
        most = settings.tokenizer_setting("max_length", self.reader.limit)
        if settings.tokenizer_setting("truncation", settings.truncation) and most:
            truncation = Truncation(most)
        special = settings.tokenizer_setting(
            "add_special_tokens", settings.add_special_tokens
        )
        encodings = self.reader.encode(items, None, truncation, special_tokens=special)
        self.check_lengths(encodings, first)
        return [[encoding] for encoding in encodings]

    def outputs(self, inputs):
        return self.body(**inputs, training=False)

    def _outputs_of(self, rows, outputs):
        return [output[: len(row)] for row, output in zip(rows, outputs)]

    def postprocess(self, item, rows, outputs, settings):
        vectors = outputs[0]
        if settings.pooling == "mean":
            vectors = vectors.mean(axis=0) if len(vectors) else vectors.sum(axis=0)
        elif settings.pooling is not None:
            if not len(vectors):
                raise ValueError("a text without tokens has no first or last vector")
            vectors = vectors[0 if settings.pooling == "first" else -1]
        if settings.normalize:
            length = np.linalg.norm(vectors, axis=-1, keepdims=True)
            vectors = vectors / np.maximum(length, 1e-12)
        return vectors if settings.pooling else vectors[None]

    def collect(self, answers, settings):
        return np.stack(answers) if settings.pooling and answers else answers
