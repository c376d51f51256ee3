"""SentencePiece's model files, read and written through its own library."""

import io
from pathlib import Path

from transformer_tf.text.models.sentence_piece import (
    CONTROL,
    USER_DEFINED,
    Piece,
    SentencePieceModel,
)
from transformer_tf.text.models.sentence_piece_pairs import SentencePiecePairs
from transformer_tf.text.models.sentence_piece_unigram import SentencePieceUnigram
from transformer_tf.text.normalizers.sentence_piece import SentencePieceNormalizer
from transformer_tf.text.sentence_piece.steps import (
    own_normalizer,
    sentence_piece_steps,
)

KINDS = {1: SentencePieceUnigram, 2: SentencePiecePairs}


def read_sentence_piece(path):
    """What a SentencePiece model file holds, as the arguments of a `Tokenizer`.

    Args:
        path: Path of the file.

    Returns:
        steps: As `sentence_piece_steps` gives them.

    Raises:
        ValueError: The file is no SentencePiece model, or of a kind (words, characters)
            or with a feature (denormalization) that is not supported.
    """
    proto = _proto()
    data = Path(path).read_bytes()
    try:
        proto.ParseFromString(data)
    except Exception as error:  # protobuf's class for it differs between versions
        raise ValueError(f"{path} is not a SentencePiece model: {error}") from None
    if not proto.pieces:
        raise ValueError(f"{path} is not a SentencePiece model: it has no pieces")
    trainer, rules = proto.trainer_spec, proto.normalizer_spec
    if trainer.model_type not in KINDS:
        raise ValueError(
            f"{path} is a SentencePiece model of words or of characters (type "
            f"{trainer.model_type}); Unigram and byte pairs are supported"
        )
    if proto.denormalizer_spec.precompiled_charsmap:
        raise ValueError(f"{path} has a denormalizer, which is not supported")
    behind = trainer.treat_whitespace_as_suffix
    pieces = [Piece(piece.piece, piece.score, piece.type) for piece in proto.pieces]
    try:
        normalizer = SentencePieceNormalizer(
            rules.precompiled_charsmap,
            rules.add_dummy_prefix,
            rules.remove_extra_whitespaces,
            rules.escape_whitespaces,
            behind,
            [piece.piece for piece in pieces if piece.kind == USER_DEFINED],
        )
        model = KINDS[trainer.model_type](
            pieces, byte_fallback=trainer.byte_fallback, mark_behind=behind
        )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return sentence_piece_steps(model, normalizer)


def write_sentence_piece(path, tokenizer):
    """Writes a tokenizer as a SentencePiece model file.

    Args:
        path: Path of the file.
        tokenizer: A `Tokenizer` with the steps of SentencePiece.

    Raises:
        ValueError: It has a step that SentencePiece would not do alike.
    """
    Path(path).write_bytes(sentence_piece_bytes(tokenizer))


def sentence_piece_bytes(tokenizer):
    """The contents of the SentencePiece model file of a tokenizer.

    What stands around the pieces (added tokens, other ids, normalizers before
    SentencePiece's own) is no part of such a file.

    Raises:
        ValueError: The model or the normalizer is not SentencePiece's.
    """
    model = tokenizer.model
    _, normalizer = own_normalizer(tokenizer)
    if not isinstance(model, SentencePieceModel) or normalizer is None:
        raise ValueError(
            "a SentencePiece file holds SentencePiece's own model and normalizer; this "
            f"tokenizer has a {type(model).__name__} and the normalizer "
            f"{tokenizer.normalizer!r:.60}: train it with "
            "normalizer=sentence_piece_normalizer()"
        )
    proto = _proto()
    for piece in model.pieces:
        proto.pieces.add(piece=piece.piece, score=piece.score, type=piece.kind)
    trainer, rules = proto.trainer_spec, proto.normalizer_spec
    kinds = {kind: number for number, kind in KINDS.items()}
    trainer.model_type = kinds[type(model)]
    trainer.vocab_size = len(model.pieces)
    trainer.unk_id = model.unknown_number
    trainer.unk_piece = model.pieces[model.unknown_number].piece
    trainer.byte_fallback = model.byte_fallback
    trainer.treat_whitespace_as_suffix = model.mark_behind
    control = {p.piece: i for i, p in enumerate(model.pieces) if p.kind == CONTROL}
    for name, token in (("bos", "<s>"), ("eos", "</s>"), ("pad", "<pad>")):
        setattr(trainer, f"{name}_id", control.get(token, -1))
    rules.name = "user_defined" if normalizer.packed else "identity"
    rules.precompiled_charsmap = normalizer.packed
    rules.add_dummy_prefix = normalizer.add_dummy_prefix
    rules.remove_extra_whitespaces = normalizer.remove_extra_whitespaces
    rules.escape_whitespaces = normalizer.escape_whitespaces
    return proto.SerializeToString()


def sentence_piece_normalizer(rule: str = "nmt_nfkc"):
    """The normalizer that SentencePiece has built in under a name.

    Args:
        rule: "nmt_nfkc" (T5's), "nfkc", "nmt_nfkc_cf", "nfkc_cf" or "identity".

    Returns:
        normalizer: A `SentencePieceNormalizer`.

    Example:
        >>> sentence_piece_normalizer("nmt_nfkc")(AlignedText("ﬁne Ａ")).text
        '▁fine▁A'
    """
    import sentencepiece

    written = io.BytesIO()
    # The library hands its maps out only inside a model: the smallest there is.
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a b"]),
        model_writer=written,
        vocab_size=6,
        hard_vocab_limit=False,
        normalization_rule_name=rule,
        minloglevel=2,
    )
    proto = _proto()
    proto.ParseFromString(written.getvalue())
    return SentencePieceNormalizer(proto.normalizer_spec.precompiled_charsmap)


def _proto():
    try:
        from sentencepiece import sentencepiece_model_pb2
    except ImportError:
        raise ImportError(
            "SentencePiece's files need its library: pip install sentencepiece protobuf"
        ) from None
    return sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]
