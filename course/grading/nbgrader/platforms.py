r"""How learning platforms name the files in a zip of submissions.

Each pattern is given to `nbgrader zip_collect` as
`c.FileNameCollectorPlugin.named_regexp`, and is matched with the path of a file below
`downloaded/<unit>/extracted/`. The student's id is the one that the same platform
takes back in its table of scores (see `course.grading.run.columns`):

canvas      lovelaceada_LATE_1234_567890_1_map.ipynb       the id of the user: 1234
moodle      Ada Lovelace_1234_assignsubmission_file/1_map.ipynb, or, not as folders,
            Ada Lovelace_1234_assignsubmission_file_1_map.ipynb     participant: 1234
blackboard  Unit 0_ada_attempt_2026-11-28-09-30-00_1_map.ipynb      user name: ada
classroom   Ada Lovelace - 1_map.ipynb, as "Make a copy for each student" names it
            in the assignment's folder in Drive              full name: Ada Lovelace

Sources: canvas-lms, lib/content_zipper.rb; moodle, mod/assign/classes/downloader.php;
nbgrader's own documentation for Blackboard.
"""

from course.errors import CourseError

# The last part is the name under which the learner handed the file in.
_FILE = r"(?P<file_id>[^/\\]+)\Z"
_PLACE = r".*[/\\]"
PATTERNS = {
    # A name has no "_digits_" of its own: Canvas takes care of that.
    "canvas": _PLACE + r"(?:(?:LATE_)?(?=anon_)|[^/\\]*?_(?:LATE_)?(?=\d))"
    r"(?P<student_id>anon_[^\W_]+|\d+)_\d+_" + _FILE,
    "moodle": _PLACE + r"[^/\\]*_(?P<student_id>\d+)_assignsubmission_file"
    r"(?:_?[/\\](?:.*[/\\])?|_)" + _FILE,
    # Where user names hold "_", put the assignment's name in place of the first part.
    "blackboard": _PLACE + r"[^/\\]*_(?P<student_id>[^_/\\]+)_attempt_"
    r"(?P<timestamp>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)_" + _FILE,
    "classroom": _PLACE + r"(?P<student_id>[^/\\]+?) - " + _FILE,
}

# What is collected: notebooks, and what a learner may have put beside or around them.
FILES = (".ipynb", ".py", ".csv", ".txt", ".json", ".npy", ".npz", ".zip")


def pattern(platform: str) -> str:
    """The regular expression of a platform's names.

    Raises:
        CourseError: The platform is not known.
    """
    if platform not in PATTERNS:
        raise CourseError(f"no platform {platform!r}; there are: {', '.join(PATTERNS)}")
    return PATTERNS[platform]
