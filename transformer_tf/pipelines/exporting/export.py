"""TensorFlow's own: one door from a pipeline to a folder that TensorFlow serves."""

from __future__ import annotations

import os
from typing import Any

import keras

from transformer_tf.pipelines.base import Pipeline
from transformer_tf.pipelines.feature_extraction import FeatureExtraction
from transformer_tf.pipelines.fill_mask import FillMask
from transformer_tf.pipelines.question_answering import QuestionAnswering
from transformer_tf.pipelines.text_classification import TextClassification
from transformer_tf.pipelines.token_classification import TokenClassification
from transformer_tf.pipelines.writing import WritingPipeline
from transformer_tf.pipelines.zero_shot_classification import ZeroShotClassification


def export_pipeline(
    pipeline: Pipeline, folder: str | os.PathLike[str], settings: Any, **sizes: int
) -> None:
    """Writes a pipeline as a SavedModel; see `Pipeline.export`."""
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            "a SavedModel needs Keras' tensorflow backend; got "
            f"{keras.backend.backend()}"
        )
    import tensorflow as tf

    served = _kind(pipeline)(pipeline, settings, **sizes)
    if pipeline.model.built is False:
        pipeline.model.build()
    signature = tf.function(
        served.answer, input_signature=served.inputs, autograph=False
    ).get_concrete_function()
    served.weights = [variable.value for variable in pipeline.model.variables]
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    signatures = {"serving_default": signature}
    tf.saved_model.save(served, os.fspath(folder), signatures, options)


def _kind(pipeline: Pipeline) -> Any:
    from transformer_tf.pipelines.exporting.answers import ServedAnswers
    from transformer_tf.pipelines.exporting.entities import ServedEntities
    from transformer_tf.pipelines.exporting.features import ServedFeatures
    from transformer_tf.pipelines.exporting.labels import ServedLabels
    from transformer_tf.pipelines.exporting.masks import ServedMasks
    from transformer_tf.pipelines.exporting.writing import ServedWriting
    from transformer_tf.pipelines.exporting.zero_shot import ServedZeroShot

    kinds = (
        (FeatureExtraction, ServedFeatures),
        (FillMask, ServedMasks),
        (QuestionAnswering, ServedAnswers),
        (TextClassification, ServedLabels),
        (TokenClassification, ServedEntities),
        (WritingPipeline, ServedWriting),
        (ZeroShotClassification, ServedZeroShot),
    )
    return next(served for kind, served in kinds if isinstance(pipeline, kind))
