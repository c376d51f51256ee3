"""Examine every answer that the exercises name, and count the wrong verdicts.

Prints the table of false accepts and false rejects; with --write it also goes into
course/checks/AUDIT.md, where the tests compare it with the exercises.
"""


def add_arguments(parser):
    parser.add_argument("--write", action="store_true", help="update the document")


def run(args):
    from tqdm import tqdm

    from course.checks import exercises
    from course.examination.audit import audit, document, table
    from course.examination.quiet import quiet
    from course.files import write_atomically
    from course.paths import repository

    rows = []
    for exercise in tqdm(exercises().values(), unit="exercise"):
        with quiet():
            rows.append(audit(exercise))
    print(table(rows))
    if args.write:
        path = repository() / "course" / "checks" / "AUDIT.md"
        write_atomically(path, document(rows))
    return int(any(r.false_rejects or r.false_accepts or r.misnamed for r in rows))
