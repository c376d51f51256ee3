"""A class's folder for nbgrader and for us: the same released and submitted files."""

import contextlib
import json
import shutil
import tempfile
from pathlib import Path

CONFIGURATION = """
c = get_config()
c.CourseDirectory.course_id = "transformer_tf"
c.CourseDirectory.source_directory = "exercises/en"
c.CourseDirectory.release_directory = "exercises/en"
c.CourseDirectory.db_url = "sqlite:///stock.db"
c.CourseDirectory.autograded_directory = "autograded-stock"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "course.grading.nbgrader.show_cells.SkipShowCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Execute.skip_cells_with_tag = "transformer-course-show"
c.Execute.kernel_name = "python3"
c.Application.log_level = 40
"""


@contextlib.contextmanager
def make(unit, count):
    """A folder with `count` submissions of a unit, every second one right.

    Yields:
        Path of the folder, with an empty gradebook `pristine.db` that knows the unit.
    """
    from course.building.classroom import _Builder
    from course.grading.nbgrader.gradebook import GradebookWriter
    from course.grading.run.folders import Folders
    from course.paths import exercises_folder, repository

    builder = _Builder(repository(), unit)
    right = builder.right
    answers = (right, builder.first_mistakes, right, builder.other_mistakes)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        released = exercises_folder()
        for language in ("en", "es"):
            place = folder / "exercises" / language / unit
            shutil.copytree(released / language / unit, place)
        for number in range(count):
            student = f"student{number:03d}"
            made = builder.make(student, "", answers[number % len(answers)])
            place = folder / "submitted" / student / unit
            place.mkdir(parents=True)
            for file, notebook in made.notebooks.items():
                (place / file).write_text(json.dumps(notebook), encoding="utf-8")
        (folder / "nbgrader_config.py").write_text(CONFIGURATION)
        folders = Folders(
            root=name,
            released=(str(folder / "exercises"),),
            gradebook=f"sqlite:///{folder}/pristine.db",
        )
        GradebookWriter(folders, unit).close()
        yield folder
