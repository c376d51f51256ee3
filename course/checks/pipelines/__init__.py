"""Unit 12, pipelines: what each exercise asks, and the mistakes that have names.

Imported in the order in which the exercises are taught.
"""

# isort: off
from course.checks.pipelines import preprocess as _preprocess  # noqa: F401
from course.checks.pipelines import by_length as _by_length  # noqa: F401
from course.checks.pipelines import probabilities as _probabilities  # noqa: F401
from course.checks.pipelines import best_labels as _best_labels  # noqa: F401
from course.checks.pipelines import fill_mask as _fill_mask  # noqa: F401
from course.checks.pipelines import zero_shot as _zero_shot  # noqa: F401
from course.checks.pipelines import words as _words  # noqa: F401
from course.checks.pipelines import entities as _entities  # noqa: F401
from course.checks.pipelines import stitch as _stitch  # noqa: F401
from course.checks.pipelines import best_answer as _best_answer  # noqa: F401
from course.checks.pipelines import settings as _settings  # noqa: F401
from course.checks.pipelines import long_text as _long_text  # noqa: F401
from course.checks.pipelines import pipeline as _pipeline  # noqa: F401
