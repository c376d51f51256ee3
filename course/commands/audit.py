"""Examine answers whose worth is known, and count the wrong verdicts.

Prints the table of false accepts and false rejects on every answer that the exercises
name; with --mutants also that on answers they do not name, made by machine from right
ones. With --write the tables go into course/checks/AUDIT.md.
"""


def add_arguments(parser):
    parser.add_argument("--write", action="store_true", help="update the document")
    parser.add_argument(
        "--mutants", action="store_true", help="on answers made by machine too: an hour"
    )
    parser.add_argument("--only", default="", help="exercises whose names begin so")


def run(args):
    from tqdm import tqdm

    from course.checks import exercises
    from course.examination import audit as page
    from course.examination.silence import silence
    from course.examination.unseen import unseen
    from course.files import write_atomically
    from course.paths import repository

    chosen = [e for e in exercises().values() if e.name.startswith(args.only)]
    if args.write and len(chosen) < len(exercises()):
        raise SystemExit(
            "--write needs the figures of every exercise: leave out --only"
        )
    path = repository() / "course" / "checks" / "AUDIT.md"
    rows, others = [], []
    for exercise in tqdm(chosen, unit="exercise"):
        with silence():
            rows.append(page.audit(exercise))
            if args.mutants:
                others.append(unseen(exercise))
    if others:
        print(page.unseen_table(others))
        for row in others:
            for name in row.accepted:
                print(f"accepted: {row.exercise}: {name}")
            for name in row.refused:
                print(f"refused: {row.exercise}: {name}")
    print(page.table(rows))
    if args.write and others:
        write_atomically(path, page.document(rows, page.unseen_section(others)))
    elif args.write:
        kept = page.kept_section(path.read_text(encoding="utf-8"))
        write_atomically(path, page.document(rows, kept))
    wrong = [r.false_rejects or r.false_accepts or r.misnamed for r in rows]
    return int(any(wrong) or any(r.accepted or r.refused for r in others))
