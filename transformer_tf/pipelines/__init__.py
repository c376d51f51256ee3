"""Pipelines: text in, answer out, for nine tasks."""

from transformer_tf.pipelines.attention_view import AttentionView, show_attention
from transformer_tf.pipelines.embedding_zero_shot import EmbeddingZeroShot
from transformer_tf.pipelines.feature_extraction import FeatureExtraction
from transformer_tf.pipelines.fill_mask import FillMask
from transformer_tf.pipelines.making import pipeline
from transformer_tf.pipelines.on_cluster import map_over
from transformer_tf.pipelines.progress import Interrupted
from transformer_tf.pipelines.question_answering import QuestionAnswering
from transformer_tf.pipelines.summarization import Summarization
from transformer_tf.pipelines.text_classification import TextClassification
from transformer_tf.pipelines.text_generation import TextGeneration
from transformer_tf.pipelines.token_classification import TokenClassification
from transformer_tf.pipelines.translation import Translation
from transformer_tf.pipelines.zero_shot_classification import ZeroShotClassification

__all__ = [
    "AttentionView",
    "EmbeddingZeroShot",
    "FeatureExtraction",
    "FillMask",
    "Interrupted",
    "QuestionAnswering",
    "Summarization",
    "TextClassification",
    "TextGeneration",
    "TokenClassification",
    "Translation",
    "ZeroShotClassification",
    "map_over",
    "pipeline",
    "show_attention",
]
