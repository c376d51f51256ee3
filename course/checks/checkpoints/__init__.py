"""Unit 11, checkpoints: what each exercise asks, and the mistakes that have names.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.checkpoints import config as _config  # noqa: F401
from course.checks.checkpoints import count as _count  # noqa: F401
from course.checks.checkpoints import count_t5 as _count_t5  # noqa: F401
from course.checks.checkpoints import bfloat16 as _bfloat16  # noqa: F401
from course.checks.checkpoints import safetensors as _safetensors  # noqa: F401
from course.checks.checkpoints import pickles as _pickles  # noqa: F401
from course.checks.checkpoints import rename as _rename  # noqa: F401
from course.checks.checkpoints import joined as _joined  # noqa: F401
from course.checks.checkpoints import shards as _shards  # noqa: F401
from course.checks.checkpoints import report as _report  # noqa: F401
from course.checks.checkpoints import saving as _saving  # noqa: F401
from course.checks.checkpoints import embed as _embed  # noqa: F401
from course.checks.checkpoints import block as _block  # noqa: F401
