"""SentencePiece's model files, read and written through its own library.

Ids are equal, but where two cuts of a word are equally likely: SentencePiece adds up
in float32, so that rounding decides there; `tokenizers` and we add up in float64.
"""

import base64
import io
from pathlib import Path

from transformer_tf.text.decoders.metaspace import MetaspaceDecoder
from transformer_tf.text.models.unigram import UnigramModel
from transformer_tf.text.normalizers.precompiled import Precompiled
from transformer_tf.text.normalizers.replace import Replace
from transformer_tf.text.normalizers.sequence import NormalizerSequence
from transformer_tf.text.pattern import Pattern
from transformer_tf.text.pre_tokenizers.metaspace import Metaspace
from transformer_tf.text.templates.published import t5_template

MARK = "▁"
# What remove_extra_whitespaces does: none at the ends, one where there are several.
STRIP = Replace(Pattern(regex=r"\A +| +\z"), "")
COLLAPSE = Replace(Pattern(regex=" {2,}"), " ")
NORMAL, UNKNOWN, CONTROL = 1, 2, 3
KINDS = {4: "user-defined", 5: "unused", 6: "byte"}


def read_sentence_piece(path):
    """What a SentencePiece model file holds, as the arguments of a `Tokenizer`.

    SentencePiece never takes a control token from text; a Unigram model of the
    `tokenizers` library, and ours, does where the text spells one out.

    Args:
        path: Path of the file.

    Returns:
        steps: Dictionary: model, normalizer, pre_tokenizer, post_processor (which
            ends a text with "</s>", where the file has that), decoder, added_tokens.

    Raises:
        ValueError: The file is no Unigram model of SentencePiece, or has a feature
            that would make other ids here.
    """
    proto = _proto()
    try:
        proto.ParseFromString(Path(path).read_bytes())
    except Exception as error:  # protobuf's class for it differs between versions
        raise ValueError(f"{path} is not a SentencePiece model: {error}") from None
    if not proto.pieces:
        raise ValueError(f"{path} is not a SentencePiece model: it has no pieces")
    trainer, rules = proto.trainer_spec, proto.normalizer_spec
    _refuse(
        path,
        {
            "a model that is not Unigram": trainer.model_type != 1,
            "byte_fallback": trainer.byte_fallback,
            "treat_whitespace_as_suffix": trainer.treat_whitespace_as_suffix,
            "escape_whitespaces=false": not rules.escape_whitespaces,
            "add_dummy_prefix without remove_extra_whitespaces": (
                rules.add_dummy_prefix and not rules.remove_extra_whitespaces
            ),
            "denormalization": bool(proto.denormalizer_spec.precompiled_charsmap),
            **{
                f"{kind} pieces": any(piece.type == number for piece in proto.pieces)
                for number, kind in KINDS.items()
            },
        },
    )
    unknown = [i for i, piece in enumerate(proto.pieces) if piece.type == UNKNOWN]
    special = [piece.piece for piece in proto.pieces if piece.type != NORMAL]
    model = UnigramModel(
        [(piece.piece, piece.score) for piece in proto.pieces], unknown[0]
    )
    steps = []
    if rules.precompiled_charsmap:
        packed = base64.b64encode(rules.precompiled_charsmap).decode()
        steps.append(Precompiled(packed))
    if rules.remove_extra_whitespaces:
        steps += [STRIP, COLLAPSE]
    scheme = "always" if rules.add_dummy_prefix else "never"
    return {
        "model": model,
        "normalizer": NormalizerSequence(steps) if steps else None,
        "pre_tokenizer": Metaspace(MARK, scheme),
        "post_processor": (
            t5_template(model.id_of("</s>")) if "</s>" in special else None
        ),
        "decoder": MetaspaceDecoder(MARK, scheme),
        "added_tokens": special,
    }


def write_sentence_piece(path, tokenizer):
    """Writes a tokenizer as a SentencePiece model file.

    Args:
        path: Path of the file.
        tokenizer: A `Tokenizer` with a `UnigramModel` and `Metaspace`.

    Raises:
        ValueError: It has a step that SentencePiece would not do alike.
    """
    model, split = tokenizer.model, tokenizer.pre_tokenizer
    special = {token.content for token in tokenizer.added_tokens if token.special}
    steps = _steps(tokenizer.normalizer)
    packed = [step for step in steps if isinstance(step, Precompiled)]
    rest = steps[len(packed) :]
    _refuse(
        "the tokenizer",
        {
            "a model that is not Unigram": not isinstance(model, UnigramModel),
            "a pre_tokenizer that is not Metaspace with ▁, split": (
                not isinstance(split, Metaspace)
                or (split.replacement, split.split) != (MARK, True)
                or split.prepend_scheme == "first"
            ),
            "a mark put in front, but no spaces taken off": (
                getattr(split, "prepend_scheme", "") == "always" and not rest
            ),
            "added tokens outside the model": len(tokenizer) != len(model),
            "no unknown token": model.unknown_token is None,
            f"a normalizer that is not a precompiled map, then {STRIP!r} and "
            f"{COLLAPSE!r} or neither": (
                len(packed) > 1
                or steps[: len(packed)] != packed
                or rest not in ([], [STRIP, COLLAPSE])
            ),
        },
    )
    proto = _proto()
    for number, (piece, score) in enumerate(model.pieces):
        kind = CONTROL if piece in special else NORMAL
        kind = UNKNOWN if number == model.unknown_id else kind
        proto.pieces.add(piece=piece, score=score, type=kind)
    proto.trainer_spec.model_type = 1
    proto.trainer_spec.vocab_size = len(model)
    proto.trainer_spec.unk_id = model.unknown_id
    proto.trainer_spec.unk_piece = model.unknown_token
    for name, token in (("bos", "<s>"), ("eos", "</s>"), ("pad", "<pad>")):
        number = model.id_of(token) if token in special else None
        setattr(proto.trainer_spec, f"{name}_id", -1 if number is None else number)
    rules = proto.normalizer_spec
    rules.name = "user_defined" if packed else "identity"
    rules.add_dummy_prefix = split.prepend_scheme == "always"
    rules.remove_extra_whitespaces = bool(rest)
    if packed:
        rules.precompiled_charsmap = base64.b64decode(packed[0].precompiled_charsmap)
    Path(path).write_bytes(proto.SerializeToString())


def sentence_piece_normalizer(rule="nmt_nfkc"):
    """The normalizer that SentencePiece has built in under a name.

    Args:
        rule: "nmt_nfkc" (T5's), "nfkc", "nmt_nfkc_cf" or "nfkc_cf".

    Returns:
        normalizer: Its map, then no spaces at the ends and none repeated.
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
    packed = base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()
    return NormalizerSequence([Precompiled(packed), STRIP, COLLAPSE])


def _steps(normalizer):
    """The normalizers that one stands for, in a list."""
    if normalizer is None:
        return []
    if isinstance(normalizer, NormalizerSequence):
        return normalizer.normalizers
    return [normalizer]


def _refuse(name, features):
    """Raises a ValueError that names the features which are there."""
    found = [feature for feature, is_there in features.items() if is_there]
    if found:
        raise ValueError(
            f"{name} has what cannot be kept between SentencePiece and here: "
            + "; ".join(found)
        )


def _proto():
    try:
        from sentencepiece import sentencepiece_model_pb2
    except ImportError:
        raise ImportError(
            "SentencePiece's files need its library: pip install sentencepiece protobuf"
        ) from None
    return sentencepiece_model_pb2.ModelProto()
