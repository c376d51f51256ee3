"""Pipelines as SavedModels: strings in, answers out, where no Python runs."""

from transformer_tf.pipelines.exporting.export import export_pipeline

__all__ = ["export_pipeline"]
