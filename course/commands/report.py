"""Write a unit's scores as a table (CSV) and as one page for the teacher (HTML)."""

import os


def add_arguments(parser):
    parser.add_argument("unit", help="such as 03_attention")
    parser.add_argument("--course", default=".", help="the course's directory")
    parser.add_argument("--folder", help="where to write; reports/ in the course")


def run(args):
    from course.errors import CourseError
    from course.grading.run.journal import Journal
    from course.grading.run.page import page
    from course.grading.run.report import Report
    from course.grading.run.session import RESULTS

    where = os.path.join(args.course, RESULTS)
    if not os.path.isdir(os.path.join(where, args.unit)):
        raise CourseError(
            f"no results of {args.unit!r} in {where}: run `transformer-course grade "
            f"{args.unit}` first"
        )
    results = [result for _, result in Journal(where, args.unit).results()]
    report = Report(args.unit, results)
    folder = args.folder or os.path.join(args.course, "reports")
    os.makedirs(folder, exist_ok=True)
    for suffix, content in (("csv", report.table()), ("html", page(report))):
        path = os.path.join(folder, f"{args.unit}.{suffix}")
        with open(path, "w", encoding="utf-8", newline="") as stream:
            stream.write(content)
        print(path)
    for student, what in report.limited():
        print(f"{student}: {what}")
    return 0
