"""What a model costs, calculated from its configuration: nothing is built."""

from transformer_tf.cost.architecture import Architecture
from transformer_tf.cost.cost import Cost, ServingMemory, TrainingMemory
from transformer_tf.cost.estimate import estimate_cost
from transformer_tf.cost.optimizers import SLOTS
from transformer_tf.cost.source import read_architecture

__all__ = [
    "SLOTS",
    "Architecture",
    "Cost",
    "ServingMemory",
    "TrainingMemory",
    "estimate_cost",
    "read_architecture",
]
