"""How nbgrader is configured: its own extension points, nothing replaced."""

from course.grading.nbgrader.platforms import FILES, pattern

SHOW_TAG = "transformer-course-show"

COURSE_ID = "transformer_tf"

_PLUGIN = "course.grading.nbgrader.plugin"
# Without ClearSolutions, which would take the answers' first lines for answers.
_RELEASE_AGAIN = [
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
]


def configure(c, platform: str = "") -> None:
    """Fills in an nbgrader configuration; may be called any number of times.

    `nbgrader autograde` then rebuilds and isolates submissions, and gives the verdicts
    of `transformer-course grade`.

    Args:
        c: The traitlets configuration, as `get_config()` gives it.
        platform: The learning platform whose names `nbgrader zip_collect` reads; one
            of `course.grading.nbgrader.platforms.PATTERNS`, or "" for none.
    """
    _feedback(c)
    # nbgrader's "source" is what the class was given; `nbgrader generate_assignment`
    # enters it into the gradebook and leaves its text as it is.
    c.CourseDirectory.source_directory = "exercises/en"
    c.CourseDirectory.release_directory = "release"
    c.GenerateAssignment.preprocessors = list(_RELEASE_AGAIN)
    c.Autograde.exporter_class = f"{_PLUGIN}.RebuildingExporter"
    c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.CheckCellMetadata"]
    c.Autograde.autograde_preprocessors = [
        f"{_PLUGIN}.GradeIsolated",
        f"{_PLUGIN}.SaveVerdicts",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    collector = "course.grading.nbgrader.collector"
    c.ZipCollectApp.extractor_plugin = f"{collector}.PlatformExtractor"
    c.ZipCollectApp.collector_plugin = f"{collector}.PlatformCollector"
    c.FileNameCollectorPlugin.valid_ext = list(FILES)
    if platform:
        c.FileNameCollectorPlugin.named_regexp = pattern(platform)


def configure_checkout(c) -> None:
    """`configure`, for a folder with the sources: solutions/ -> exercises/en/."""
    configure(c)
    _sources(c)
    del c.GenerateAssignment.preprocessors


def configure_trusting(c) -> None:
    """The same course with nbgrader's own grader: a kernel for each submission.

    It believes what the submission's kernel says: for honest classes alone.
    """
    _feedback(c)
    _sources(c)
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
    # The release's own kernel refuses to run anything for `nbgrader autograde`.
    c.Execute.kernel_name = "python3"


def _sources(c) -> None:
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "exercises/en"
    c.ClearSolutions.code_stub = {
        "python": "# YOUR CODE HERE\nraise NotImplementedError()"
    }


def _feedback(c) -> None:
    c.CourseDirectory.course_id = COURSE_ID
    # nbgrader copies every other file of a unit as it is: the scripts hold answers.
    c.CourseDirectory.ignore = [
        "*.py",
        "*.json",
        ".ipynb_checkpoints",
        "__pycache__",
        ".transformer-course",
    ]
    # A card is HTML: let it through, no script with it, and its looks by a style sheet.
    c.HTMLExporter.sanitize_html = True
    filters = "course.grading.nbgrader.page_filters"
    c.HTMLExporter.filters = {
        "markdown2html": f"{filters}.markdown2html",
        "clean_html": f"{filters}.clean_html",
    }
    c.GenerateFeedback.preprocessors = [
        "nbgrader.preprocessors.GetGrades",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
        "course.grading.nbgrader.card_style.CardStyle",
    ]
