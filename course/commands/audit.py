"""Examine answers whose worth is known, and count the wrong verdicts.

Prints the table of false accepts and false rejects on every answer that the exercises
name; with --mutants also that on answers they do not name, made by machine from right
ones. With --write the figures go into course/checks/audit.json after each exercise, and
the page AUDIT.md is made of them; exercises that have not changed since are not
examined again. It may be stopped at any time: what is done is kept.
"""

MINUTES = 4.0


def add_arguments(parser):
    parser.add_argument("--write", action="store_true", help="keep the figures")
    parser.add_argument(
        "--mutants", action="store_true", help="on answers made by machine too: hours"
    )
    parser.add_argument("--only", default="", help="exercises whose names begin so")
    parser.add_argument(
        "--minutes",
        type=float,
        default=MINUTES,
        help="of an exercise for mutants, and again for right answers: the rest of "
        "them is left out, and the table says so",
    )


def run(args):
    from tqdm import tqdm

    from course.checks import exercises
    from course.examination import audit as page
    from course.examination import figures
    from course.examination.silence import silence
    from course.examination.unseen import unseen
    from course.files import write_atomically
    from course.paths import repository
    from course.telling import translate

    folder = repository() / "course" / "checks"
    kept = figures.read(folder / "audit.json") if args.write else {}
    chosen = [e for e in exercises().values() if e.name.startswith(args.only)]
    for exercise in tqdm(chosen, unit=translate("exercise")):
        now = figures.fingerprint(exercise)
        before = kept.get(exercise.name)
        with silence():
            if before is None or before.named[0] != now:
                named = now, page.audit(exercise)
            else:
                named = before.named
            other = before.unseen if before else None
            if args.mutants and (other is None or other[0] != now):
                other = now, unseen(exercise, seconds=60 * args.minutes)
        kept[exercise.name] = figures.Kept(named, other)
        if args.write:
            figures.write(folder / "audit.json", kept)
            text = figures.make_page(kept, exercises())
            write_atomically(folder / "AUDIT.md", text)
    return _report([kept[exercise.name] for exercise in chosen])


def _report(kept):
    from course.examination import audit as page
    from course.telling import tell

    rows = [one.named[1] for one in kept]
    others = [one.unseen[1] for one in kept if one.unseen]
    if others:
        print(page.unseen_table(others))
        for row in others:
            for name in row.accepted:
                tell(f"accepted: {row.exercise}: {name}")
            for name in row.refused:
                tell(f"refused: {row.exercise}: {name}")
    print(page.table(rows))
    wrong = [r.false_rejects or r.false_accepts or r.misnamed for r in rows]
    return int(any(wrong) or any(r.accepted or r.refused for r in others))
