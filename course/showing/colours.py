"""The colours of cards. A card brings its own paper, so that no theme changes them.

On that paper every ink has a contrast of at least 4.5 (WCAG's AA for text), which no
one colour has on a white and on a black page.
"""

PAPER, INK = "#f6f7f9", "#1b1f24"
CODE_PAPER, TRACK = "#e6e9ee", "#d5dae1"
GOOD, PARTLY, BAD, NEUTRAL = "#256b2a", "#8a5000", "#b3261e", "#525d6b"
LINK = "#0b57a4"


def box(border: str = NEUTRAL) -> str:
    """The style of a card's outermost element: narrow screens wrap or scroll it."""
    return (
        f"background:{PAPER};color:{INK};border-left:5px solid {border};"
        "border-radius:3px;padding:.5em 1em;margin:.3em 0;max-width:52em;"
        "line-height:1.5;overflow-x:auto;overflow-wrap:anywhere"
    )
