"""Which limit a submission met, in words.

Told by the kernel: memory, processes, processor, file. By the grader: disk, clock (no
answer from a process), notebook, cell (too long), output (cut off).
"""

from course.messages import text


def in_words(limits, language="en"):
    """Names of limits as a phrase; "" if there are none."""
    return "; ".join(text(f"grading.limit.{name}", language) for name in limits)


def lost_message(limits, language):
    """What a learner is told whose process was lost."""
    why = in_words(limits, language) or text("grading.ended", language)
    return text("grading.lost", language, why=why)
