"""Unit 04, several heads: what each exercise asks, and the mistakes that have names.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.multi_head import heads as _heads  # noqa: F401
from course.checks.multi_head import self_attention as _self  # noqa: F401
from course.checks.multi_head import cross_attention as _cross  # noqa: F401
from course.checks.multi_head import grouped as _grouped  # noqa: F401
from course.checks.multi_head import costs as _costs  # noqa: F401
from course.checks.multi_head import cache as _cache  # noqa: F401
from course.checks.multi_head import following as _following  # noqa: F401
