"""GPT-2, RoBERTa, BART, GPT, CTRL, CLIP, Qwen 2: vocab.json and merges.txt."""

from transformer_tf.text.added_tokens import AddedToken
from transformer_tf.text.byte_pair_tokenizer import BytePairTokenizer
from transformer_tf.text.decoders.byte_level import ByteLevelDecoder
from transformer_tf.text.decoders.byte_pair import BPEDecoder
from transformer_tf.text.decoders.continued import ContinuedDecoder
from transformer_tf.text.decoders.replace import ReplaceDecoder
from transformer_tf.text.decoders.sequence import DecoderSequence
from transformer_tf.text.models.byte_pair import BytePair
from transformer_tf.text.models.continued_pairs import ContinuedPairs
from transformer_tf.text.normalizers.bert import BertNormalizer
from transformer_tf.text.normalizers.lowercase import Lowercase
from transformer_tf.text.normalizers.replace import Replace
from transformer_tf.text.normalizers.sequence import NormalizerSequence
from transformer_tf.text.normalizers.unicode_form import NFC
from transformer_tf.text.pattern import CLIP, QWEN2, Pattern
from transformer_tf.text.pre_tokenizers.bert import BertPreTokenizer
from transformer_tf.text.pre_tokenizers.byte_level import ByteLevel
from transformer_tf.text.pre_tokenizers.sequence import PreTokenizerSequence
from transformer_tf.text.pre_tokenizers.split import Split
from transformer_tf.text.templates.byte_level import ByteLevelOffsets
from transformer_tf.text.templates.published import roberta_template
from transformer_tf.text.templates.roberta_processing import RobertaProcessing
from transformer_tf.text.tokenizer import Tokenizer
from transformer_tf.text.vocabulary_files import (
    check_complete,
    read_merges,
    read_vocabulary_json,
)


def _files(folder):
    vocabulary = folder.need("vocab.json", "encoder.json")
    merges = folder.need("merges.txt", "vocab.bpe")
    return vocabulary, merges


def gpt2(folder):
    """Byte-level byte pairs, and nothing around a text."""
    prefix = folder.setting("add_prefix_space", False)
    vocabulary, merges = _files(folder)
    return BytePairTokenizer.from_files(vocabulary, merges, add_prefix_space=prefix)


def roberta(folder):
    """Byte-level byte pairs, <s> a </s>, and a mask that takes its space along."""
    vocabulary, merges = _files(folder)
    tokens = read_vocabulary_json(vocabulary)
    missing = [t for t in ("<s>", "</s>", "<mask>") if t not in tokens]
    if missing:
        raise ValueError(f"{vocabulary} lacks RoBERTa's special tokens {missing}")
    prefix = folder.setting("add_prefix_space", False)
    tokenizer = BytePairTokenizer.from_files(
        vocabulary, merges, add_prefix_space=prefix
    )
    tokenizer.add_tokens([AddedToken("<mask>", tokens["<mask>"], lstrip=True)])
    tokenizer.post_processor = roberta_template(
        tokens["<s>"], tokens["</s>"], add_prefix_space=prefix
    )
    return tokenizer


def gpt(folder):
    """GPT: lower-cased words and marks, the last piece of a word ends in </w>."""
    vocabulary, merges = _files(folder)
    tokens = read_vocabulary_json(vocabulary)
    pairs = read_merges(merges)
    check_complete(tokens, map("".join, pairs), merges, "</w>")
    unknown = "<unk>" if "<unk>" in tokens else None
    return Tokenizer(
        BytePair(tokens, pairs, unknown, suffix="</w>"),
        normalizer=BertNormalizer(lowercase=True),
        pre_tokenizer=BertPreTokenizer(),
        decoder=BPEDecoder("</w>"),
        added_tokens=[] if unknown is None else [unknown],
    )


def ctrl(folder):
    """CTRL: words between spaces, every piece but a word's last ends in @@."""
    vocabulary, merges = _files(folder)
    tokens = read_vocabulary_json(vocabulary)
    if "<unk>" not in tokens:
        raise ValueError(f"{vocabulary} has no <unk>")
    model = ContinuedPairs(tokens, read_merges(merges), "<unk>")
    check_complete(tokens, map(model.look_up, map("".join, model.merges)), merges, "@@")
    return Tokenizer(
        model,
        pre_tokenizer=Split(Pattern(regex=r"\S+\n?"), "Removed", invert=True),
        decoder=ContinuedDecoder("@@"),
        added_tokens=["<unk>"],
    )


def qwen2(folder):
    """Qwen 2: composed text, cut by its own pattern, and nothing around it."""
    tokenizer = gpt2(folder)
    tokenizer.normalizer = NFC()
    tokenizer.pre_tokenizer = PreTokenizerSequence(
        [Split(Pattern(regex=QWEN2)), ByteLevel(use_regex=False)]
    )
    tokenizer.post_processor = ByteLevelOffsets(trim_offsets=False)
    return tokenizer


def clip(folder):
    """CLIP: lower-cased words, each of whose last pieces ends in </w>."""
    vocabulary, merges = _files(folder)
    tokens, pairs = read_vocabulary_json(vocabulary), read_merges(merges)
    check_complete(tokens, map("".join, pairs), merges, "</w>")
    names = ("<|startoftext|>", "<|endoftext|>")
    missing = [token for token in names if token not in tokens]
    if missing:
        raise ValueError(f"{vocabulary} lacks CLIP's special tokens {missing}")
    start, end = ((name, tokens[name]) for name in names)
    words = Split(Pattern(regex=CLIP), "Removed", invert=True)
    return Tokenizer(
        BytePair(tokens, pairs, end[0], suffix="</w>"),
        normalizer=NormalizerSequence(
            [NFC(), Replace(Pattern(regex=r"\s+"), " "), Lowercase()]
        ),
        pre_tokenizer=PreTokenizerSequence([words, ByteLevel()]),
        post_processor=RobertaProcessing(
            end, start, trim_offsets=False, add_prefix_space=False
        ),
        decoder=DecoderSequence([ByteLevelDecoder(), ReplaceDecoder("</w>", " ")]),
        added_tokens=[AddedToken(*start), AddedToken(*end)],
    )


def by_vocabulary(folder):
    """The kind that a vocab.json tells by how its tokens are written."""
    tokens = read_vocabulary_json(_files(folder)[0])
    if any(token.endswith("</w>") for token in tokens):
        return clip(folder) if "<|startoftext|>" in tokens else gpt(folder)
    if sum(token.endswith("@@") for token in tokens) > len(tokens) // 20:
        return ctrl(folder)
    if {"<s>", "</s>", "<mask>"} <= tokens.keys():
        return roberta(folder)
    if "<|endoftext|>" not in tokens:
        raise ValueError(
            f"{folder.given} tells no family: GPT-2's vocabulary has <|endoftext|> and "
            "RoBERTa's <s>, </s> and <mask>, Qwen 2's has no special token; put the "
            "tokenizer_config.json or config.json it was published with beside it, or "
            "read it with BytePairTokenizer.from_files"
        )
    return gpt2(folder)
