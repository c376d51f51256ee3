"""Unit 09, sequence to sequence: what each exercise asks, and the mistakes with names.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.seq2seq import shift_right as _shift_right  # noqa: F401
from course.checks.seq2seq import masks as _masks  # noqa: F401
from course.checks.seq2seq import codes as _codes  # noqa: F401
from course.checks.seq2seq import smoothing as _smoothing  # noqa: F401
from course.checks.seq2seq import alignment as _alignment  # noqa: F401
from course.checks.seq2seq import span_corruption as _span_corruption  # noqa: F401
from course.checks.seq2seq import infill as _infill  # noqa: F401
from course.checks.seq2seq import beam_step as _beam_step  # noqa: F401
from course.checks.seq2seq import beam_finish as _beam_finish  # noqa: F401
from course.checks.seq2seq import beam_rank as _beam_rank  # noqa: F401
from course.checks.seq2seq import bleu as _bleu  # noqa: F401
from course.checks.seq2seq import chrf as _chrf  # noqa: F401
from course.checks.seq2seq import rouge_l as _rouge_l  # noqa: F401
from course.checks.seq2seq import translator as _translator  # noqa: F401
