"""Unit 10, transfer: what each exercise asks, and the mistakes that have names.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.transfer import pool as _pool  # noqa: F401
from course.checks.transfer import frozen as _frozen  # noqa: F401
from course.checks.transfer import rates as _rates  # noqa: F401
from course.checks.transfer import align as _align  # noqa: F401
from course.checks.transfer import span_targets as _span_targets  # noqa: F401
from course.checks.transfer import best_span as _best_span  # noqa: F401
from course.checks.transfer import choices as _choices  # noqa: F401
from course.checks.transfer import low_rank as _low_rank  # noqa: F401
from course.checks.transfer import distil as _distil  # noqa: F401
from course.checks.transfer import scores as _scores  # noqa: F401
from course.checks.transfer import entity_f1 as _entity_f1  # noqa: F401
from course.checks.transfer import exact_match as _exact_match  # noqa: F401
from course.checks.transfer import heads as _heads  # noqa: F401
