"""SentencePiece's models: what its two algorithms have in common."""

from typing import NamedTuple

from transformer_tf.text.models.model import Model

MARK = "▁"
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)


class Piece(NamedTuple):
    """One entry of a SentencePiece vocabulary; its place is its number.

    Args:
        piece: The text.
        score: A log probability (Unigram), or minus the rank (byte pairs).
        kind: NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED or BYTE.
    """

    piece: str
    score: float
    kind: int = NORMAL


class SentencePieceModel(Model):
    """A vocabulary of pieces whose numbers may be other than the ids.

    Control tokens are never found in text. Neighbouring characters that no piece covers
    are one unknown token, or the bytes they have where the vocabulary holds all bytes.

    Args:
        pieces: List of `Piece`.
        vocabulary: {piece: id} where ids are not the numbers of the pieces; a piece
            that it lacks is unknown. Left out, a piece's number is its id.
        unknown_token: The unknown token in `vocabulary`.
        byte_fallback: Whether characters without a piece become bytes.
        mark_behind: Whether a word's mark stands at its end.

    Raises:
        ValueError: There is no unknown piece, or more than one; or bytes are missing.
    """

    def __init__(
        self,
        pieces,
        vocabulary=None,
        unknown_token=None,
        byte_fallback=False,
        mark_behind=False,
    ):
        self.pieces = [Piece(*piece) for piece in pieces]
        unknown = [i for i, piece in enumerate(self.pieces) if piece.kind == UNKNOWN]
        if len(unknown) != 1:
            raise ValueError(
                f"a SentencePiece model has one unknown piece; this has {len(unknown)}"
            )
        self.unknown_number = unknown[0]
        numbers: dict = {}
        for number, piece in enumerate(self.pieces):
            if piece.piece in numbers:
                raise ValueError(f"the piece {piece.piece!r} occurs twice")
            numbers[piece.piece] = number
        if vocabulary is None:
            vocabulary, unknown_token = numbers, self.pieces[unknown[0]].piece
        super().__init__(vocabulary, unknown_token)
        self.byte_fallback = byte_fallback
        self.mark_behind = mark_behind
        self.ids = [
            self.unknown_id
            if number == self.unknown_number
            else vocabulary.get(piece.piece, self.unknown_id)
            for number, piece in enumerate(self.pieces)
        ]
        findable = (NORMAL, USER_DEFINED, UNUSED)
        self.findable = {
            piece: number
            for piece, number in numbers.items()
            if self.pieces[number].kind in findable
        }
        self.bytes = [numbers.get(f"<0x{byte:02X}>") for byte in range(256)]
        if byte_fallback and None in self.bytes:
            raise ValueError("byte_fallback needs a piece for each of the 256 bytes")

    def segments(self, text):
        """List of (number, start, end): the pieces of a normalized text, in order."""
        raise NotImplementedError(f"{type(self).__name__} must define segments")

    def tokenize(self, text):
        tokens: list = []
        unknown_start = None
        for number, start, end in self.segments(text):
            is_unknown = number == self.unknown_number
            if is_unknown and self.byte_fallback:
                for byte in text[start:end].encode():
                    number = self.bytes[byte]
                    piece = self.pieces[number].piece
                    tokens.append((self.ids[number], piece, start, end))
                continue
            if is_unknown and unknown_start is not None:
                tokens.pop()
                start = unknown_start
            unknown_start = start if is_unknown else None
            tokens.append((self.ids[number], text[start:end], start, end))
        return tokens

    def opens_word(self, before, token):
        """Whether a token begins a word, given the token before it."""
        return before.endswith(MARK) if self.mark_behind else token.startswith(MARK)

    @property
    def fast_path(self):
        """The path that encodes batches."""
        from transformer_tf.text.sentence_piece.fast import SentencePieceFastPath

        return SentencePieceFastPath
