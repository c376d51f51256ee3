"""The course in one table, written into README.md from the definitions."""

import re
from pathlib import Path

from course.building.learning_path import title_of
from course.checks import exercises
from course.messages import text
from course.paths import lessons_folder, units_of

MARKS = re.compile(r"(<!-- units -->\n).*?(<!-- /units -->)", re.DOTALL)
LARGEST = 3  # exercises that a line names, those with the most points


def with_units(readme: str, root: Path) -> str:
    """The README with its table of units as the definitions have it."""
    return MARKS.sub(lambda match: match[1] + units_table(root) + match[2], readme)


def units_table(root: Path) -> str:
    """One line a unit: its lesson, its largest exercises, how many, and the points."""
    lines = [
        "| unit | lesson | among what you build | exercises | points |",
        "|---|---|---|--:|--:|",
    ]
    known = list(exercises().values())
    for unit in units_of(root):
        mine = [e for e in known if e.unit == unit]
        largest = sorted(mine, key=lambda e: -e.points)[:LARGEST]
        titles = "; ".join(text(f"{e.name}.title", "en") for e in mine if e in largest)
        points = sum(e.points for e in mine)
        title = title_of(lessons_folder() / f"{unit}.py", "en")
        link = f"[{title}](course/lessons/en/{unit}.ipynb)"
        lines.append(f"| {unit[:2]} | {link} | {titles} | {len(mine)} | {points} |")
    return "\n".join(lines) + "\n"
