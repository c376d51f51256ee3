"""TensorFlow's own: tokenizers made of graph operations, with the same ids."""

from transformer_tf.text.in_graph.tokenizer import InGraphTokenizer

__all__ = ["InGraphTokenizer"]
