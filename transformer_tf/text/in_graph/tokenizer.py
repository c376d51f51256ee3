"""TensorFlow's own: a tokenizer made of graph operations, for string inputs."""

import tensorflow as tf

from transformer_tf.text.in_graph.building import pieces_of_texts
from transformer_tf.text.in_graph.decoding import Decoding
from transformer_tf.text.in_graph.layout import Layout

TEXT = tf.TensorSpec([], tf.string)
TEXTS = tf.TensorSpec([None], tf.string)
IDS = tf.TensorSpec([None, None], tf.int32)


class InGraphTokenizer(tf.Module):
    """Gives the ids that a tokenizer gives, from TensorFlow operations alone.

    It works in `tf.function`, in `tf.data` and in a SavedModel, where no Python runs.
    The steps of GPT-2, RoBERTa, BART, SmolLM2 and Llama 3 build, of BERT, DistilBERT
    and ELECTRA, of T5, ALBERT, XLM-R, mBART, Marian and Llama, and those that cut words
    or characters; anything that would not be done exactly is an error here, not a
    difference later. SentencePiece's own model files need tensorflow-text, which has
    SentencePiece's library as an operation. Its truncation and
    padding are the tokenizer's; without padding, rows are filled with id 0 up to the
    longest. There are no offsets: use the tokenizer itself where you need them.

    Args:
        tokenizer: A `Tokenizer`.
        longest_word: The most symbols (bytes for GPT-2, else characters) that a word
            between two cuts may have. Time grows with the square of the longest word,
            so there is a limit; a longer word is an error that names its row.
        compiled: Whether compiled code may do the texts for which it is proven equal:
            kernels of tensorflow-text, where it is installed (BERT's), and programs of
            XLA (T5's). What is saved then needs `import tensorflow_text` before it is
            loaded, as it does with a SentencePiece model, or a TensorFlow that has XLA;
            otherwise TensorFlow's operations alone. XLA compiles at the first calls,
            half a second for each of a few sizes of batches.

    Call:
        texts: [row] strings, UTF-8.

    Returns:
        Dictionary of [row, length] int32 tensors: `ids`, `attention_mask` (0 where
        padded) and `type_ids`.

    Raises:
        ValueError: The tokenizer has a step or a setting that is not supported.
        tf.errors.InvalidArgumentError: On a call, a text that is not UTF-8 or a word
            that is too long; the message has the number of the row.
    """

    def __init__(self, tokenizer, longest_word=10_000, compiled=True, name=None):
        super().__init__(name=name)
        self.longest_word = longest_word
        self._encode = pieces_of_texts(tokenizer, longest_word, compiled)
        self._decoding = Decoding(tokenizer)
        self._single = Layout(tokenizer, is_pair=False)
        self._tokenizer = tokenizer

    @tf.function(input_signature=[TEXTS], autograph=False)
    def __call__(self, texts):
        return self._single([self._encode(texts)])

    @tf.function(input_signature=[TEXT], autograph=False)
    def one(self, text):
        """As a call, for one string: [length] tensors, for `Dataset.map`."""
        outputs = self._single([self._encode(text[None])])
        return {name: values[0] for name, values in outputs.items()}

    @tf.function(input_signature=[TEXTS, TEXTS], autograph=False)
    def pairs(self, texts, others):
        """As a call, for pairs of texts: [row] strings and [row] strings."""
        layout = Layout(self._tokenizer, is_pair=True)
        tf.debugging.assert_equal(tf.size(texts), tf.size(others))
        return layout([self._encode(texts), self._encode(others)])

    @tf.function(input_signature=[IDS, IDS], autograph=False)
    def decode(self, ids, attention_mask):
        """[row, length] ids and mask -> [row] strings, without special tokens."""
        return self._decoding(ids, attention_mask)
