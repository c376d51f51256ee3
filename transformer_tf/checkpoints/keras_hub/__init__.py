"""Preset folders of KerasHub, read and written without KerasHub."""

from transformer_tf.checkpoints.keras_hub.writing import save_to_preset

__all__ = ["save_to_preset"]
