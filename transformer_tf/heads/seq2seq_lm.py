"""Sequence-to-sequence LM head: the next token of the target."""

import keras

from transformer_tf.heads.causal_lm import CausalLMHead


@keras.saving.register_keras_serializable(package="transformer_tf")
class Seq2SeqLMHead(CausalLMHead):
    """Scores every token as the next one of the target, at every target position.

    BART adds a bias for each token; T5, where tied, multiplies the hidden states by
    dim ** -0.5 first.

    Args:
        vocabulary_size: Number of tokens.
        scale: What hidden states are multiplied by first; None for nothing.
        use_bias: Whether each token has a bias.
        kernel_initializer: Kernel initializer of the head's own table.

    Call:
        x: [batch, target, dim] floats: what the decoder returned.
        table: [vocabulary, dim] floats: the embedding's table, to tie the two. When
            left out the head has a table of its own.

    Returns:
        [batch, target, vocabulary] floats: logits.

    Raises:
        ValueError: the table does not fit.

    Example:
        >>> x = keras.random.normal((2, 7, 8))
        >>> head = Seq2SeqLMHead(vocabulary_size=100, use_bias=True)  # as BART's
        >>> print(head(x, table=keras.random.normal((100, 8))).shape)
        (2, 7, 100)

    Source: https://arxiv.org/abs/1910.10683, section 2.1; the rescaling
    https://arxiv.org/abs/1706.03762, section 3.4.
    """

    prepare = CausalLMHead.prepare
