"""The steps of a tokenizer that does what SentencePiece does."""

from transformer_tf.text.decoders.sentence_piece import SentencePieceDecoder
from transformer_tf.text.models.sentence_piece import CONTROL, UNKNOWN
from transformer_tf.text.normalizers.sentence_piece import SentencePieceNormalizer
from transformer_tf.text.normalizers.sequence import NormalizerSequence
from transformer_tf.text.templates.published import t5_template


def sentence_piece_steps(model, normalizer):
    """The arguments of the `Tokenizer` of a SentencePiece model.

    Args:
        model: A `SentencePieceModel` whose ids are the numbers of its pieces.
        normalizer: A `SentencePieceNormalizer`.

    Returns:
        steps: Dictionary: model, normalizer, post_processor (which ends a text with
            "</s>", where there is such a control token), decoder, added_tokens.
    """
    special = [
        piece.piece for piece in model.pieces if piece.kind in (CONTROL, UNKNOWN)
    ]
    return {
        "model": model,
        "normalizer": normalizer,
        "post_processor": (
            t5_template(model.id_of("</s>")) if "</s>" in special else None
        ),
        "decoder": SentencePieceDecoder(
            normalizer.add_dummy_prefix,
            normalizer.remove_extra_whitespaces,
            model.byte_fallback,
        ),
        "added_tokens": special,
    }


def own_normalizer(tokenizer):
    """The `SentencePieceNormalizer` of a tokenizer, and the normalizers before it.

    Returns:
        before: A `Normalizer` or None.
        own: The last one, or None where that is of another kind.
    """
    steps = [tokenizer.normalizer]
    if isinstance(tokenizer.normalizer, NormalizerSequence):
        steps = tokenizer.normalizer.normalizers
    *before, own = steps or [None]
    if not isinstance(own, SentencePieceNormalizer):
        return None, None
    return (NormalizerSequence(before) if before else None), own
