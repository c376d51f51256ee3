"""Recurrent cells: a sequence read one step at a time."""

from transformer_tf.recurrent.rnn_cell import RNNCell

__all__ = ["RNNCell"]
