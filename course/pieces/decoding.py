"""What a decoder learns by and writes with, as functions (unit 08)."""

from keras import ops


def causal_loss(logits, ids, real):
    """How surprised a causal model is by the next tokens, on average.

    Args:
        logits: [batch, length, vocabulary] floats; those at a position are the
            model's guess at the token after it.
        ids: [batch, length] integers: the tokens themselves, not shifted.
        real: [batch, length] booleans: False for padding, on either side.

    Returns:
        A scalar: the mean, over all pairs of neighbouring real tokens in the batch, of
        minus the log-probability (in nats) that the first gives to the second; 0 where
        there is no such pair.
    """
    losses = ops.sparse_categorical_crossentropy(
        ids[:, 1:], logits[:, :-1], from_logits=True
    )
    counts = ops.cast(ops.logical_and(real[:, :-1], real[:, 1:]), losses.dtype)
    return ops.sum(losses * counts) / ops.maximum(ops.sum(counts), 1)


def with_temperature(logits, temperature):
    """Turns logits into probabilities, sharper or flatter than the model meant them.

    Args:
        logits: [..., vocabulary] floats, of any size.
        temperature: A positive number: 1 changes nothing, less makes the likely
            tokens likelier, more evens them out.

    Returns:
        [..., vocabulary] floats: probabilities that sum to 1 along the last axis.
    """
    return ops.softmax(logits / temperature, axis=-1)


def keep_top_p(probabilities, p):
    """Marks the nucleus: the fewest likely tokens that together reach p.

    Args:
        probabilities: [..., vocabulary] floats that sum to 1 along the last axis.
        p: The share of the probability to be reached, from 0 to 1.

    Returns:
        [..., vocabulary] booleans: True for the likeliest tokens, as few as have a sum
        of at least p, and always one. Where two are alike, the smaller id comes first.
    """
    order = ops.argsort(-probabilities, axis=-1)
    ordered = ops.take_along_axis(probabilities, order, axis=-1)
    before = ops.cumsum(ordered, axis=-1) - ordered
    first = ops.arange(probabilities.shape[-1]) == 0
    kept = ops.logical_or(before < p, first)
    return ops.take_along_axis(kept, ops.argsort(order, axis=-1), axis=-1)


def sample(probabilities, draws):
    """Turns numbers drawn evenly from [0, 1) into tokens drawn with probabilities.

    Args:
        probabilities: [vocabulary] floats that sum to 1, rounding aside; some may be 0.
        draws: [count] floats, at least 0 and below 1.

    Returns:
        [count] integers: ids. The ids share [0, 1) in order: id 0 has the first
        stretch, as long as its probability, the next id the one behind it. A draw on a
        border belongs to the id that begins there; one behind all stretches, where
        rounding left a gap, to the last id that is possible.
    """
    ends = ops.cumsum(probabilities)
    ids = ops.searchsorted(ends, draws, side="right")
    places = ops.arange(probabilities.shape[0], dtype=ids.dtype)
    last = ops.max(ops.where(probabilities > 0, places, 0))
    return ops.minimum(ids, last)
