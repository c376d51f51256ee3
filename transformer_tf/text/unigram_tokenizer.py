"""Unigram as T5 uses it."""

from transformer_tf.text.decoders.metaspace import MetaspaceDecoder
from transformer_tf.text.input_checks import check_tokens
from transformer_tf.text.models.sentence_piece import CONTROL, NORMAL, UNKNOWN
from transformer_tf.text.models.sentence_piece_unigram import SentencePieceUnigram
from transformer_tf.text.models.unigram import UnigramModel
from transformer_tf.text.normalizers.replace import Replace
from transformer_tf.text.normalizers.sentence_piece import SentencePieceNormalizer
from transformer_tf.text.normalizers.sequence import NormalizerSequence
from transformer_tf.text.normalizers.unicode_form import NFKC
from transformer_tf.text.pattern import Pattern
from transformer_tf.text.pre_tokenizers.metaspace import Metaspace
from transformer_tf.text.sentence_piece import (
    read_sentence_piece,
    sentence_piece_steps,
    write_sentence_piece,
)
from transformer_tf.text.templates.published import t5_template
from transformer_tf.text.tokenizer import Tokenizer
from transformer_tf.text.trainers.unigram import learn_unigram
from transformer_tf.text.training import count_pieces

SPECIAL_TOKENS = ("<pad>", "</s>", "<unk>")


class UnigramTokenizer(Tokenizer):
    """Words cut in the likeliest way, spaces written as marks, any text put back.

    Make one with `train`, with `from_sentence_piece` (a SentencePiece model) or with
    `from_file` (tokenizer.json).

    Example:
        >>> texts = ["low tide, lower, lowest"] * 9
        >>> tokenizer = UnigramTokenizer.train(texts, vocabulary_size=22)
        >>> encoding = tokenizer.encode("lower tide")
        >>> encoding.tokens, tokenizer.decode(encoding.ids)
        (['▁lowe', 'r', '▁', 't', 'i', 'd', 'e', '</s>'], 'lower tide')
    """

    @classmethod
    def from_pieces(cls, pieces, normalizer=None, special_tokens=SPECIAL_TOKENS):
        """The tokenizer of pieces that hold T5's special tokens.

        Args:
            pieces: List of (piece, log probability); a piece's place is its id.
            normalizer: A `Normalizer`; when left out, Unicode's form NFKC, white
                space as spaces, and one space where there are several. With a
                `SentencePieceNormalizer` the tokenizer does what SentencePiece does,
                and is saved as its file.
            special_tokens: The pieces that are control tokens.
        """
        special_tokens = check_tokens(special_tokens, "special_tokens")
        names = [piece for piece, _ in pieces]
        missing = {"</s>", "<unk>", *special_tokens} - set(names)
        if missing:
            raise ValueError(f"the pieces lack T5's special tokens {sorted(missing)}")
        if isinstance(normalizer, SentencePieceNormalizer):
            kinds = dict.fromkeys(special_tokens, CONTROL)
            kinds["<unk>"] = UNKNOWN
            model = SentencePieceUnigram(
                [(name, score, kinds.get(name, NORMAL)) for name, score in pieces]
            )
            return cls(**sentence_piece_steps(model, normalizer))
        return cls(
            UnigramModel(pieces, names.index("<unk>")),
            normalizer=plain_normalizer() if normalizer is None else normalizer,
            pre_tokenizer=Metaspace(),
            post_processor=t5_template(names.index("</s>")),
            decoder=MetaspaceDecoder(),
            added_tokens=special_tokens,
        )

    @classmethod
    def from_sentence_piece(cls, path):
        """The tokenizer of a SentencePiece model file, with that library's ids."""
        return cls(**read_sentence_piece(path))

    def save_sentence_piece(self, path):
        """Writes a SentencePiece model file.

        Raises:
            ValueError: The steps are not SentencePiece's; see `from_pieces`.
        """
        write_sentence_piece(path, self)

    @classmethod
    def train(
        cls,
        texts,
        vocabulary_size,
        special_tokens=SPECIAL_TOKENS,
        normalizer=None,
        longest=16,
        progress=False,
    ):
        """Learns pieces from text.

        Args:
            texts: Iterable of strings.
            vocabulary_size: Number of pieces, special ones and alphabet included.
            special_tokens: They get the first ids; "</s>" and "<unk>" are among them.
            normalizer: As in `from_pieces`.
            longest: The most characters of a piece.
            progress: Whether bars are drawn on standard output.

        Returns:
            tokenizer: A `UnigramTokenizer`.
        """
        special_tokens = check_tokens(special_tokens, "special_tokens")
        normalizer = plain_normalizer() if normalizer is None else normalizer
        counts = count_pieces(texts, normalizer, Metaspace(), progress)
        size = vocabulary_size - len(special_tokens)
        learnt = learn_unigram(
            counts, size, longest, progress=progress, special_tokens=special_tokens
        )
        special = [(token, 0.0) for token in special_tokens]
        return cls.from_pieces([*special, *learnt], normalizer, special_tokens)


def plain_normalizer():
    """NFKC, every white space a space, and one where there are several."""
    white_space = [Replace(character, " ") for character in "\t\n\r"]
    collapse = Replace(Pattern(regex=" {2,}"), " ")
    return NormalizerSequence([NFKC(), *white_space, collapse])
