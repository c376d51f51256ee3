"""Byte-level byte-pair encoding, GPT-2's kind: nothing is ever unknown."""

from transformer_tf.text.decoders.byte_level import ByteLevelDecoder
from transformer_tf.text.input_checks import check_tokens
from transformer_tf.text.models.byte_pair import BytePair
from transformer_tf.text.pre_tokenizers.byte_level import ByteLevel, byte_characters
from transformer_tf.text.tokenizer import Tokenizer
from transformer_tf.text.trainers.merges import learn_merges
from transformer_tf.text.training import count_pieces
from transformer_tf.text.vocabulary_files import (
    check_complete,
    read_merges,
    read_vocabulary_json,
    write_merges,
    write_vocabulary_json,
)

END_OF_TEXT = "<|endoftext|>"
PUBLISHED = (END_OF_TEXT, "<s>", "<pad>", "</s>", "<unk>", "<mask>")


def check_byte_level(tokens, path):
    """Raises a ValueError where a vocabulary is not written in GPT-2's bytes."""
    missing = [byte for byte in byte_characters() if byte not in tokens]
    if len(missing) > 64:
        raise ValueError(
            f"{path} is not byte-level: it lacks {len(missing)} of the 256 bytes, "
            f"{missing[0]!r} first; transformer_tf.text.from_pretrained tells the kind"
        )


class BytePairTokenizer(Tokenizer):
    """Text as bytes, frequent neighbours merged; any text survives the round trip.

    Make one with `train`, with `from_files` (vocab.json and merges.txt) or with
    `from_file` (tokenizer.json).

    Example:
        >>> texts = ["low tide, lower, lowest", "a new tide"]
        >>> tokenizer = BytePairTokenizer.train(texts, vocabulary_size=270)
        >>> encoding = tokenizer.encode("lower tide ¡!")
        >>> encoding.tokens
        ['low', 'e', 'r', 'Ġtide', 'Ġ', 'Â', '¡', '!']
        >>> tokenizer.decode(encoding.ids)
        'lower tide ¡!'
    """

    @classmethod
    def from_merges(cls, vocabulary, merges, special_tokens=(), add_prefix_space=False):
        """The tokenizer of a vocabulary and its merges.

        Args:
            vocabulary: {token: id}, tokens in GPT-2's visible bytes.
            merges: List of (left, right), in the order training found them.
            special_tokens: Tokens that are special, such as <|endoftext|>.
            add_prefix_space: Whether a text gets a space before its first word.
        """
        return cls(
            BytePair(vocabulary, merges),
            pre_tokenizer=ByteLevel(add_prefix_space),
            decoder=ByteLevelDecoder(),
            added_tokens=special_tokens,
        )

    @classmethod
    def from_files(
        cls,
        vocabulary,
        merges,
        special_tokens=None,
        add_prefix_space=False,
    ):
        """The tokenizer of a vocab.json and a merges.txt, as GPT-2 publishes them.

        Args:
            vocabulary: Path of the vocab.json.
            merges: Path of the merges.txt.
            special_tokens: As in `from_merges`; when left out, those of GPT-2's and
                RoBERTa's that the vocabulary has.
            add_prefix_space: As in `from_merges`.

        Raises:
            ValueError: The tokens are not written in bytes (GPT's and CTRL's are not),
                or merges are missing.
        """
        tokens = read_vocabulary_json(vocabulary)
        pairs = read_merges(merges)
        check_byte_level(tokens, vocabulary)
        check_complete(tokens, map("".join, pairs), merges)
        if special_tokens is None:
            special_tokens = [token for token in PUBLISHED if token in tokens]
        return cls.from_merges(tokens, pairs, special_tokens, add_prefix_space)

    def save_files(self, vocabulary, merges):
        """Writes vocab.json and merges.txt to these paths."""
        write_vocabulary_json(vocabulary, self.vocabulary)
        write_merges(merges, self.model.merges)

    @classmethod
    def train(
        cls,
        texts,
        vocabulary_size,
        special_tokens=(END_OF_TEXT,),
        minimum_count=0,
        add_prefix_space=False,
        progress=False,
    ):
        """Learns merges from text.

        Args:
            texts: Iterable of strings.
            vocabulary_size: Number of tokens; at least 256 and the special ones.
            special_tokens: They get the first ids.
            minimum_count: Pairs that occur less often are not merged.
            add_prefix_space: As in `from_merges`.
            progress: Whether a bar is drawn on standard output.

        Returns:
            tokenizer: A `BytePairTokenizer`.
        """
        special_tokens = check_tokens(special_tokens, "special_tokens")
        smallest = 256 + len(special_tokens)
        if vocabulary_size < smallest:
            raise ValueError(
                f"vocabulary_size must be at least {smallest}: 256 bytes and "
                f"{len(special_tokens)} special tokens; got {vocabulary_size}"
            )
        counts = count_pieces(texts, None, ByteLevel(add_prefix_space), progress)
        vocabulary, merges = learn_merges(
            counts,
            vocabulary_size,
            special_tokens,
            alphabet=byte_characters(),
            minimum_count=minimum_count,
            progress=progress,
        )
        return cls.from_merges(vocabulary, merges, special_tokens, add_prefix_space)
