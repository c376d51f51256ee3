"""Build every notebook of the course from its scripts.

Writes exercises/ (both languages), the lessons' notebooks and, for nbgrader, the
source notebooks with the answers in solutions/ (never committed).
"""

from course.errors import CourseError


def add_arguments(parser):
    parser.add_argument("unit", nargs="*", help="such as 03_attention; all if none")
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; fail if what is committed differs from a fresh build, or "
        "if a text was changed and its translation not confirmed",
    )
    parser.add_argument(
        "--pictures",
        action="store_true",
        help="also draw the plots that have no picture of their code yet: minutes",
    )


def run(args):
    from course.building import build, draw_missing, stale_notebooks
    from course.building.translations import stale_texts
    from course.paths import repository, units_of
    from course.telling import tell

    known = units_of(repository())
    unknown = set(args.unit) - set(known)
    if unknown:
        raise CourseError(
            f"no unit {', '.join(sorted(unknown))}; there are: {', '.join(known)}"
        )
    if args.check:
        stale = stale_notebooks()
        for path in stale:
            tell(f"differs from a fresh build: {path}")
        texts = stale_texts(repository())
        for text in texts:
            tell(f"not confirmed, `transformer-course translated` does it: {text}")
        return 1 if stale or texts else 0
    for written in build(units=args.unit or None):
        print(written.relative_to(repository()))
    if args.pictures:
        for drawn in draw_missing(units=args.unit or None):
            tell(f"drawn: {drawn.relative_to(repository())}")
    return 0
