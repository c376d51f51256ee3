"""Unit 13, bias: what each exercise asks, and the mistakes that have names.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.bias import splits as _splits  # noqa: F401
from course.checks.bias import effect as _effect  # noqa: F401
from course.checks.bias import permutation as _permutation  # noqa: F401
from course.checks.bias import pairs as _pairs  # noqa: F401
from course.checks.bias import direction as _direction  # noqa: F401
from course.checks.bias import calibration as _calibration  # noqa: F401
from course.checks.bias import interval as _interval  # noqa: F401
from course.checks.bias import footprint as _footprint  # noqa: F401
from course.checks.bias import card as _card  # noqa: F401
