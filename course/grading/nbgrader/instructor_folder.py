"""A folder to grade a class in: nbgrader's layout, configured, every unit known."""

import contextlib
from pathlib import Path

from course.errors import CourseError
from course.files import write_atomically
from course.grading.nbgrader.gradebook import GradebookWriter
from course.grading.nbgrader.settings import nbgrader_settings
from course.grading.run.folders import Folders
from course.notebooks.links import relink_notebook
from course.paths import exercises_folder, lessons_folder

CONFIGURATION = '''"""What nbgrader's commands and its form grader do in this folder.

configure() makes them grade isolated, with the course's verdicts. Without it
`nbgrader autograde` would run submissions as you; the notebooks refuse that.
"""

from course.grading.nbgrader.configuration import configure

c = get_config()
configure(c, platform={platform!r})

# Settings of your own go below. For example:
# c.PlatformCollector.timezone = "Europe/Madrid"     in which Blackboard writes times
# c.LateSubmissionPlugin.penalty_method = "zero"     late work scores nothing
'''
_NAME = "nbgrader_config.py"


def make_folder(folder: Path, platform: str = "") -> dict[str, list[str]]:
    """Makes the folder, or adds what it lacks; nothing that is there is overwritten.

    Args:
        folder: The course's folder.
        platform: As for `configure`.

    Returns:
        What was done: "made", "kept" and "differs", each a list of paths below it.

    Raises:
        CourseError: A configuration is there that does not call `configure`.
    """
    report: dict[str, list[str]] = {"made": [], "kept": [], "differs": []}
    (folder / "submitted").mkdir(parents=True, exist_ok=True)
    configuration = folder / _NAME
    if configuration.exists():
        report["kept"].append(_NAME)
    else:
        write_atomically(configuration, CONFIGURATION.format(platform=platform))
        report["made"].append(_NAME)
    for place, content in _hand_out().items():
        report[_write(content, folder / place)].append(place)
    if not nbgrader_settings(folder).isolates:
        raise CourseError(
            f"{configuration} is yours and was kept, but does not call configure(c), "
            "without which nbgrader isolates nothing. Add to it:\n"
            "from course.grading.nbgrader.configuration import configure\n"
            f"configure(get_config(), platform={platform!r})"
        )
    folders = Folders(str(folder.resolve()), (str(folder.resolve() / "exercises"),))
    for unit in sorted(path.name for path in (folder / "exercises" / "en").glob("*/")):
        with contextlib.closing(GradebookWriter(folders, unit)):
            pass  # which enters the unit
    return report


def _hand_out() -> dict[str, str]:
    """What a class gets, by its place: notebooks in exercises/, lessons in lessons/."""
    released = {}
    for path in sorted(exercises_folder().rglob("*.ipynb")):
        place = path.relative_to(exercises_folder()).as_posix()
        released[f"exercises/{place}"] = (f"exercises/{place}", path)
    for path in sorted(lessons_folder().glob("*/*.ipynb")):
        place = path.relative_to(lessons_folder()).as_posix()
        released[f"course/lessons/{place}"] = (f"lessons/{place}", path)
    places = {old: place for old, (place, _) in released.items()}
    return {
        place: relink_notebook(path.read_text(encoding="utf-8"), old, places)
        for old, (place, path) in released.items()
        if ".ipynb_checkpoints" not in path.parts
    }


def _write(content: str, target: Path) -> str:
    if not target.exists():
        write_atomically(target, content)
        return "made"
    return "kept" if target.read_text(encoding="utf-8") == content else "differs"
