"""What stands between a body and its tasks: pooling, labels, spans (unit 10)."""

from keras import ops


def mean_pool(x, real):
    """One vector for each text: the mean of its real tokens.

    Args:
        x: [batch, length, dim] floats: a body's vectors; at padding they mean nothing.
        real: [batch, length] booleans: True for tokens, False for padding.

    Returns:
        [batch, dim] floats; zeros for a text that is nothing but padding.
    """
    weights = ops.cast(real, x.dtype)[..., None]
    total = ops.sum(x * weights, axis=1)
    return total / ops.maximum(ops.sum(weights, axis=1), 1)


def align_labels(word_ids, labels):
    """Gives the labels of words to the pieces that a tokenizer cut them into.

    Args:
        word_ids: List of the word that each piece belongs to, counting from 0; None
            for a special token.
        labels: List of integers: one label a word.

    Returns:
        A list as long as `word_ids`: the label of its word for the first piece of each
        word; -100 (no label) for the pieces after it and for special tokens.
    """
    aligned, before = [], None
    for word in word_ids:
        begins = word is not None and word != before
        aligned.append(labels[word] if begins else -100)
        before = word
    return aligned


def span_targets(offsets, in_text, start, end):
    """The first and the last token of an answer that is given in characters.

    Args:
        offsets: List of (start, end): the characters of its own text that each token
            stands for, the end excluded.
        in_text: List of booleans: True for tokens of the text, False for those of the
            question and for special ones.
        start, end: text[start:end] is the answer; start < end.

    Returns:
        (first, last): the first and the last token of the text that holds a character
        of the answer. (0, 0) if the tokens do not reach from the first character of
        the answer to its last: this window has only a part of it, or none.
    """
    tokens = [n for n, inside in enumerate(in_text) if inside]
    inside = [n for n in tokens if offsets[n][0] < end and offsets[n][1] > start]
    if not inside or offsets[inside[0]][0] > start or offsets[inside[-1]][1] < end:
        return 0, 0
    return inside[0], inside[-1]


def best_span(start, end, allowed, longest):
    """The pair of tokens that is the likeliest answer, among those that can be one.

    Args:
        start: [length] floats: logits of each token as the first of the answer.
        end: [length] floats: logits of each token as the last.
        allowed: [length] booleans: True for tokens of the text, at least one; an
            answer neither begins nor ends elsewhere.
        longest: The most tokens that an answer may have, at least 1.

    Returns:
        (first, last): two integers, first <= last, with the largest sum of
        start[first] and end[last]; of equal ones the smaller first, then the smaller
        last.
    """
    length = start.shape[0]
    places = ops.arange(length)
    size = places[None, :] - places[:, None] + 1
    valid = ops.logical_and(size >= 1, size <= longest)
    valid = ops.logical_and(valid, allowed[:, None])
    valid = ops.logical_and(valid, allowed[None, :])
    scores = ops.where(valid, start[:, None] + end[None, :], -float("inf"))
    best = int(ops.argmax(ops.reshape(scores, (-1,))))
    return best // length, best % length


def choose(vectors, kernel, num_choices):
    """How likely each option of each question is, from one vector an option.

    Args:
        vectors: [row, dim] floats: what a body made of a question with one of its
            options. The options of a question follow one another.
        kernel: [dim] floats: the product with it is the score of a row.
        num_choices: The number of options that every question has.

    Returns:
        [question, num_choices] floats: probabilities; each question's sum to 1.
    """
    scores = ops.reshape(ops.matmul(vectors, kernel), (-1, num_choices))
    return ops.softmax(scores, axis=-1)
