"""The one convention of all objectives: which targets count."""

IGNORED = -100
"""A target of this value is no target: padding, or a token that was not corrupted.

Every function here writes it and every loss and metric here leaves it out.

Example:
    >>> targets = np.array([[5, 2, IGNORED, IGNORED]])
    >>> logits = np.zeros((1, 4, 8), "float32")
    >>> print(round(float(TokenCrossEntropy()(targets, logits)), 3))  # ln 8
    2.079
"""
