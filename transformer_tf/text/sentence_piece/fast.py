"""The same ids, faster: batches go through the library `sentencepiece`."""

from copy import copy

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.encoding import Encoding
from transformer_tf.text.models.sentence_piece import BYTE
from transformer_tf.text.sentence_piece.file import sentence_piece_bytes
from transformer_tf.text.sentence_piece.steps import own_normalizer


class SentencePieceFastPath:
    """A SentencePiece tokenizer's twin in the library of that name.

    Args:
        tokenizer: The `Tokenizer`. What it is now is kept.

    Raises:
        ValueError: It has steps that are not SentencePiece's.
    """

    package = "sentencepiece"

    def __init__(self, tokenizer):
        from sentencepiece import SentencePieceProcessor

        if tokenizer.pre_tokenizer is not None:
            raise ValueError("SentencePiece gets a text whole")
        self._recipe = _recipe(tokenizer)
        self.tokenizer = copy(tokenizer)
        self._before, _ = own_normalizer(tokenizer)
        self._twin = SentencePieceProcessor(model_proto=sentence_piece_bytes(tokenizer))

    def is_current(self, tokenizer):
        """Whether the tokenizer still is what the twin was built from."""
        return all(
            one is other or one == other
            for one, other in zip(self._recipe, _recipe(tokenizer))
        )

    def encode_batch(self, texts, pairs, special_tokens, take_special, truncation):
        """`Encoding`s of many texts."""
        firsts = self._bare(texts, take_special)
        seconds = [None] * len(texts)
        if pairs is not None:
            seconds = self._bare(pairs, take_special)
        return [
            self.tokenizer.assemble(first, second, special_tokens, truncation)
            for first, second in zip(firsts, seconds)
        ]

    def _bare(self, texts, take_special):
        """Encodings without template; texts that hold added tokens go step by step."""
        names = [
            token.content
            for token in self.tokenizer.added_tokens
            if take_special or not token.special
        ]
        holding = [any(name in text for name in names) for text in texts]
        plain = [text for text, holds in zip(texts, holding) if not holds]
        found = iter(self._by_library(plain))
        return [
            self.tokenizer.encode_bare(text, take_special) if holds else next(found)
            for text, holds in zip(texts, holding)
        ]

    def _by_library(self, texts):
        texts = [AlignedText(text) for text in texts]
        if self._before is not None:
            texts = [self._before(text) for text in texts]
        found = self._twin.encode(
            [text.text for text in texts], out_type="serialized_proto"
        )
        return [self._encode(*pair) for pair in zip(texts, found)]

    def _encode(self, text, data):
        model = self.tokenizer.model
        found = _text_proto()
        found.ParseFromString(data)
        ids, tokens, offsets, words = [], [], [], []
        word, before = 0, ""
        places = _places(text.text)

        def edge(place):
            place = place if places is None else places[place]
            return text.starts[place] if place < len(text) else text.ends[-1]

        for piece, (begin, end) in zip(found.pieces, _spans(found.pieces, model)):
            word += bool(before) and model.opens_word(before, piece.piece)
            before = piece.piece
            ids.append(model.ids[piece.id])
            tokens.append(piece.piece)
            offsets.append((edge(begin), edge(end)))
            words.append(word)
        count = len(ids)
        unknown = model.unknown_id
        return Encoding(
            ids,
            tokens,
            offsets,
            [0] * count,
            [0] * count,
            [1] * count,
            words,
            [0] * count,
            [int(number == unknown) for number in ids],
        )


def _spans(pieces, model):
    """(begin, end) of each piece; a character's bytes share its span.

    The library gives the span to the last of the bytes, and nothing to the others.
    """
    spans: list = []
    for place, piece in enumerate(pieces):
        if place < len(spans):
            continue
        count = 1
        if model.pieces[piece.id].kind == BYTE:  # the first tells how many
            count = max(1, 8 - (int(piece.piece[3:5], 16) ^ 0xFF).bit_length())
        spans += [(piece.begin, pieces[place + count - 1].end)] * count
    return spans


def _places(text):
    """The character that each byte of a text belongs to, and its length; None: same."""
    if text.isascii():
        return None
    places = [i for i, character in enumerate(text) for _ in character.encode()]
    return [*places, len(text)]


def _text_proto():
    from sentencepiece import sentencepiece_pb2

    return sentencepiece_pb2.SentencePieceText()  # type: ignore[attr-defined]


def _recipe(tokenizer):
    return (
        tokenizer.model,
        tokenizer.normalizer,
        tokenizer.pre_tokenizer,
        tokenizer.post_processor,
        tokenizer.added_tokens,
    )
