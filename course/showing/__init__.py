"""How a verdict looks: a card in a notebook, lines in a terminal."""

from course.showing.card import ShownHint, ShownVerdict

__all__ = ["ShownHint", "ShownVerdict"]
