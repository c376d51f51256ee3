"""Whether the journal and the gradebook say the same of every automatic score."""

_MOST = 20


def differences(gradebook, unit, results):
    """Where the two differ, in words; a few at most, and how many more there are.

    Scores by hand, extra credit and penalties are the gradebook's own and no
    difference.

    Args:
        gradebook: nbgrader's `Gradebook`.
        unit: The unit's name.
        results: The journal's results.
    """
    recorded = {
        (submission.student.id, notebook.name, grade.name): grade.auto_score
        for submission in gradebook.assignment_submissions(unit)
        for notebook in submission.notebooks
        for grade in notebook.grades
    }
    found = []
    for result in results:
        for name, mark in result.marks.items():
            place = result.student, result.notebook, name
            if place not in recorded:
                found.append(f"{' '.join(place)}: not in the gradebook")
            elif recorded[place] != mark.score:
                found.append(
                    f"{' '.join(place)}: the journal has {_points(mark.score)}, the "
                    f"gradebook {_points(recorded[place])}; the gradebook counts, "
                    "and --force grades it again"
                )
    more = len(found) - _MOST
    return found[:_MOST] + ([f"... and {more} more differences"] if more > 0 else [])


def _points(score):
    return "no score" if score is None else f"{score:g}"
