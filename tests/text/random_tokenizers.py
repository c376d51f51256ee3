"""Tokenizers drawn at random, and texts that reach into their corners."""

from transformer_tf.text import (
    NFC,
    NFKD,
    AddedToken,
    BertNormalizer,
    BertPreTokenizer,
    BPEDecoder,
    ByteLevel,
    ByteLevelDecoder,
    BytePair,
    CharacterSplit,
    DelimiterSplit,
    Digits,
    Fuse,
    Lowercase,
    Metaspace,
    MetaspaceDecoder,
    NormalizerSequence,
    Padding,
    Pattern,
    Prepend,
    PreTokenizerSequence,
    Punctuation,
    Replace,
    RobertaProcessing,
    Split,
    Strip,
    StripAccents,
    Template,
    Tokenizer,
    Truncation,
    UnigramModel,
    WhiteSpace,
    WhiteSpaceSplit,
    WordModel,
    WordPiece,
    WordPieceDecoder,
    bert_template,
    roberta_template,
)
from transformer_tf.text.pre_tokenizers.byte_level import byte_characters

LETTERS = "abcAé1 .▁-"
SPECIAL = ("<s>", "</s>", "<pad>", "[X]", "sp")
LLAMA = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def some_text(draw):
    """A short text of the letters that vocabularies have, and of some they lack."""
    parts = [*LETTERS, *LETTERS, *SPECIAL, "ab", "new", " new", "Ab ", "<unk>"]
    parts += ["\u0301", "ﬁ", "\u4e2d", "\n", "  ", "\U0001f469", "ẞ", "'s", "12"]
    return "".join(draw.choice(parts) for _ in range(draw.randrange(12)))


def _word(draw, letters=LETTERS, most=4):
    return "".join(draw.choice(letters) for _ in range(draw.randrange(1, most + 1)))


def _numbered(tokens):
    return {token: i for i, token in enumerate(dict.fromkeys(tokens))}


