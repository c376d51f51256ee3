"""An answer to a question from the logits of windows (unit 12)."""

import numpy as np

from course.pieces.transfer import best_span
from course.pieces.windows import stitch


def best_answer(windows, overlap, offsets, longest):
    """The likeliest answer in a text that was read in windows, or that there is none.

    Args:
        windows: List of [1 + token, 2] floats: for each window the logits of being
            the first token of the answer, and the last. Its first row is that of
            [CLS] and stands for "no answer here"; then come its tokens of the text.
        overlap: How many tokens of the text neighbouring windows share.
        offsets: List of (start, end): the characters of each token of the whole text.
        longest: The most tokens that an answer may have.

    Returns:
        score: From each window its first row is subtracted, which makes the windows
            comparable: now no answer has the logits (0, 0) in all of them. They are
            stitched, and one softmax over the tokens of the text and that (0, 0) makes
            probabilities of being first, another of being last. The score is the
            product of the two.
        start, end: text[start:end] is the best answer; 0, 0 if no answer has a larger
            product than every answer.
    """
    logits = stitch([w[1:] - w[:1] for w in windows], overlap)
    logits = np.concatenate([np.zeros((1, 2)), logits])
    powers = np.exp(logits - logits.max(axis=0))
    first, last = (powers / powers.sum(axis=0)).T
    allowed = np.full(len(offsets), True)
    i, j = best_span(logits[1:, 0], logits[1:, 1], allowed, longest)
    score, none = first[i + 1] * last[j + 1], first[0] * last[0]
    if none > score:
        return none, 0, 0
    return score, offsets[i][0], offsets[j][1]
