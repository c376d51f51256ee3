"""Published checkpoints: their files, read and written without PyTorch."""

from transformer_tf.checkpoints.folder import read_weights
from transformer_tf.checkpoints.pytorch import read_pytorch
from transformer_tf.checkpoints.safetensors import read_safetensors, write_safetensors
from transformer_tf.checkpoints.stored_tensor import DamagedFile, StoredTensor

__all__ = [
    "DamagedFile",
    "StoredTensor",
    "read_pytorch",
    "read_safetensors",
    "read_weights",
    "write_safetensors",
]
