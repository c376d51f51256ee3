"""How far a learner is: a bar for each unit, and what comes next."""

import html
from collections.abc import Mapping

from course.messages import text
from course.settings import progress_of
from course.showing.colours import GOOD, LINK, NEUTRAL, TRACK, box

_BLOCKS = 12


class ShownProgress:
    """The best results so far, unit by unit.

    Args:
        results: As `settings.read_results` gives them.
        language: "en" or "es".
    """

    def __init__(self, results: Mapping[str, dict], language: str):
        # Not above: who shows a card in a submission's process has no checks there.
        from course.checks import exercises

        self.language, self.results = language, dict(results)
        firsts = {e.unit: e.name for e in reversed(exercises().values())}
        self.units = {
            unit: progress_of(firsts[unit], self.results) for unit in sorted(firsts)
        }

    def __repr__(self) -> str:
        lines = [
            f"{unit[:2]} {self._bar(p.right, p.count)} {self._say(p)}"
            for unit, p in self.units.items()
        ]
        return "\n".join([*lines, self.next_step()])

    def _repr_html_(self) -> str:
        rows = "".join(
            "<div style='display:flex;flex-wrap:wrap;gap:0 .8em;align-items:center'>"
            f"<span style='min-width:8.5em'>{html.escape(unit)}</span>"
            f"{_draw(p.right / p.count)}"
            f"<span style='font-size:90%'>{html.escape(self._say(p))}</span></div>"
            for unit, p in self.units.items()
        )
        step = f"<b>{html.escape(self.next_step())}</b> {self._link()}"
        return (
            f"<div class='course-card neutral' style='{box()}'>{rows}"
            f"<div style='margin-top:.5em'>{step}</div></div>"
        )

    def next_step(self) -> str:
        """One sentence: the exercise to do next, or that there is none."""
        from course.learning.route import next_task

        task = next_task(self.results)
        if task is None:
            return text("engine.all_done", self.language)
        title = text(f"{task.exercise.name}.title", self.language)
        minutes = task.exercise.minutes
        return text("engine.next", self.language, title=title, minutes=minutes)

    def _link(self) -> str:
        from course.learning.route import next_task

        task = next_task(self.results)
        if task is None:
            return ""
        name = html.escape(task.notebook)
        return f'<a href="{name}" style="color:{LINK}">{name}</a>'

    def _say(self, progress) -> str:
        from course.learning.route import minutes_left

        left = minutes_left(self.results, progress.unit)
        said = text("engine.progress", self.language, **vars(progress))
        more = text("engine.minutes_left", self.language, minutes=left) if left else ""
        return " · ".join(filter(None, (said, more)))

    @staticmethod
    def _bar(right: int, count: int) -> str:
        full = _BLOCKS * right // count
        return "█" * full + "░" * (_BLOCKS - full)


def _draw(share: float) -> str:
    """A bar that is filled to a share; an image needs no style of the page's."""
    width = round(160 * share)
    return (
        f'<svg width="160" height="12" role="img" aria-label="{share:.0%}">'
        f'<rect width="160" height="12" rx="3" fill="{TRACK}"></rect>'
        f'<rect width="{width}" height="12" rx="3" fill="{GOOD}"></rect>'
        f'<rect width="159" height="11" x=".5" y=".5" rx="3" fill="none" '
        f'stroke="{NEUTRAL}"></rect></svg>'
    )
