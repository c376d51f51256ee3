"""One text for both sides of an encoder-decoder, as its classifiers read it."""

from keras import ops

READ = ("ids", "padding_mask", "positions", "global_attention_mask")


def as_source_and_target(inputs, config):
    """The inputs of an `EncoderDecoder` that reads one text on both sides.

    Args:
        inputs: A dict with `ids`, and perhaps `padding_mask`, `positions` and
            `global_attention_mask`, all [batch, length].
        config: The body's `TransformerConfig`.

    Returns:
        A dict. The target is the text shifted right: its start token stands where the
        first real token of the text stands, wherever padding is.

    Raises:
        ValueError: an input that both sides cannot share.

    Source: https://arxiv.org/abs/1910.13461, section 3.1.
    """
    other = sorted(set(inputs) - set(READ))
    if other or "ids" not in inputs:
        raise ValueError(
            f"a classifier on an EncoderDecoder reads {list(READ)}, ids at least; got "
            f"{sorted(inputs)}"
        )
    ids, real = ops.cast(inputs["ids"], "int32"), inputs.get("padding_mask")
    if real is None and config.padding_id is not None:
        real = ops.not_equal(ids, config.padding_id)
    batch, length = ops.shape(ids)
    before = ops.concatenate([ops.zeros_like(ids[:, :1]), ids[:, :-1]], axis=1)
    place = ops.broadcast_to(ops.arange(length, dtype="int32"), (batch, length))
    first = 0
    if real is not None:
        first = ops.argmax(ops.cast(real, "int32"), axis=1)[:, None]
        first = ops.cast(first, "int32")
    target = ops.where(place == first, config.start_id, before)
    found = {"source_ids": ids, "target_ids": target}
    if real is not None:
        found |= {"source_padding_mask": real, "target_padding_mask": real}
    if "positions" in inputs:
        positions = inputs["positions"]
        found |= {"source_positions": positions, "target_positions": positions}
    if "global_attention_mask" in inputs:
        found["source_global_attention_mask"] = inputs["global_attention_mask"]
    return found


def mark_last(ids, real, end_id):
    """Where the last end token of each text stands.

    Args:
        ids: [batch, length] integers.
        real: [batch, length] booleans; None where all are real.
        end_id: The id of the end token.

    Returns:
        [batch, length] booleans: True at end tokens; at every real token of a text
        that has none.
    """
    is_end = ops.equal(ids, end_id)
    if real is None:
        real = ops.ones_like(is_end)
    is_end = is_end & real
    return ops.where(ops.any(is_end, axis=1, keepdims=True), is_end, real)
