"""What feeds and marks an encoder-decoder, as functions (unit 09)."""

from keras import ops


def shift_right(labels, start, padding):
    """Makes of a text that is to be written what the decoder reads while it writes.

    Args:
        labels: [batch, length] integers: the texts; -100 where there is nothing to
            predict, which is always behind a text.
        start: The id that stands before every text. It may be the padding's.
        padding: The id that fills what has no token.

    Returns:
        [batch, length] integers: the start, then all labels but the last, with
        padding for -100.
    """
    first = ops.full_like(labels[:, :1], start)
    shifted = ops.concatenate([first, labels[:, :-1]], axis=1)
    return ops.where(shifted == -100, padding, shifted)


def three_masks(source_real, target_real):
    """What may be seen in an encoder-decoder, in its three attentions.

    Args:
        source_real: [batch, source] booleans: False for padding.
        target_real: [batch, target] booleans: the same of the target.

    Returns:
        encoder: [batch, source, source] booleans, True where the query (the first
            length) may see the key (the second): real keys.
        decoder: [batch, target, target] booleans: real keys that stand no later than
            the query.
        cross: [batch, target, source] booleans: the real keys of the source.
    """
    batch, source = source_real.shape
    target = target_real.shape[1]
    encoder = ops.broadcast_to(source_real[:, None], (batch, source, source))
    places = ops.arange(target)
    earlier = places <= places[:, None]
    decoder = ops.logical_and(earlier, target_real[:, None])
    cross = ops.broadcast_to(source_real[:, None], (batch, target, source))
    return encoder, decoder, cross


def smoothed_loss(logits, labels, smoothing):
    """How surprised a model is where the label is only nearly certain.

    Args:
        logits: [batch, length, vocabulary] floats.
        labels: [batch, length] integers; -100 where nothing is to be predicted.
        smoothing: The share of the certainty, at least 0 and below 1, that is taken
            from the label and spread evenly over the whole vocabulary, the label
            included.

    Returns:
        A scalar: the mean cross-entropy, in nats, over all labels of the batch that
        are not -100; 0 where there is none.
    """
    logs = ops.log_softmax(logits, axis=-1)
    counts = labels != -100
    asked = ops.where(counts, labels, 0)[..., None]
    own = ops.take_along_axis(logs, asked, axis=-1)[..., 0]
    losses = -(1 - smoothing) * own - smoothing * ops.mean(logs, axis=-1)
    counts = ops.cast(counts, losses.dtype)
    return ops.sum(losses * counts) / ops.maximum(ops.sum(counts), 1)


def alignment(weights, real):
    """Which place of the source each step of the target looks at most.

    Args:
        weights: [head, target, source] floats: of one layer's cross-attention; each
            row sums to 1.
        real: [source] booleans: False for padding, which is never chosen; at least one
            is True.

    Returns:
        [target] integers: for each step the place in the source with the largest
        weight, averaged over the heads; the first of several that are alike.
    """
    mean = ops.mean(weights, axis=0)
    return ops.argmax(ops.where(real, mean, -1.0), axis=-1)
