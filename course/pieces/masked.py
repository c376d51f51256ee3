"""Masked language modelling as functions (unit 07): corrupting, head, loss, filling."""

from keras import ops

from course.pieces.blocks import layer_norm


def corrupt(ids, special, draw, kind, other, mask_id, rate=0.15):
    """Hides some tokens of each text: 80 % mask, 10 % another token, 10 % as it was.

    Args:
        ids: [batch, length] integers.
        special: [batch, length] booleans: True where no token may be chosen ([CLS],
            [SEP], padding).
        draw: [batch, length] floats in [0, 1): a token is chosen if its draw is below
            `rate`.
        kind: [batch, length] floats in [0, 1): a chosen token becomes the mask if its
            kind is below 0.8, the token of `other` if it is at least 0.8 and below
            0.9; else it stays.
        other: [batch, length] integers: random tokens.
        mask_id: The id of the mask token.
        rate: The share of tokens to choose, from 0 to 1.

    Returns:
        [batch, length] integers: the corrupted ids.
    """
    chosen = ops.logical_and(draw < rate, ops.logical_not(special))
    replaced = ops.where(kind < 0.9, other, ids)
    replaced = ops.where(kind < 0.8, mask_id, replaced)
    return ops.where(chosen, replaced, ids)


def mlm_targets(ids, corrupted, chosen):
    """What a masked language model is to say: the original token at chosen places.

    Args:
        ids: [batch, length] integers: the original text.
        corrupted: [batch, length] integers: what the model reads.
        chosen: [batch, length] booleans: True where a token was chosen, whatever
            became of it.

    Returns:
        [batch, length] integers: the original id where a token was chosen, -100
        (nothing to predict) elsewhere.
    """
    return ops.where(chosen, ids, -100)


def mlm_head(x, kernel, bias, scale, offset, table, token_bias):
    """Scores every token of the vocabulary for every place of a text.

    Args:
        x: [batch, length, dim] floats: what the encoder says about each token.
        kernel: [dim, dim] floats: of the transformation.
        bias: [dim] floats: of the transformation.
        scale: [dim] floats: of the normalisation.
        offset: [dim] floats: of the normalisation.
        table: [vocabulary, dim] floats: the encoder's own table of token vectors.
        token_bias: [vocabulary] floats: one number a token.

    Returns:
        [batch, length, vocabulary] floats: logits.
    """
    transformed = ops.gelu(ops.matmul(x, kernel) + bias, approximate=False)
    normed = layer_norm(transformed, scale, offset)
    return ops.matmul(normed, ops.transpose(table)) + token_bias


def mlm_loss(logits, labels):
    """The mean surprise, in nats, at the places that have a label.

    Args:
        logits: [batch, length, vocabulary] floats.
        labels: [batch, length] integers: token ids, or -100 where nothing is asked.

    Returns:
        A float: the mean of -log p(label) over all labelled places of the batch, p
        being the softmax of the logits; 0 if no place has a label.
    """
    asked = ops.not_equal(labels, -100)
    known = ops.where(asked, labels, 0)
    wanted = ops.take_along_axis(logits, known[..., None], axis=-1)[..., 0]
    surprise = ops.logsumexp(logits, axis=-1) - wanted
    count = ops.sum(ops.cast(asked, logits.dtype))
    total = ops.sum(ops.where(asked, surprise, 0.0))
    return total / ops.maximum(count, 1.0)


def fill_masks(logits, ids, mask_id, k):
    """The k most likely tokens for every mask.

    Args:
        logits: [batch, length, vocabulary] floats.
        ids: [batch, length] integers: the text with its masks.
        mask_id: The id of the mask token.
        k: How many tokens, from 1 to the size of the vocabulary.

    Returns:
        tokens: [masks, k] integers: one row a mask, text by text, from left to right;
            the most likely token first, and of equally likely ones the lower id.
        probabilities: [masks, k] floats: of those tokens, among the whole vocabulary.
    """
    (places,) = ops.nonzero(ops.reshape(ids, (-1,)) == mask_id)
    rows = ops.take(ops.reshape(logits, (-1, logits.shape[-1])), places, axis=0)
    probabilities, tokens = ops.top_k(ops.softmax(rows, axis=-1), k)
    return tokens, probabilities
