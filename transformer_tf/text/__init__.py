"""Tokenizers: text to ids and back, by steps that can be read one at a time."""

from transformer_tf.text.added_tokens import AddedToken
from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.batch import Batch
from transformer_tf.text.bucketing import bucket_by_length
from transformer_tf.text.byte_pair_tokenizer import BytePairTokenizer
from transformer_tf.text.character_tokenizer import CharacterTokenizer
from transformer_tf.text.chat import ChatTemplate
from transformer_tf.text.decoders.byte_fallback import ByteFallback
from transformer_tf.text.decoders.byte_level import ByteLevelDecoder
from transformer_tf.text.decoders.byte_pair import BPEDecoder
from transformer_tf.text.decoders.fuse import Fuse
from transformer_tf.text.decoders.metaspace import MetaspaceDecoder
from transformer_tf.text.decoders.replace import ReplaceDecoder
from transformer_tf.text.decoders.sequence import DecoderSequence
from transformer_tf.text.decoders.strip import StripDecoder
from transformer_tf.text.decoders.word_piece import WordPieceDecoder
from transformer_tf.text.encoding import Encoding
from transformer_tf.text.merge_view import MergeView
from transformer_tf.text.models.byte_pair import BytePair
from transformer_tf.text.models.unigram import UnigramModel
from transformer_tf.text.models.word import WordModel
from transformer_tf.text.models.word_piece import WordPiece
from transformer_tf.text.normalizers.bert import BertNormalizer
from transformer_tf.text.normalizers.lowercase import Lowercase
from transformer_tf.text.normalizers.precompiled import Precompiled
from transformer_tf.text.normalizers.prepend import Prepend
from transformer_tf.text.normalizers.replace import Replace
from transformer_tf.text.normalizers.sequence import NormalizerSequence
from transformer_tf.text.normalizers.strip import Strip
from transformer_tf.text.normalizers.strip_accents import StripAccents
from transformer_tf.text.normalizers.unicode_form import NFC, NFD, NFKC, NFKD
from transformer_tf.text.packing import Packed, pack
from transformer_tf.text.padding import Padding
from transformer_tf.text.pattern import Pattern
from transformer_tf.text.pre_tokenizers.bert import BertPreTokenizer
from transformer_tf.text.pre_tokenizers.byte_level import ByteLevel
from transformer_tf.text.pre_tokenizers.character_split import CharacterSplit
from transformer_tf.text.pre_tokenizers.delimiter_split import DelimiterSplit
from transformer_tf.text.pre_tokenizers.digits import Digits
from transformer_tf.text.pre_tokenizers.metaspace import Metaspace
from transformer_tf.text.pre_tokenizers.punctuation import Punctuation
from transformer_tf.text.pre_tokenizers.sequence import PreTokenizerSequence
from transformer_tf.text.pre_tokenizers.split import Split
from transformer_tf.text.pre_tokenizers.white_space import WhiteSpace
from transformer_tf.text.pre_tokenizers.white_space_split import WhiteSpaceSplit
from transformer_tf.text.pretrained import from_pretrained
from transformer_tf.text.sentence_piece import sentence_piece_normalizer
from transformer_tf.text.show import open_vocabulary, show_tokens, train_tokenizer
from transformer_tf.text.templates.bert_processing import BertProcessing
from transformer_tf.text.templates.byte_level import ByteLevelOffsets
from transformer_tf.text.templates.published import (
    bart_template,
    bert_template,
    gpt_template,
    marian_template,
    roberta_template,
    t5_template,
)
from transformer_tf.text.templates.roberta_processing import RobertaProcessing
from transformer_tf.text.templates.sequence import PostProcessorSequence
from transformer_tf.text.templates.template import Template
from transformer_tf.text.text_stream import TextStream
from transformer_tf.text.token_view import TokenView
from transformer_tf.text.tokenizer import Tokenizer
from transformer_tf.text.truncation import Truncation
from transformer_tf.text.unigram_tokenizer import UnigramTokenizer
from transformer_tf.text.unknowns import UnknownReport, unknown_report
from transformer_tf.text.word_piece_tokenizer import WordPieceTokenizer
from transformer_tf.text.word_tokenizer import WordTokenizer

__all__ = [
    "AddedToken",
    "AlignedText",
    "BPEDecoder",
    "Batch",
    "BertNormalizer",
    "BertProcessing",
    "BertPreTokenizer",
    "ByteFallback",
    "ByteLevel",
    "ByteLevelDecoder",
    "ByteLevelOffsets",
    "BytePair",
    "BytePairTokenizer",
    "CharacterSplit",
    "CharacterTokenizer",
    "ChatTemplate",
    "DecoderSequence",
    "DelimiterSplit",
    "Digits",
    "Encoding",
    "Fuse",
    "Lowercase",
    "MergeView",
    "Metaspace",
    "MetaspaceDecoder",
    "NFC",
    "NFD",
    "NFKC",
    "NFKD",
    "NormalizerSequence",
    "Packed",
    "Padding",
    "Pattern",
    "PostProcessorSequence",
    "PreTokenizerSequence",
    "Precompiled",
    "Prepend",
    "Punctuation",
    "Replace",
    "ReplaceDecoder",
    "RobertaProcessing",
    "Split",
    "Strip",
    "StripAccents",
    "StripDecoder",
    "Template",
    "TextStream",
    "TokenView",
    "Tokenizer",
    "Truncation",
    "UnigramModel",
    "UnigramTokenizer",
    "UnknownReport",
    "WhiteSpace",
    "WhiteSpaceSplit",
    "WordModel",
    "WordPiece",
    "WordPieceDecoder",
    "WordPieceTokenizer",
    "WordTokenizer",
    "bart_template",
    "bert_template",
    "bucket_by_length",
    "from_pretrained",
    "gpt_template",
    "marian_template",
    "open_vocabulary",
    "pack",
    "roberta_template",
    "sentence_piece_normalizer",
    "show_tokens",
    "t5_template",
    "train_tokenizer",
    "unknown_report",
]
