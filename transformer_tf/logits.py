"""Numbers that stand for scores before a softmax."""

MASKED_LOGIT = -1e30
"""The score of what is masked: exp gives exactly 0, and sums of it stay finite."""


def logits_dtype(dtype):
    """Scores and softmax in float32 at least: float16 overflows at 65,504."""
    return "float64" if dtype == "float64" else "float32"
