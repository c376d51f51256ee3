"""Grade a class of made-up submissions with nbgrader, and show every diagnosis.

Makes an instructor's folder and a class out of the exercises' own tables (right
answers, misconceptions, half-done work, a syntax error, deleted checks, Spanish),
grades it through nbgrader and compares the result with what each submission is known
to be.
"""

import shutil
from pathlib import Path


def add_arguments(parser):
    parser.add_argument(
        "--folder", type=Path, default=Path("demo"), help="replaced; demo/ if none"
    )
    parser.add_argument("--unit", action="append", help="only this unit; repeatable")


def run(args):
    from course.grading.nbgrader.nbgrader_cli import Graders
    from course.paths import repository, units_of
    from course.telling import tell

    root = repository()
    units = args.unit or units_of(root)
    submissions: list = []
    with Graders(args.folder, trusting=False) as graders:
        tell(f"Making a course with {', '.join(units)} ...", flush=True)
        _make_course(args.folder)
        tell("Making a class, and grading it with nbgrader ...", flush=True)
        jobs = _hand_in(root, args.folder, units, submissions)
        graded = _in_sight(graders.autograde(jobs))
        print()
        disagreements = _show(submissions, graded)
        graders.feedback(units)
    _say_what_next(args.folder, submissions)
    if disagreements:
        tell(f"\n{disagreements} results are not what they are known to be.")
    return 1 if disagreements else 0


def _make_course(folder):
    from course.grading.nbgrader.instructor_folder import make_folder

    if folder.exists():
        shutil.rmtree(folder)
    make_folder(folder)


def _hand_in(root, folder, units, submissions):
    """Makes a class's work and hands it in; adds to `submissions`, yields each job."""
    import json

    from course.building.classroom import classroom

    for submission in classroom(root, units):
        target = folder / "submitted" / submission.student / submission.unit
        target.mkdir(parents=True, exist_ok=True)
        for name, notebook in submission.notebooks.items():
            (target / name).write_text(json.dumps(notebook), encoding="utf-8")
        submissions.append(submission)
        yield submission.student, submission.unit


def _in_sight(graded):
    """What was found by (student, unit), after a bar that grows with each of them."""
    from tqdm import tqdm

    from course.telling import translate

    progress = tqdm(graded, unit=f" {translate('submissions')}")
    return {(g.student, g.unit): g for g in progress}


def _show(submissions, graded) -> int:
    """Prints one table a unit; returns how many results are not as known."""
    from course.checks import exercises
    from course.telling import tell, translate

    disagreements, unit = 0, None
    for submission in submissions:
        result = graded[submission.student, submission.unit]
        known = {n: e for n, e in exercises().items() if e.unit == submission.unit}
        if submission.unit != unit:
            unit = submission.unit
            names = " ".join(_short(name) for name in known)
            tell(f"{unit}   points by exercise: {names}")
        surprises = [
            name
            for name, expected in submission.expected.items()
            if not _agrees(expected, known[name], result)
        ]
        disagreements += len(surprises)
        points = " ".join(
            f"{result.scores.get(e.grade_id, 0):>3g}/{e.points:<2}"
            for e in known.values()
        )
        total = sum(result.scores.values())
        known_so = "as known"
        if surprises:
            known_so = f"NOT AS KNOWN: {', '.join(map(_short, surprises))}"
        who = f"  {submission.student:<10} {translate(submission.what):<26}"
        print(f"{who} {points} = {total:>3g}   {translate(known_so)}")
        if result.error:
            print(f"{'':13}{result.error}")
        for name, verdict in result.verdicts.items():
            if verdict["diagnosis"]:
                print(f"{'':13}{_short(name)}: {verdict['diagnosis']}")
    return disagreements


def _agrees(expected, exercise, result) -> bool:
    score = result.scores.get(exercise.grade_id)
    diagnosis = result.verdicts.get(exercise.name, {}).get("diagnosis")
    if expected == "right":
        return score == exercise.points and diagnosis is None
    if expected == "nothing":
        return score == 0 and diagnosis is None
    return score is not None and score < exercise.points and diagnosis == expected


def _short(name: str) -> str:
    return name.partition(".")[2]


def _say_what_next(folder, submissions):
    from course.telling import tell

    mistaken = next(s for s in submissions if s.what.startswith("misconceptions"))
    page = next(
        (folder / "feedback" / mistaken.student / mistaken.unit).glob("*.html"), None
    )
    tell(f"\nFeedback for everybody is in {folder / 'feedback'}. What next:")
    tell(f"  open {page}")
    tell(f"  cd {folder} && jupyter lab       the form grader is in the Nbgrader menu")
    tell("  make learn                        the course itself, in a folder of yours")
