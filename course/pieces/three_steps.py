"""From ids to a rectangle, and from logits to named answers (unit 12)."""

import numpy as np
from keras import ops


def batch_rows(rows, pad_id, limit):
    """Texts of different lengths as one rectangle that a model can read.

    Args:
        rows: Lists of integers: the ids of each text, at least two of them. The first
            and the last stand for no text: [CLS] and [SEP], say.
        pad_id: The id that fills up short rows. It may be that of a real token too.
        limit: The most tokens that the model reads, at least 3.

    Returns:
        ids: [text, length] integers: the rows, filled up at the end. A row longer than
            the limit loses what stands before its last token. The length is that of
            the longest row, after this.
        real: [text, length] booleans: True for tokens, False for what fills up.
    """
    kept = [row if len(row) <= limit else [*row[: limit - 1], row[-1]] for row in rows]
    lengths = np.array([len(row) for row in kept])
    real = np.arange(lengths.max()) < lengths[:, None]
    ids = np.full(real.shape, pad_id)
    ids[real] = np.concatenate(kept)
    return ids, real


def by_length(lengths, size):
    """Batches of texts of like length, and the way back to the order they came in.

    Args:
        lengths: List of integers: the number of tokens of each text.
        size: The most texts in a batch.

    Returns:
        batches: List of lists of integers: the numbers of the texts, counted from 0,
            the longest text first; of equally long ones the one that came first. Every
            batch but the last has `size` of them.
        back: List of integers, one a text: at which place of the batches, one behind
            the other, it stands. If `answers` has the answers in the order of the
            batches, `answers[back[n]]` is that of text n.
    """
    order = sorted(range(len(lengths)), key=lambda number: -lengths[number])
    batches = [order[first : first + size] for first in range(0, len(order), size)]
    back = [0] * len(order)
    for place, number in enumerate(order):
        back[number] = place
    return batches, back


def probabilities(logits, several):
    """What logits of classes say in probabilities.

    Args:
        logits: [text, class] floats.
        several: Whether a text may belong to several classes at once, or to none.

    Returns:
        [text, class] floats. If several classes may hold, or if there is one class
        alone, each has a probability of its own: the sigmoid of its logit. Otherwise
        exactly one holds: softmax over the classes.
    """
    if several or logits.shape[-1] == 1:
        return ops.sigmoid(logits)
    return ops.softmax(logits, axis=-1)


def best_labels(scores, names, top_k):
    """The classes of a text by name, the likeliest first.

    Args:
        scores: List of floats: the probability of each class.
        names: List of the names of the classes, in the order of their numbers.
        top_k: How many to give, at least 1; None for all. There may be fewer classes.

    Returns:
        List of {"label": name, "score": probability}: the largest first; of equal ones
        that of the lower number.
    """
    order = sorted(range(len(scores)), key=lambda number: -scores[number])
    return [{"label": names[n], "score": scores[n]} for n in order[:top_k]]
