"""TensorFlow's own: which parts do a tokenizer's steps inside a graph."""

from importlib.util import find_spec

from transformer_tf.text.decoders.byte_level import ByteLevelDecoder
from transformer_tf.text.decoders.fuse import Fuse
from transformer_tf.text.decoders.metaspace import MetaspaceDecoder
from transformer_tf.text.decoders.word_piece import WordPieceDecoder
from transformer_tf.text.in_graph.added_words import AddedWords
from transformer_tf.text.in_graph.bert_words import BertWords
from transformer_tf.text.in_graph.byte_level_words import ByteLevelWords
from transformer_tf.text.in_graph.byte_pair import BytePairPieces
from transformer_tf.text.in_graph.chunked_words import ChunkedWords
from transformer_tf.text.in_graph.compiled_bert import CompiledBert
from transformer_tf.text.in_graph.compiled_sentence_piece import CompiledSentencePiece
from transformer_tf.text.in_graph.compiled_unigram import CompiledUnigram
from transformer_tf.text.in_graph.composition import Composition
from transformer_tf.text.in_graph.distinct_words import DistinctWords
from transformer_tf.text.in_graph.plain_words import PlainWords
from transformer_tf.text.in_graph.sentence_piece_words import SentencePieceWords
from transformer_tf.text.in_graph.text_steps import TextSteps
from transformer_tf.text.in_graph.unigram import UnigramPieces
from transformer_tf.text.in_graph.unsupported import unsupported
from transformer_tf.text.in_graph.whole_pieces import WholePieces
from transformer_tf.text.in_graph.word_piece import WordPiecePieces
from transformer_tf.text.models.byte_pair import BytePair
from transformer_tf.text.models.sentence_piece import SentencePieceModel
from transformer_tf.text.models.unigram import UnigramModel
from transformer_tf.text.models.word import WordModel
from transformer_tf.text.models.word_piece import WordPiece
from transformer_tf.text.normalizers.bert import BertNormalizer
from transformer_tf.text.normalizers.precompiled import Precompiled
from transformer_tf.text.normalizers.replace import Replace
from transformer_tf.text.normalizers.sequence import NormalizerSequence
from transformer_tf.text.normalizers.strip import Strip
from transformer_tf.text.pattern import CL100K, QWEN2, Pattern
from transformer_tf.text.pre_tokenizers.bert import BertPreTokenizer
from transformer_tf.text.pre_tokenizers.byte_level import ByteLevel, byte_characters
from transformer_tf.text.pre_tokenizers.digits import Digits
from transformer_tf.text.pre_tokenizers.metaspace import Metaspace
from transformer_tf.text.pre_tokenizers.sequence import PreTokenizerSequence
from transformer_tf.text.pre_tokenizers.split import Split
from transformer_tf.text.pre_tokenizers.white_space_split import WhiteSpaceSplit
from transformer_tf.text.sentence_piece.steps import own_normalizer

# The most digits of a word, by the pattern that cuts texts.
CHUNKS = {CL100K: 3, QWEN2: 1}
# What T5's files write for: no spaces at the ends; one where there are several.
STRIP = Replace(Pattern(regex=r"\A +| +\z"), "")
COLLAPSE = Replace(Pattern(regex=" {2,}"), " ")
ONES = [COLLAPSE, Replace(Pattern(regex=" {2,}"), "▁")]
STRIP_RIGHT = [Strip(strip_left=False, strip_right=True)]


def pieces_of_texts(tokenizer, longest_word, compiled):
    """The part that turns texts into ids.

    Args:
        tokenizer: A `Tokenizer`.
        longest_word: The most symbols that a word may have.
        compiled: Whether proven kernels, and programs of XLA, may be used.

    Returns:
        A callable from [row] strings to their ids, ragged [row, piece].

    Raises:
        ValueError: A step, or a setting of one, that no part does exactly.
    """
    encode = _pieces(tokenizer, longest_word, compiled)
    if all(token.special for token in tokenizer.added_tokens):
        return encode
    return AddedWords(tokenizer.added_tokens, encode)


