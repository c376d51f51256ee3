"""From percent scripts to notebooks, one way: script -> source -> release -> exercises.

`script` reads, `blanks` shows the library's source with bodies to fill in, `notebook`
assembles what nbgrader takes, `release` lets nbgrader write what learners open.
"""

from course.building.release import build, draw_missing, stale_notebooks

__all__ = ["build", "draw_missing", "stale_notebooks"]
