"""Unit 00, the map: what each exercise asks, and the mistakes that have names.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.map import pad_batch as _pad_batch  # noqa: F401
from course.checks.map import masked_mean as _masked_mean  # noqa: F401
from course.checks.map import training_cost as _training_cost  # noqa: F401