def _byte_pair(draw):
    is_bytes = draw.random() < 0.6
    alphabet = [*byte_characters()] if is_bytes else [*LETTERS]
    if draw.random() < 0.3:  # some characters have no token
        alphabet = draw.sample(alphabet, len(alphabet) * 2 // 3)
    unknown = draw.choice([None, "<unk>"])
    suffix = "" if is_bytes or draw.random() < 0.7 else "</w>"
    tokens = [*SPECIAL, "<unk>", *alphabet, *(f"{c}{suffix}" for c in alphabet)]
    grown, merges = [*alphabet], []
    for _ in range(draw.randrange(40)):
        left, right = draw.choice(grown), draw.choice(grown)
        if is_bytes and draw.random() < 0.8:
            left, right = (draw.choice([*"abcA1"]) for _ in range(2))
            if left not in grown or right not in grown:
                continue
        if (left, right) not in merges:
            merges.append((left, right))
            grown.append(left + right)
            tokens.append(left + right)
    fused, whole = draw.random() < 0.3, draw.random() < 0.3
    model = BytePair(
        _numbered(tokens),
        merges,
        unknown,
        fuse_unknown=fused,
        suffix=suffix,
        whole_first=whole,
    )
    if not is_bytes:
        return model, _pre_tokenizer(draw), BPEDecoder() if suffix else Fuse()
    cut = draw.choice(
        [
            ByteLevel(),
            ByteLevel(add_prefix_space=True),
            PreTokenizerSequence(
                [Split(Pattern(regex=LLAMA)), ByteLevel(use_regex=False)]
            ),
            PreTokenizerSequence([Digits(True), ByteLevel()]),
        ]
    )
    return model, cut, ByteLevelDecoder()


def _word_piece(draw):
    words = [_word(draw, "abcé1") for _ in range(30)]
    tokens = [*SPECIAL, "<unk>", *words, *(f"##{word}" for word in words)]
    cut = draw.choice([BertPreTokenizer(), WhiteSpaceSplit(), WhiteSpace()])
    longest = draw.choice([100, 5])
    model = WordPiece(_numbered(tokens), "<unk>", max_word_length=longest)
    return model, cut, WordPieceDecoder(cleanup=draw.random() < 0.5)


def _unigram(draw):
    pieces = dict.fromkeys([*SPECIAL, "<unk>"], 0.0)
    for _ in range(40):
        mark = draw.choice(["▁", ""])
        # Sums of these scores are never equal by chance: ties are no part of this.
        pieces[mark + _word(draw, "abcAé1.")] = -draw.uniform(1, 9)
    for letter in draw.sample(LETTERS, 7):
        pieces[letter] = -draw.uniform(9, 12)
    pieces["▁"] = -2.5
    names = [*pieces]
    model = UnigramModel(list(pieces.items()), names.index("<unk>"))
    scheme = draw.choice(["always", "always", "never"])
    cut = Metaspace(prepend_scheme=scheme)
    if draw.random() < 0.3:
        cut = PreTokenizerSequence([WhiteSpaceSplit(), cut])
    return model, cut, MetaspaceDecoder(prepend_scheme=scheme)


def _words(draw):
    tokens = [*SPECIAL, "<unk>", *(_word(draw) for _ in range(40)), *LETTERS]
    unknown = draw.choice(["<unk>", "<unk>", None])
    vocabulary = _numbered(tokens)
    if draw.random() < 0.3:  # ids may leave holes
        vocabulary = {token: 2 * number for token, number in vocabulary.items()}
    if unknown is None:  # the file format always has one
        vocabulary.pop("<unk>")
    return WordModel(vocabulary, unknown), _pre_tokenizer(draw), None


def _pre_tokenizer(draw):
    return draw.choice(
        [
            None,
            WhiteSpace(),
            WhiteSpaceSplit(),
            BertPreTokenizer(),
            CharacterSplit(),
            DelimiterSplit("-"),
            Digits(draw.random() < 0.5),
            Punctuation(draw.choice(["Isolated", "Removed", "MergedWithPrevious"])),
            Split("b", draw.choice(["MergedWithNext", "Contiguous"])),
            Split(Pattern(regex=r"\s+"), "Removed"),
        ]
    )


def _normalizer(draw):
    steps = draw.sample(
        [
            Lowercase(),
            NFC(),
            NFKD(),
            StripAccents(),
            Strip(),
            Replace("b", "ab"),
            Replace(Pattern(regex=" {2,}"), " "),
            Prepend("a"),
            BertNormalizer(lowercase=draw.random() < 0.5),
        ],
        draw.randrange(3),
    )
    if not steps:
        return None
    return steps[0] if len(steps) == 1 else NormalizerSequence(steps)


def _template(draw, ids):
    start, end = "<s>", "</s>"
    return draw.choice(
        [
            None,
            bert_template(ids[start], ids[end], start, end),
            roberta_template(ids[start], ids[end], start, end),
            RobertaProcessing((end, ids[end]), (start, ids[start])),
            Template(
                "<s>:3 <s> $A:2", "$B </s>:1 $A", {start: ids[start], end: ids[end]}
            ),
        ]
    )


def random_tokenizer(draw):
    """A tokenizer whose every step is drawn; some are the ones that models have."""
    build = draw.choice([_byte_pair, _word_piece, _unigram, _words])
    model, cut, decoder = build(draw)
    added = [
        AddedToken(token, model.id_of(token), special=True)
        for token in draw.sample(SPECIAL, draw.randrange(len(SPECIAL) + 1))
    ]
    tokenizer = Tokenizer(
        model, _normalizer(draw), cut, _template(draw, model.vocabulary), decoder, added
    )
    free = max(len(model), len(model.vocabulary))
    if draw.random() < 0.4 and len(model) == len(model.vocabulary):
        flags = {
            name: draw.random() < 0.3
            for name in ("lstrip", "rstrip", "normalized", "single_word")
        }
        tokenizer.add_tokens([AddedToken("new", free, special=False, **flags)])
    if draw.random() < 0.5:
        tokenizer.truncation = Truncation(
            draw.randrange(9),
            draw.choice(["longest_first", "only_first", "only_second"]),
            side=draw.choice(["left", "right"]),
        )
    if draw.random() < 0.3:
        tokenizer.padding = Padding(
            draw.choice([None, 9]),
            draw.choice([None, 4]),
            draw.choice(["left", "right"]),
        )
    return tokenizer
