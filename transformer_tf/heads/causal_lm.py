"""Causal LM head: from what the text so far means to what comes next."""

import keras
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.arguments import check_flag, check_size, optional_number
from transformer_tf.heads.scoring import ScoringHead
from transformer_tf.initializers import check_initializer, serialize_initializer


@keras.saving.register_keras_serializable(package="transformer_tf")
class CausalLMHead(ScoringHead):
    """Scores every token as the next one, at every position.

    Args:
        vocabulary_size: Number of tokens.
        scale: What hidden states are multiplied by first; None for nothing.
        use_bias: Whether each token has a bias.
        kernel_initializer: Kernel initializer of the head's own table.

    Call:
        x: [batch, length, dim] floats.
        table: [vocabulary, dim] floats: the embedding's table, to tie the two. When
            left out the head has a table of its own.

    Returns:
        [batch, length, vocabulary] floats: logits.

    Raises:
        ValueError: the table does not fit.

    Example:
        >>> x = keras.random.normal((2, 7, 8))
        >>> table = keras.random.normal((100, 8))  # the embedding's
        >>> print(CausalLMHead(vocabulary_size=100)(x, table).shape)
        (2, 7, 100)

    Source: https://cdn.openai.com/research-covers/language-unsupervised/
    language_understanding_paper.pdf, section 3.1; tied tables
    https://arxiv.org/abs/1608.05859.
    """

    def __init__(
        self,
        vocabulary_size: int,
        scale: float | None = None,
        use_bias: bool = False,
        kernel_initializer: Initializer = "glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = check_size("vocabulary_size", vocabulary_size)
        self.scale = optional_number("scale", scale)
        self.use_bias = check_flag("use_bias", use_bias)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.supports_masking = True

    def build(self, x_shape, table_shape=None):
        self._build_scoring(x_shape[-1], table_shape)

    def call(self, x, table=None):
        if self.scale is not None:
            x = x * ops.cast(self.scale, x.dtype)
        return self._score(x, table)

    def prepare(self, table=None):
        """What `step` reads: the table that it scores against, as it is and transposed.

        Programs leave out the one that they do not read.
        """
        table = ops.cast(self.table if table is None else table, self.compute_dtype)
        return {"table": table, "transposed": ops.transpose(table)}

    def step(self, x, prepared):
        """`call` on what `prepare` returned: [..., dim] -> [..., vocabulary]"""
        x = ops.cast(x, self.compute_dtype)
        if self.scale is not None:
            x = x * ops.cast(self.scale, x.dtype)
        *leading, dim = x.shape  # with None for what a graph does not know
        if all(size == 1 for size in leading):
            # XLA on a CPU reads the table as it lies when a single vector is scored;
            # transposing it would take as long as scoring a dozen.
            logits = ops.matmul(prepared["table"], ops.reshape(x, (dim, 1)))
            logits = ops.reshape(logits, (*leading, -1))
        else:
            logits = ops.matmul(x, prepared["transposed"])
        return logits + ops.cast(self.bias, x.dtype) if self.use_bias else logits

    def compute_output_shape(self, x_shape, table_shape=None):
        return (*x_shape[:-1], self.vocabulary_size)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "scale": self.scale,
            "use_bias": self.use_bias,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
        }
