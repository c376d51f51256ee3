"""Make a folder to grade a class in, or complete one.

Writes nbgrader's configuration, copies the notebooks to hand out, and enters every unit
into the gradebook. Nothing that is there is overwritten. The guide for instructors is
course/grading/instructors.md; `--guide` prints it.
"""

from pathlib import Path

from course.errors import CourseError


def add_arguments(parser):
    parser.add_argument("folder", type=Path, nargs="?", help="made if it is not there")
    parser.add_argument(
        "--platform",
        default="",
        help="canvas, moodle, blackboard or classroom: whose zips you collect from",
    )
    parser.add_argument(
        "--guide", action="store_true", help="print the guide for instructors"
    )


def run(args):
    from course.paths import PACKAGE

    if args.guide:
        print((PACKAGE / "grading" / "instructors.md").read_text(encoding="utf-8"))
        return 0
    if args.folder is None:
        raise CourseError("name a folder, such as: transformer-course course my-class")
    if args.folder.exists() and not args.folder.is_dir():
        raise CourseError(f"{args.folder} is a file; name a folder")
    from course.grading.nbgrader.instructor_folder import make_folder
    from course.grading.nbgrader.platforms import pattern
    from course.kernel import install
    from course.telling import tell

    if args.platform:
        pattern(args.platform)  # refuses one that is not known
    report = make_folder(args.folder, args.platform)
    install()
    for path in report["differs"]:
        tell(f"{path}: yours is kept; the course's own is another version")
    made, kept = len(report["made"]), len(report["kept"])
    tell(f"{args.folder}: {made} files made, {kept} were there already.")
    tell(f"\nHand out exercises/, and next:\n\n  cd {args.folder}")
    print("  transformer-course course --guide")
    return 0
