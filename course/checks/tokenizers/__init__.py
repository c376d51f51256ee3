"""Unit 06, tokenizers: words, byte pairs, word pieces.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.tokenizers import vocabulary as _vocabulary  # noqa: F401
from course.checks.tokenizers import words as _words  # noqa: F401
from course.checks.tokenizers import pairs as _pairs  # noqa: F401
from course.checks.tokenizers import merging as _merging  # noqa: F401
from course.checks.tokenizers import learning as _learning  # noqa: F401
from course.checks.tokenizers import applying as _applying  # noqa: F401
from course.checks.tokenizers import spelling as _spelling  # noqa: F401
from course.checks.tokenizers import reading as _reading  # noqa: F401
from course.checks.tokenizers import longest as _longest  # noqa: F401
from course.checks.tokenizers import scores as _scores  # noqa: F401
from course.checks.tokenizers import gain as _gain  # noqa: F401
