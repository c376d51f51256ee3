"""Recurrent cells: a sequence read one step at a time."""

from transformer_tf.recurrent.gru_cell import GRUCell
from transformer_tf.recurrent.lstm_cell import LSTMCell
from transformer_tf.recurrent.rnn_cell import RNNCell

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]
