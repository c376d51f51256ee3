"""The looks of a card where sanitising takes its own away: in feedback pages."""

from nbgrader.preprocessors import NbGraderPreprocessor

from course.showing.colours import BAD, GOOD, INK, NEUTRAL, PAPER, PARTLY

_STYLE = f"""
.course-card {{ border-left: 5px solid {NEUTRAL}; padding: .5em 1em; margin: .6em 0;
               max-width: 52em; line-height: 1.5; background: {PAPER}; color: {INK}; }}
.course-card.good {{ border-color: {GOOD}; }}
.course-card.partly {{ border-color: {PARTLY}; }}
.course-card.bad {{ border-color: {BAD}; }}
.course-card.good b {{ color: {GOOD}; }}
.course-card.partly b {{ color: {PARTLY}; }}
.course-card.bad b {{ color: {BAD}; }}
.course-part {{ display: inline-block; margin-right: 1em; font-size: 90%;
               color: {NEUTRAL}; }}
.course-part.good {{ color: {GOOD}; }}
"""


class CardStyle(NbGraderPreprocessor):
    """Adds the cards' style sheet to a page; stands behind the one that begins it."""

    def preprocess(self, nb, resources):
        resources.setdefault("inlining", {}).setdefault("css", []).append(_STYLE)
        return nb, resources