def _pieces(tokenizer, longest_word, compiled):
    """The same for texts in which no added token counts."""
    model = tokenizer.text_model(take_special=False)
    if isinstance(model, SentencePieceModel):
        before, own = own_normalizer(tokenizer)
        if own is None:
            raise unsupported(f"the normalizer {tokenizer.normalizer!r:.80}")
        encode = CompiledSentencePiece(tokenizer)
        return encode if before is None else TextSteps(_steps(before), encode)
    build = {
        BytePair: _byte_pair,
        WordPiece: _word_piece,
        UnigramModel: _unigram,
        WordModel: _words,
    }
    for kind, parts in build.items():
        if isinstance(model, kind):
            words, pieces = parts(tokenizer, model)
            exact = Composition(words, pieces, longest_word)
            kernels = compiled and kind is WordPiece and find_spec("tensorflow_text")
            if kernels and CompiledBert.supports(tokenizer, longest_word):
                return CompiledBert(tokenizer, exact)
            if not isinstance(model, UnigramModel):
                return exact
            before, own, _ = _around_map(tokenizer)
            if exact.words.as_words:
                fits = compiled and CompiledUnigram.supports(pieces)
                program = CompiledUnigram(pieces, words.mark) if fits else None
                exact = DistinctWords(
                    exact, own.replacements, model.vocabulary, program
                )
            return TextSteps(before, exact) if before else exact
    raise unsupported(f"the model {type(model).__name__}")


def _check(tokenizer, **expected):
    """Each step is of the expected class and has the expected values of its fields."""
    for role, (kind, values) in expected.items():
        step = getattr(tokenizer, role)
        if not isinstance(step, kind if kind is not None else type(None)):
            raise unsupported(f"the {role} {step!r:.80}")
        for name, value in values.items():
            if getattr(step, name) != value:
                raise unsupported(f"{name}={getattr(step, name)!r:.40} of the {role}")


def _byte_pair(tokenizer, model):
    _check(
        tokenizer,
        normalizer=(None, {}),
        decoder=(ByteLevelDecoder, {}),
        model=(BytePair, {"prefix": "", "suffix": ""}),
    )
    missing = [byte for byte in byte_characters() if byte not in model.vocabulary]
    if missing:
        raise unsupported(f"a vocabulary without the byte {missing[0]!r}")
    number = model.vocabulary
    merges = [
        (number[left], number[right], number[left + right])
        for left, right in model.merges
        if left + right not in model.hidden
    ]
    alphabet = [number[byte] for byte in byte_characters()]
    left_whole = {}
    if model.whole_first:
        byte = {character: i for i, character in enumerate(byte_characters())}
        left_whole = {
            id: tuple(alphabet[byte[character]] for character in token)
            for token, id in _find(model).items()
            if token and byte.keys() >= set(token)
        }
    pieces = BytePairPieces(merges, len(model), alphabet, left_whole)
    return _byte_level_words(tokenizer.pre_tokenizer, alphabet), pieces


def _byte_level_words(cut, alphabet):
    """The part for GPT-2's pattern, for digits cut off before it, for GPT-4's."""
    first = None
    if isinstance(cut, PreTokenizerSequence) and len(cut.pre_tokenizers) == 2:
        first, cut = cut.pre_tokenizers
    if not isinstance(cut, ByteLevel):
        raise unsupported(f"the pre_tokenizer {cut!r:.80}")
    if cut.add_prefix_space:
        raise unsupported("add_prefix_space=True of the pre_tokenizer")
    if cut.use_regex and (first is None or first == Digits(individual_digits=True)):
        return ByteLevelWords(alphabet, digits_apart=first is not None)
    for pattern, digits in CHUNKS.items():
        if not cut.use_regex and first == Split(Pattern(regex=pattern)):
            return ChunkedWords(alphabet, digits)
    if first is None:
        raise unsupported("use_regex=False of the pre_tokenizer")
    raise unsupported(f"the pre_tokenizer {first!r:.80}")


