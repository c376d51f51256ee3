"""Attacks on the grader, as cells of a notebook: name -> source.

Placeholders in braces are filled with paths that a test prepares. None holds a right
answer.
"""

from tests.grading.attacks.answers import ANSWERS
from tests.grading.attacks.bombs import BOMBS
from tests.grading.attacks.endings import ENDINGS
from tests.grading.attacks.patches import PATCHES
from tests.grading.attacks.reaching_out import REACHING_OUT
from tests.grading.attacks.spying import SPYING

__all__ = ["ANSWERS", "BOMBS", "ENDINGS", "PATCHES", "REACHING_OUT", "SPYING"]
