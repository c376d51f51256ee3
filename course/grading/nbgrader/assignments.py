"""What `nbgrader autograde` looks at: all that was handed in, and plain files alone."""

import fnmatch
import glob
import os
import stat


def take_in(converter, folders):
    """Has nbgrader's converter grade what `transformer-course grade` would.

    nbgrader looks for files of a notebook's very name, and copies all others without a
    look at what they are: a link would bring in what it leads to.

    Args:
        converter: nbgrader's `Autograde`, which has looked for submissions.
        folders: The `Folders` of its course.
    """
    directory = converter.coursedir
    unit, found = directory.assignment_id, converter.assignments
    names, problems = folders.students(unit)
    for problem in problems:
        converter.log.warning("Not graded: %s", problem)
    books = fnmatch.filter(folders.releases(unit), directory.notebook_id)
    wanted = {}
    for name in fnmatch.filter(names, directory.student_id):
        place = converter._format_source(unit, name)
        if os.path.islink(place) or os.path.islink(os.path.dirname(place)):
            converter.log.error("Not graded: %s is or passes through a link", place)
        else:
            wanted[place] = [os.path.join(place, f"{book}.ipynb") for book in books]
    found.clear()
    found.update(wanted)
    odd = {name for place in wanted for name in _odd_files(place)}
    directory.ignore = [*directory.ignore, *map(glob.escape, sorted(odd))]


def _odd_files(place):
    """Names of links, pipes and other things that are no plain files."""
    for folder, _, names in os.walk(place):
        for name in names:
            if not stat.S_ISREG(os.lstat(os.path.join(folder, name)).st_mode):
                yield name
