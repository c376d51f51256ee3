"""What a post-processor is: bare encodings in, the model's input out."""

from transformer_tf.text.component import Component


class PostProcessor(Component, role="post_processor"):
    """Puts special tokens round the tokens of one text or two.

    Call:
        first: `Encoding` of the text.
        second: `Encoding` of the text it is paired with, or None.
        special_tokens: False leaves the special tokens out.

    Returns:
        encoding: One `Encoding` with type ids set.
    """

    def __call__(self, first, second=None, special_tokens=True):
        raise NotImplementedError(f"{type(self).__name__} must define __call__")

    def added_count(self, is_pair):
        """Number of special tokens in a call: truncation leaves room for them."""
        return 0
