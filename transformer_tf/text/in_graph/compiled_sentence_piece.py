"""TensorFlow's own: SentencePiece's library as an operation."""

from importlib.util import find_spec

import tensorflow as tf

from transformer_tf.text.in_graph.unsupported import unsupported
from transformer_tf.text.in_graph.utf8 import check_texts
from transformer_tf.text.models.sentence_piece import BYTE, MARK
from transformer_tf.text.sentence_piece import sentence_piece_bytes


class CompiledSentencePiece(tf.Module):
    """Gives texts to the library that SentencePiece's model files come from.

    tensorflow-text has it as an operation, so a graph gives the ids that the library
    gives; the ids that a family counts in its own way are a table.

    Args:
        tokenizer: A `Tokenizer` with a `SentencePieceModel`.

    Call:
        texts: [row] strings.

    Returns:
        Ragged [row, piece] int32: the ids of each text.

    Raises:
        ValueError: tensorflow-text is not installed, or a step is not supported.
        tf.errors.InvalidArgumentError: On a call, a text that is not UTF-8; the message
            has the number of the row.
    """

    def __init__(self, tokenizer):
        super().__init__(name="compiled_sentence_piece")
        if find_spec("tensorflow_text") is None:
            raise unsupported("a SentencePiece model without tensorflow-text")
        if tokenizer.pre_tokenizer is not None:
            raise unsupported(f"the pre_tokenizer {tokenizer.pre_tokenizer!r:.80}")
        from tensorflow_text import SentencepieceTokenizer

        self.kernel = SentencepieceTokenizer(
            sentence_piece_bytes(tokenizer), out_type=tf.int32
        )
        self.ids = tf.constant(tokenizer.model.ids, tf.int32)
        pieces = tokenizer.model.pieces
        self.opens = tf.constant([piece.piece.startswith(MARK) for piece in pieces])
        self.byte = tf.constant([piece.kind == BYTE for piece in pieces])

    def __call__(self, texts):
        numbers = self.kernel.tokenize(check_texts(texts))
        return numbers.with_values(tf.gather(self.ids, numbers.values))

    def locate(self, texts):
        """Ragged ids; [piece] first byte, one past the last; whether a word begins,
        whether it is a byte.
        """
        numbers, start, stop = self.kernel.tokenize_with_offsets(check_texts(texts))
        ids = numbers.with_values(tf.gather(self.ids, numbers.values))
        opens, byte = (tf.gather(x, numbers.values) for x in (self.opens, self.byte))
        return ids, start.values, stop.values, opens, byte
