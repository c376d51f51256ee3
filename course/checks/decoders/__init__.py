"""Unit 08, decoders: what each exercise asks, and the mistakes that have names.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.decoders import shift as _shift  # noqa: F401
from course.checks.decoders import causal_loss as _causal_loss  # noqa: F401
from course.checks.decoders import perplexity as _perplexity  # noqa: F401
from course.checks.decoders import greedy as _greedy  # noqa: F401
from course.checks.decoders import temperature as _temperature  # noqa: F401
from course.checks.decoders import top_k as _top_k  # noqa: F401
from course.checks.decoders import top_p as _top_p  # noqa: F401
from course.checks.decoders import repetition as _repetition  # noqa: F401
from course.checks.decoders import sample as _sample  # noqa: F401
from course.checks.decoders import stop as _stop  # noqa: F401
from course.checks.decoders import cached_step as _cached_step  # noqa: F401
from course.checks.decoders import segments as _segments  # noqa: F401
from course.checks.decoders import memory as _memory  # noqa: F401
from course.checks.decoders import decoder as _decoder  # noqa: F401
