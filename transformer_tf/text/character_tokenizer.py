"""One token a character: the smallest vocabulary, and the longest sequences."""

from transformer_tf.text.decoders.fuse import Fuse
from transformer_tf.text.input_checks import check_tokens
from transformer_tf.text.models.word import WordModel
from transformer_tf.text.pre_tokenizers.character_split import CharacterSplit
from transformer_tf.text.tokenizer import Tokenizer
from transformer_tf.text.training import count_pieces
from transformer_tf.text.word_tokenizer import special_and_frequent


class CharacterTokenizer(Tokenizer):
    """Characters (Unicode code points) are tokens; white space is kept.

    Text whose characters are all in the vocabulary survives the round trip.

    Example:
        >>> tokenizer = CharacterTokenizer.train(["low tide"])
        >>> encoding = tokenizer.encode("lit")
        >>> encoding.tokens, encoding.ids
        (['l', 'i', 't'], [6, 5, 8])
        >>> tokenizer.decode(encoding.ids)
        'lit'
    """

    @classmethod
    def from_characters(cls, vocabulary, unknown_token="[UNK]"):
        """The tokenizer of a vocabulary of characters.

        Args:
            vocabulary: {character: id}, the unknown token included.
            unknown_token: The token of characters that are not in it.
        """
        return cls(
            WordModel(vocabulary, unknown_token),
            pre_tokenizer=CharacterSplit(),
            decoder=Fuse(),
            added_tokens=[unknown_token],
        )

    @classmethod
    def train(
        cls,
        texts,
        vocabulary_size=100_000,
        special_tokens=("[PAD]", "[UNK]"),
        unknown_token="[UNK]",
        minimum_count=1,
        progress=False,
    ):
        """Keeps the most frequent characters.

        Args:
            texts: Iterable of strings.
            vocabulary_size: Maximum number of tokens, special ones included.
            special_tokens: They get the first ids; the unknown token is one of them.
            unknown_token: The token of characters that are not in the vocabulary.
            minimum_count: Characters that occur less often are left out.
            progress: Whether a bar is drawn on standard output.

        Returns:
            tokenizer: A `CharacterTokenizer`.
        """
        special_tokens = check_tokens(special_tokens, "special_tokens")
        counts = count_pieces(texts, None, CharacterSplit(), progress)
        tokens = special_and_frequent(
            counts, vocabulary_size, special_tokens, unknown_token, minimum_count
        )
        tokenizer = cls.from_characters(tokens, unknown_token)
        tokenizer.add_tokens(special_tokens)
        return tokenizer
