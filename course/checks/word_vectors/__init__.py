"""Unit 02, word vectors: what each exercise asks, and the mistakes that have names.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.word_vectors import look_up as _look_up  # noqa: F401
from course.checks.word_vectors import angle as _angle  # noqa: F401
from course.checks.word_vectors import sentence as _sentence  # noqa: F401
from course.checks.word_vectors import nearest as _nearest  # noqa: F401
from course.checks.word_vectors import analogy as _analogy  # noqa: F401
from course.checks.word_vectors import tying as _tying  # noqa: F401
