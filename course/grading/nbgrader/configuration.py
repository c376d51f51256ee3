"""How nbgrader is configured: its own extension points, nothing replaced."""

SHOW_TAG = "transformer-course-show"

COURSE_ID = "transformer_tf"


def configure(c) -> None:
    """Fills in an nbgrader configuration; may be called any number of times.

    `nbgrader autograde` then rebuilds and isolates submissions, and gives the verdicts
    of `transformer-course grade`.

    Args:
        c: The traitlets configuration, as `get_config()` gives it.
    """
    _directories(c)
    plugin = "course.grading.nbgrader.plugin"
    c.Autograde.exporter_class = f"{plugin}.RebuildingExporter"
    c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.CheckCellMetadata"]
    c.Autograde.autograde_preprocessors = [
        f"{plugin}.GradeIsolated",
        f"{plugin}.SaveVerdicts",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]


def configure_trusting(c) -> None:
    """The same course with nbgrader's own road: a kernel for each submission.

    It believes what the submission's kernel says: for honest classes alone.
    """
    _directories(c)
    c.Autograde.sanitize_preprocessors = [
        "nbgrader.preprocessors.ClearOutput",
        "nbgrader.preprocessors.DeduplicateIds",
        "nbgrader.preprocessors.OverwriteKernelspec",
        "nbgrader.preprocessors.OverwriteCells",
        "course.grading.nbgrader.show_cells.SkipShowCells",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.OverwriteCells.add_missing_cells = True
    c.Execute.skip_cells_with_tag = SHOW_TAG
    # A polite shutdown waits a second and more for TensorFlow to tear itself down.
    c.Execute.shutdown_kernel = "immediate"
    c.Execute.timeout = 60


def _directories(c) -> None:
    c.CourseDirectory.course_id = COURSE_ID
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "exercises/en"
    # nbgrader copies every other file of a unit as it is: the scripts hold answers.
    c.CourseDirectory.ignore = [
        "*.py",
        "*.json",
        ".ipynb_checkpoints",
        "__pycache__",
        ".transformer-course",
    ]
    c.ClearSolutions.code_stub = {
        "python": "# YOUR CODE HERE\nraise NotImplementedError()"
    }
    # A card is HTML: let it through, no script with it, and its looks by a style sheet.
    c.HTMLExporter.sanitize_html = True
    c.GenerateFeedback.preprocessors = [
        "nbgrader.preprocessors.GetGrades",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
        "course.grading.nbgrader.card_style.CardStyle",
    ]
