"""Unit 06, from pieces to batches: what each exercise asks, and its mistakes.

Imported in the order in which the exercises are taught, after those on tokenizers.
"""

# isort: off
from course.checks import tokenizers as _tokenizers  # noqa: F401
from course.checks.encoding import segmentation as _segmentation  # noqa: F401
from course.checks.encoding import losses as _losses  # noqa: F401
from course.checks.encoding import pruning as _pruning  # noqa: F401
from course.checks.encoding import layout as _layout  # noqa: F401
from course.checks.encoding import truncation as _truncation  # noqa: F401
from course.checks.encoding import padding as _padding  # noqa: F401
from course.checks.encoding import windows as _windows  # noqa: F401
from course.checks.encoding import words as _words  # noqa: F401
from course.checks.encoding import offsets as _offsets  # noqa: F401
from course.checks.encoding import carrying as _carrying  # noqa: F401
