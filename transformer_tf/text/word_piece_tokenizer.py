"""WordPiece as BERT uses it."""

from transformer_tf.text.decoders.word_piece import WordPieceDecoder
from transformer_tf.text.input_checks import check_tokens
from transformer_tf.text.models.word_piece import WordPiece
from transformer_tf.text.normalizers.bert import BertNormalizer
from transformer_tf.text.pre_tokenizers.bert import BertPreTokenizer
from transformer_tf.text.templates.published import bert_template
from transformer_tf.text.tokenizer import Tokenizer
from transformer_tf.text.trainers.likelihood import learn_pieces
from transformer_tf.text.trainers.merges import learn_merges
from transformer_tf.text.training import count_pieces
from transformer_tf.text.vocabulary_files import (
    is_cased,
    read_vocabulary_txt,
    write_vocabulary_txt,
)

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
RULES = ("count", "likelihood")


class WordPieceTokenizer(Tokenizer):
    """Words cut greedily into the longest pieces of a vocabulary.

    Make one with `train`, with `from_vocabulary` (vocab.txt) or with `from_file`
    (tokenizer.json).

    Example:
        >>> texts = ["low tide, lower, lowest"] * 9
        >>> tokenizer = WordPieceTokenizer.train(texts, vocabulary_size=30)
        >>> encoding = tokenizer.encode("Lower tide")
        >>> encoding.tokens, tokenizer.decode(encoding.ids)
        (['[CLS]', 'lower', 'ti', '##de', '[SEP]'], 'lower tide')
    """

    @classmethod
    def from_pieces(cls, vocabulary, normalizer=None):
        """The tokenizer of a vocabulary that holds BERT's special tokens.

        Args:
            vocabulary: {token: id}.
            normalizer: `BertNormalizer()` (lower-casing) when left out.
        """
        missing = [t for t in ("[UNK]", "[CLS]", "[SEP]") if t not in vocabulary]
        if missing:
            raise ValueError(f"the vocabulary lacks BERT's special tokens {missing}")
        return cls(
            WordPiece(vocabulary),
            normalizer=BertNormalizer() if normalizer is None else normalizer,
            pre_tokenizer=BertPreTokenizer(),
            post_processor=bert_template(vocabulary["[CLS]"], vocabulary["[SEP]"]),
            decoder=WordPieceDecoder(),
            added_tokens=[token for token in SPECIAL_TOKENS if token in vocabulary],
        )

    @classmethod
    def from_vocabulary(cls, path, lowercase=None):
        """The tokenizer of a vocab.txt, as BERT publishes it.

        Args:
            path: Path of the vocab.txt.
            lowercase: Whether the model is an uncased one; when left out, whether the
                vocabulary has no capital letters. `from_pretrained` looks at the
                tokenizer_config.json beside the file as well.
        """
        vocabulary = read_vocabulary_txt(path)
        if lowercase is None:
            lowercase = not is_cased(vocabulary)
        return cls.from_pieces(vocabulary, BertNormalizer(lowercase=lowercase))

    def save_vocabulary(self, path):
        """Writes a vocab.txt."""
        write_vocabulary_txt(path, self.vocabulary)

    @classmethod
    def train(
        cls,
        texts,
        vocabulary_size,
        special_tokens=SPECIAL_TOKENS,
        rule="count",
        lowercase=True,
        limit_alphabet=1000,
        minimum_count=2,
        progress=False,
    ):
        """Learns pieces from text.

        Args:
            texts: Iterable of strings.
            vocabulary_size: Number of tokens, special ones and alphabet included.
            special_tokens: They get the first ids.
            rule: "count" merges the most frequent pair, as libraries do;
                "likelihood" the pair whose parts are bound closest, as the paper says.
            lowercase: Whether text is lower-cased and its accents taken off.
            limit_alphabet: Maximum number of characters.
            minimum_count: Pairs that occur less often are not merged.
            progress: Whether a bar is drawn on standard output.

        Returns:
            tokenizer: A `WordPieceTokenizer`.
        """
        special_tokens = check_tokens(special_tokens, "special_tokens")
        if rule not in RULES:
            raise ValueError(f"rule must be one of {RULES}; got {rule!r}")
        normalizer = BertNormalizer(lowercase=lowercase)
        counts = count_pieces(texts, normalizer, BertPreTokenizer(), progress)
        learn = learn_pieces if rule == "likelihood" else _merge_pieces
        vocabulary = learn(
            counts,
            vocabulary_size,
            special_tokens,
            limit_alphabet=limit_alphabet,
            minimum_count=minimum_count,
            prefix="##",
            progress=progress,
        )
        if len(vocabulary) > vocabulary_size:
            raise ValueError(
                f"vocabulary_size must be at least {len(vocabulary)}, for the special "
                "tokens and the spellings of the text's characters; got "
                f"{vocabulary_size}: ask for more, or lower limit_alphabet"
            )
        tokenizer = cls.from_pieces(vocabulary, normalizer)
        tokenizer.add_tokens(special_tokens)
        return tokenizer


def _merge_pieces(*arguments, **settings):
    vocabulary, _ = learn_merges(*arguments, **settings)
    return vocabulary
