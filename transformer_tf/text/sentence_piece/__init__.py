"""SentencePiece's model files: what they hold is what SentencePiece does."""

from transformer_tf.text.sentence_piece.file import (
    read_sentence_piece,
    sentence_piece_bytes,
    sentence_piece_normalizer,
    write_sentence_piece,
)
from transformer_tf.text.sentence_piece.steps import sentence_piece_steps

__all__ = [
    "read_sentence_piece",
    "sentence_piece_bytes",
    "sentence_piece_normalizer",
    "sentence_piece_steps",
    "write_sentence_piece",
]
