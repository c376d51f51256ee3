"""Unit 05, blocks: what each exercise asks, and the mistakes that have names.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.blocks import positions as _positions  # noqa: F401
from course.checks.blocks import embed as _embed  # noqa: F401
from course.checks.blocks import rotary as _rotary  # noqa: F401
from course.checks.blocks import feed_forward as _feed_forward  # noqa: F401
from course.checks.blocks import layer_norm as _layer_norm  # noqa: F401
from course.checks.blocks import residual as _residual  # noqa: F401
from course.checks.blocks import encoder_block as _encoder_block  # noqa: F401
from course.checks.blocks import decoder_block as _decoder_block  # noqa: F401
from course.checks.blocks import encoder as _encoder  # noqa: F401
