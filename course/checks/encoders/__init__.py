"""Unit 07, encoders: what each exercise asks, and the mistakes that have names.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.encoders import corrupt as _corrupt  # noqa: F401
from course.checks.encoders import targets as _targets  # noqa: F401
from course.checks.encoders import whole_words as _whole_words  # noqa: F401
from course.checks.encoders import head as _head  # noqa: F401
from course.checks.encoders import loss as _loss  # noqa: F401
from course.checks.encoders import fill as _fill  # noqa: F401
from course.checks.encoders import replaced as _replaced  # noqa: F401
from course.checks.encoders import pair as _pair  # noqa: F401
