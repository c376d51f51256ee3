"""Long texts in windows that overlap, put together again (unit 12)."""

import numpy as np


def stitch(windows, overlap):
    """What a model said of a long text, from what it said of its windows.

    Args:
        windows: List of [token, feature] floats: the outputs of each window, for its
            tokens of the text alone. Each window begins with the last `overlap` tokens
            of the one before it; all are longer than that.
        overlap: How many tokens neighbours share.

    Returns:
        [token, feature] floats: every token of the text once. What counts for a token
        that two windows have seen is the window where it is farther from the edge: of
        the overlap, the first half is the earlier window's and the second half the
        later one's. If it is odd, the token in the middle is the earlier one's.
    """
    earlier = (overlap + 1) // 2
    later = overlap - earlier
    parts = []
    for number, window in enumerate(windows):
        first = earlier if number > 0 else 0
        last = len(window) - (later if number < len(windows) - 1 else 0)
        parts.append(np.array(window)[first:last])
    return np.concatenate(parts)