def _word_piece(tokenizer, model):
    _check(tokenizer, decoder=(WordPieceDecoder, {}))
    if isinstance(tokenizer.normalizer, BertNormalizer):
        _check(tokenizer, pre_tokenizer=(BertPreTokenizer, {}))
        words: BertWords | PlainWords = BertWords(tokenizer.normalizer)
    else:
        words = PlainWords(tokenizer.normalizer, tokenizer.pre_tokenizer)
    pieces = WordPiecePieces(
        _find(model), model.unknown_id, model.prefix, model.max_word_length
    )
    return words, pieces


def _words(tokenizer, model):
    if not isinstance(tokenizer.decoder, (Fuse, type(None))):
        raise unsupported(f"the decoder {tokenizer.decoder!r:.80}")
    words = PlainWords(tokenizer.normalizer, tokenizer.pre_tokenizer)
    return words, WholePieces(_find(model), model.unknown_id)


def _unigram(tokenizer, model):
    split, cuts_spaces = tokenizer.pre_tokenizer, False
    if isinstance(split, PreTokenizerSequence) and len(split.pre_tokenizers) == 2:
        first, split = split.pre_tokenizers
        cuts_spaces = isinstance(first, WhiteSpaceSplit)
        if not cuts_spaces:
            raise unsupported(f"the pre_tokenizer {first!r:.80}")
    if not isinstance(split, Metaspace):
        raise unsupported(f"the pre_tokenizer {split!r:.80}")
    if not split.split:
        raise unsupported("split=False of the pre_tokenizer")
    schemes = ["always"] if cuts_spaces else ["always", "never"]
    if split.prepend_scheme not in schemes:
        scheme = f"prepend_scheme={split.prepend_scheme!r}"
        raise unsupported(f"{scheme} of the pre_tokenizer")
    _check(tokenizer, decoder=(MetaspaceDecoder, {}))
    if model.unknown_id is None:
        raise unsupported("a Unigram model without unknown token")
    if min(model.scores) >= 20:
        raise unsupported("a Unigram model whose scores are all above 20")
    _, own, spaces = _around_map(tokenizer)
    written = [[], [COLLAPSE], [STRIP, COLLAPSE], *(STRIP_RIGHT + [c] for c in ONES)]
    makes_marks = cuts_spaces and ONES[1] in spaces
    if spaces not in written or makes_marks:
        raise unsupported(f"the normalizer {tokenizer.normalizer!r:.80}")
    words = SentencePieceWords(
        own.replacements,
        bool(spaces),
        STRIP in spaces,
        split.replacement,
        split.prepend_scheme == "always",
        cuts_spaces,
        spaces[:1] == STRIP_RIGHT,
    )
    pieces = UnigramPieces(
        _find(model), model.scores, model.unknown_id, model.unknown_score
    )
    return words, pieces


def _find(model):
    """{token: id} of the tokens that the model finds in text."""
    return {t: i for t, i in model.vocabulary.items() if t not in model.hidden}


def _around_map(tokenizer):
    """The precompiled map of a tokenizer: steps before it, the map, steps after it."""
    steps = _steps(tokenizer.normalizer)
    places = [i for i, step in enumerate(steps) if isinstance(step, Precompiled)]
    if len(places) != 1:
        raise unsupported(f"the normalizer {tokenizer.normalizer!r:.80}")
    return steps[: places[0]], steps[places[0]], steps[places[0] + 1 :]


def _steps(normalizer):
    """The normalizers of a sequence, or the one that there is."""
    if isinstance(normalizer, NormalizerSequence):
        return normalizer.normalizers
    return [normalizer]
