"""What language-model heads share: scores of every token, from a table of vectors."""

from keras import ops

from transformer_tf.initializers import initializer_for
from transformer_tf.layer import Layer


class ScoringHead(Layer):
    """Scores hidden states against a vector for each token.

    The heads of masked, causal and sequence-to-sequence models say what happens before;
    their docstrings explain the arguments.
    """

    def _build_scoring(self, dim, table_shape):
        if table_shape is None:
            self.table = self.add_weight(
                name="table",
                shape=(self.vocabulary_size, dim),
                initializer=initializer_for(self.kernel_initializer),
            )
        else:
            self._check_table(dim, table_shape)
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(self.vocabulary_size,), initializer="zeros"
            )

    def _score(self, x, table):
        """[batch, length, dim] -> [batch, length, vocabulary]"""
        if table is None and not hasattr(self, "table"):
            raise ValueError(
                f"{self.name} was built with the table of an embedding; pass it again"
            )
        table = ops.cast(self.table if table is None else table, x.dtype)
        logits = ops.matmul(x, ops.transpose(table))
        return logits + self.bias if self.use_bias else logits

    def _check_table(self, dim, table_shape):
        if tuple(table_shape) != (self.vocabulary_size, dim):
            raise ValueError(
                "table must be [vocabulary, dim], one vector for each token; got "
                f"{tuple(table_shape)} for {self.vocabulary_size} tokens and {dim} "
                "features"
            )
