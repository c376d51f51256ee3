"""Write a unit's scores as a table (CSV) and as one page for the teacher (HTML).

Scores are those of nbgrader's gradebook, with what was entered by hand, extra credit
and penalties for late work: the same that `nbgrader export` gives.
"""

import os


def add_arguments(parser):
    parser.add_argument("unit", help="such as 03_attention")
    parser.add_argument("--course", default=".", help="the course's directory")
    parser.add_argument("--folder", help="where to write; reports/ in the course")
    parser.add_argument(
        "--for",
        dest="form",
        default="spreadsheet",
        choices=("spreadsheet", "canvas", "moodle"),
        help="whose columns the table has",
    )
    parser.add_argument(
        "--roster",
        default="",
        help="the class as a table (CSV): Canvas' exported gradebook, Moodle's grading "
        "worksheet, or any with a column of the names of folders in submitted/",
    )
    parser.add_argument(
        "--column", default="", help="of the scores, as the platform has it"
    )
    parser.add_argument(
        "--gradebook", default="", help="database URL; 'none' reads the journal alone"
    )


def run(args):
    from course.errors import CourseError
    from course.files import write_atomically
    from course.grading.nbgrader.scores import recorded_scores
    from course.grading.run.columns import FORMS, as_csv
    from course.grading.run.folders import NO_GRADEBOOK
    from course.grading.run.journal import Journal
    from course.grading.run.page import page
    from course.grading.run.report import Report
    from course.grading.run.roster import read_roster
    from course.grading.run.session import RESULTS
    from course.settings import language
    from course.telling import tell

    results, standings = [], {}
    if os.path.isdir(os.path.join(args.course, RESULTS, args.unit)):
        journal = Journal(os.path.join(args.course, RESULTS), args.unit)
        results = [result for _, result in journal.results()]
    if args.gradebook != NO_GRADEBOOK:
        standings = recorded_scores(args.course, args.unit, args.gradebook)
    if not results and not any(one.handed_in for one in standings.values()):
        raise CourseError(
            f"no results of {args.unit!r} in {args.course}: run `transformer-course "
            f"grade {args.unit}` first"
        )
    names = {result.student for result in results}
    names |= {name for name, one in standings.items() if one.handed_in}
    roster = None
    if args.roster:
        roster = read_roster(args.roster, names)
    report = Report(args.unit, results, standings, roster.students() if roster else ())
    folder = args.folder or os.path.join(args.course, "reports")
    name = args.unit if args.form == "spreadsheet" else f"{args.unit}-{args.form}"
    table = as_csv(FORMS[args.form](report, roster, args.column))
    for file, content in ((f"{name}.csv", table), (f"{args.unit}.html", page(report))):
        path = os.path.join(folder, file)
        write_atomically(path, content)
        print(path)
    if roster and (strangers := names - set(roster.students())):
        tell(f"not in the roster: {', '.join(sorted(strangers))}")
    if not standings:
        tell("no gradebook: scores are the journal's, without any entered by hand")
    for student, what in report.list_limited(language()):
        print(f"{student}: {what}")
    return 0
