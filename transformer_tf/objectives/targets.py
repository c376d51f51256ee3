"""The one convention of all objectives: which targets count."""

# A target of this value is no target: padding, or a token that was not corrupted.
# Every function here writes it and every loss and metric here leaves it out.
IGNORED = -100
