"""Published checkpoints: their files, read and written without PyTorch."""

from transformer_tf.checkpoints.checkpoint import (
    ApproximateModel,
    Checkpoint,
    NewHead,
    UnusedSettings,
    UnusedWeights,
)
from transformer_tf.checkpoints.families import FAMILIES
from transformer_tf.checkpoints.folder import read_weights
from transformer_tf.checkpoints.keras_hub import save_to_preset
from transformer_tf.checkpoints.loading import from_pretrained
from transformer_tf.checkpoints.pytorch import read_pytorch
from transformer_tf.checkpoints.safetensors import read_safetensors, write_safetensors
from transformer_tf.checkpoints.saving import save_pretrained
from transformer_tf.checkpoints.stored_tensor import DamagedFile, StoredTensor

__all__ = [
    "FAMILIES",
    "ApproximateModel",
    "Checkpoint",
    "DamagedFile",
    "NewHead",
    "StoredTensor",
    "UnusedSettings",
    "UnusedWeights",
    "from_pretrained",
    "read_pytorch",
    "read_safetensors",
    "read_weights",
    "save_pretrained",
    "save_to_preset",
    "write_safetensors",
]
