"""Unit 03, attention: what each exercise asks, and the mistakes that have names.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.attention import keys_and_locks as _keys_and_locks  # noqa: F401
from course.checks.attention import softmax as _softmax  # noqa: F401
from course.checks.attention import scaled_dot_product as _scaled  # noqa: F401
from course.checks.attention import reading as _reading  # noqa: F401
from course.checks.attention import padding_mask as _padding_mask  # noqa: F401
from course.checks.attention import causal_mask as _causal_mask  # noqa: F401
from course.checks.attention import decoder_mask as _decoder_mask  # noqa: F401
from course.checks.attention import additive as _additive  # noqa: F401
