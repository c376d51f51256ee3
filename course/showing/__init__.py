"""How a verdict looks: a card in a notebook, lines in a terminal."""

from course.showing.card import ShownHint, ShownVerdict
from course.showing.comparison import ShownComparison
from course.showing.pieces import ShownPieces
from course.showing.progress import ShownProgress

__all__ = [
    "ShownComparison",
    "ShownHint",
    "ShownPieces",
    "ShownProgress",
    "ShownVerdict",
]
