"""BERT, DistilBERT, ELECTRA from vocab.txt; Transformer-XL from its own."""

from transformer_tf.text.models.word import WordModel
from transformer_tf.text.normalizers.bert import BertNormalizer
from transformer_tf.text.normalizers.lowercase import Lowercase
from transformer_tf.text.pre_tokenizers.white_space_split import WhiteSpaceSplit
from transformer_tf.text.tokenizer import Tokenizer
from transformer_tf.text.vocabulary_files import is_cased, read_vocabulary_txt
from transformer_tf.text.word_piece_tokenizer import WordPieceTokenizer


def bert(folder):
    """BERT's kind. The case is that of tokenizer_config.json, or of the vocabulary."""
    vocabulary = read_vocabulary_txt(folder.need("vocab.txt"))
    lowercase = folder.setting("do_lower_case")
    normalizer = BertNormalizer(
        handle_chinese_chars=folder.setting("tokenize_chinese_chars", True),
        strip_accents=folder.setting("strip_accents"),
        lowercase=not is_cased(vocabulary) if lowercase is None else lowercase,
    )
    return WordPieceTokenizer.from_pieces(vocabulary, normalizer)


def transformer_xl(folder):
    """Words between white space, as WikiText-103 is published; no cutting of ours.

    The code published with the model cuts raw text by the rules of Moses first.
    """
    vocabulary = read_vocabulary_txt(folder.need("vocab.txt"))
    if "<unk>" not in vocabulary:
        raise ValueError(f"{folder.path}: vocab.txt has no <unk>")
    special = [t for t in ("<unk>", "<eos>", "<formula>") if t in vocabulary]
    return Tokenizer(
        WordModel(vocabulary, "<unk>"),
        normalizer=Lowercase() if folder.setting("lower_case", False) else None,
        pre_tokenizer=WhiteSpaceSplit(),
        added_tokens=special,
    )


def by_vocabulary(folder):
    """The kind that a vocab.txt tells by the special tokens it has."""
    vocabulary = read_vocabulary_txt(folder.need("vocab.txt"))
    if {"[UNK]", "[CLS]", "[SEP]"} <= vocabulary.keys():
        return bert(folder)
    if {"<unk>", "<eos>"} <= vocabulary.keys():
        return transformer_xl(folder)
    raise ValueError(
        f"{folder.path / 'vocab.txt'} tells no family: it has neither BERT's [UNK], "
        "[CLS] and [SEP] nor Transformer-XL's <unk> and <eos>; put the "
        "tokenizer_config.json or config.json it was published with beside it"
    )
