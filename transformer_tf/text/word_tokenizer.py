"""One token per word: the simplest vocabulary, and the largest."""

from transformer_tf.text.input_checks import check_tokens
from transformer_tf.text.models.word import WordModel
from transformer_tf.text.normalizers.lowercase import Lowercase
from transformer_tf.text.pre_tokenizers.white_space import WhiteSpace
from transformer_tf.text.tokenizer import Tokenizer
from transformer_tf.text.training import count_pieces


class WordTokenizer(Tokenizer):
    """Words and runs of punctuation are tokens; rare words are unknown.

    Decoding puts a space between words: which spaces the text had is lost.

    Example:
        >>> tokenizer = WordTokenizer.train(["low tide", "low water"], 10)
        >>> encoding = tokenizer.encode("low, high")
        >>> encoding.tokens, encoding.ids
        (['low', '[UNK]', '[UNK]'], [2, 1, 1])
    """

    @classmethod
    def from_words(cls, vocabulary, unknown_token="[UNK]", lowercase=False):
        """The tokenizer of a vocabulary of words.

        Args:
            vocabulary: {word: id}, the unknown token included.
            unknown_token: The token of words that are not in it.
            lowercase: Whether text is lower-cased first.
        """
        return cls(
            WordModel(vocabulary, unknown_token),
            normalizer=Lowercase() if lowercase else None,
            pre_tokenizer=WhiteSpace(),
            added_tokens=[unknown_token],
        )

    @classmethod
    def train(
        cls,
        texts,
        vocabulary_size,
        special_tokens=("[PAD]", "[UNK]"),
        unknown_token="[UNK]",
        lowercase=False,
        minimum_count=1,
        progress=False,
    ):
        """Keeps the most frequent words; equally frequent ones in their own order.

        Args:
            texts: Iterable of strings.
            vocabulary_size: Maximum number of tokens, special ones included.
            special_tokens: They get the first ids; the unknown token is one of them.
            unknown_token: The token of words that are not in the vocabulary.
            lowercase: Whether text is lower-cased first.
            minimum_count: Words that occur less often are left out.
            progress: Whether a bar is drawn on standard output.

        Returns:
            tokenizer: A `WordTokenizer`.
        """
        special_tokens = check_tokens(special_tokens, "special_tokens")
        normalizer = Lowercase() if lowercase else None
        counts = count_pieces(texts, normalizer, WhiteSpace(), progress)
        tokens = special_and_frequent(
            counts, vocabulary_size, special_tokens, unknown_token, minimum_count
        )
        tokenizer = cls.from_words(tokens, unknown_token, lowercase)
        tokenizer.add_tokens(special_tokens)
        return tokenizer


def special_and_frequent(counts, size, special_tokens, unknown_token, minimum_count):
    """{token: id} of special tokens, then the most frequent pieces."""
    if unknown_token not in special_tokens:
        raise ValueError(
            f"the unknown token {unknown_token!r} must be one of the special tokens "
            f"{list(special_tokens)}"
        )
    if size < len(special_tokens):
        raise ValueError(
            f"vocabulary_size {size} has no room for the {len(special_tokens)} special "
            "tokens"
        )
    frequent = sorted(
        (piece for piece, count in counts.items() if count >= minimum_count),
        key=lambda piece: (-counts[piece], piece),
    )
    tokens = list(dict.fromkeys([*special_tokens, *frequent]))[:size]
    return {token: number for number, token in enumerate(tokens)}
