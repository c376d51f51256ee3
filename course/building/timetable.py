"""A timetable of fourteen weeks for instructors, from the minutes of the exercises.

The notebooks stay in their order; the borders between weeks lie where the weeks come
out as equal as they can.
"""

import functools
import re
from pathlib import Path

from course.building.learning_path import Stop, stops
from course.checks import exercises
from course.messages import LANGUAGES, text

PAGE = Path("course", "timetable.md")
WEEKS = 14
LESSON = 15  # minutes of a lesson, as lessons say, or of a notebook that only shows
SOLUTION = re.compile(r'^# %% solution="([\w.]+)"', re.MULTILINE)


def minutes_of(stop: Stop) -> int:
    """How long a notebook takes: the sum of its exercises, or else its reading."""
    known = exercises()
    names = SOLUTION.findall(stop.script.read_text(encoding="utf-8"))
    return sum(known[name].minutes for name in names) or LESSON


def weeks_of(path: tuple[Stop, ...], weeks: int = WEEKS) -> list[list[Stop]]:
    """The notebooks in order, cut into weeks whose minutes differ least.

    Least squares over every way to cut, by the best cut of each beginning.
    """
    minutes = [minutes_of(stop) for stop in path]

    @functools.cache
    def best(end: int, left: int) -> tuple[float, int]:
        """The least sum of squares of the first `end` in `left` weeks; the last cut."""
        if left == 0:
            return (0.0 if end == 0 else float("inf")), 0
        return (
            min(
                (best(start, left - 1)[0] + sum(minutes[start:end]) ** 2, start)
                for start in range(end)
            )
            if end
            else (float("inf"), 0)
        )

    cuts, end = [len(path)], len(path)
    for left in range(min(weeks, len(path)), 0, -1):
        end = best(end, left)[1]
        cuts.append(end)
    cuts.reverse()
    return [list(path[a:b]) for a, b in zip(cuts, cuts[1:])]


def timetable(root: Path) -> str:
    """The page, in English and in Spanish, as Markdown."""
    parts = [_page(root, language) for language in LANGUAGES]
    return "<!-- written by `transformer-course build` -->\n\n" + "\n".join(parts)


def _page(root: Path, language: str) -> str:
    def say(key: str, **details) -> str:
        return text(f"learning_path.timetable.{key}", language, **details)

    path = stops(root, language)
    weeks = weeks_of(path)
    total = sum(map(minutes_of, path))
    lines = [
        f"# {say('title')}",
        "",
        say("intro", hours=round(total / 60), lesson=LESSON),
        "",
        say("heads"),
        "|--:|---|--:|",
    ]
    for number, week in enumerate(weeks, start=1):
        links = "<br>".join(_link(stop) for stop in week)
        lines.append(f"| {number} | {links} | {sum(map(minutes_of, week))} |")
    lines += ["", f"## {say('units')}", "", say("unit_heads"), "|---|--:|--:|--:|"]
    for unit in dict.fromkeys(stop.unit for stop in path):
        mine = [stop for stop in path if stop.unit == unit]
        reading = sum(minutes_of(stop) for stop in mine if stop.is_lesson)
        work = sum(minutes_of(stop) for stop in mine) - reading
        title = next(stop.title for stop in mine)
        lines.append(f"| {unit[:2]} {title} | {reading} | {work} | {reading + work} |")
    return "\n".join(lines) + "\n"


def _link(stop: Stop) -> str:
    return f"{stop.unit[:2]} [{stop.title}]({Path('..') / stop.path})"
