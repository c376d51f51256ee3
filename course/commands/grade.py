"""Grade the submissions of a unit, isolated and several at a time.

Run it again after an interruption: what is graded is kept, what was resubmitted is
graded again. Scores go to nbgrader's gradebook, results to the folder .grading.
"""

import dataclasses
import os
import sys


def add_arguments(parser):
    parser.add_argument("unit", help="such as 03_attention")
    parser.add_argument(
        "-j",
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        help="submissions at a time",
    )
    parser.add_argument("--course", default=".", help="the course's directory")
    parser.add_argument(
        "--released", default="", help="directory of the released notebooks"
    )
    parser.add_argument(
        "--submitted", default="submitted", help="directory of the submissions"
    )
    parser.add_argument(
        "--gradebook", default="", help="database URL; 'none' writes to none"
    )
    parser.add_argument(
        "--secret", default="", help="file with the secret of the seeds"
    )
    parser.add_argument(
        "--student",
        dest="students",
        action="append",
        default=[],
        help="only this one",
    )
    parser.add_argument(
        "--exercise",
        dest="exercises",
        action="append",
        default=[],
        help="regrade it",
    )
    parser.add_argument("--force", action="store_true", help="grade all once more")
    parser.add_argument(
        "--isolation",
        default="auto",
        choices=("auto", "namespaces", "landlock"),
        help="the strongest that this machine allows, unless named",
    )
    parser.add_argument(
        "--trust",
        action="store_true",
        help="run without isolation, for submissions that you would run yourself",
    )
    parser.add_argument(
        "--cold",
        action="store_true",
        help="start a fresh process for each submission, where forking goes wrong",
    )
    parser.add_argument(
        "--container",
        default="",
        metavar="IMAGE",
        help="do all of it in a container (podman, docker) of this image",
    )
    parser.add_argument(
        "--cluster", default="", help="a Dask scheduler, such as tcp://host:8786"
    )


def options_of(args):
    """The `Options` that these arguments ask for."""
    from course.grading.run.options import Options

    asked = {f.name: getattr(args, f.name) for f in dataclasses.fields(Options)}
    asked |= {name: tuple(asked[name]) for name in ("students", "exercises")}
    return Options(**asked)


def run(args):
    options = options_of(args)
    if options.container:
        from course.grading.run import container

        return container.run(options)
    from course.grading.run.session import Session
    from course.telling import tell

    session = Session(options)
    problems = session.grade()
    for problem in problems:
        tell(problem, file=sys.stderr)
    return 1 if problems else 0
