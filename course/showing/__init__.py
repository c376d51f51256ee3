"""How a verdict looks: a card in a notebook, lines in a terminal."""

from course.showing.card import ShownHint, ShownVerdict
from course.showing.pieces import ShownPieces
from course.showing.progress import ShownProgress

__all__ = ["ShownHint", "ShownPieces", "ShownProgress", "ShownVerdict"]
