"""Show how far you are: the exercises of each unit, and your best results."""

from pathlib import Path

from course.errors import CourseError


def add_arguments(parser):
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path(), help="yours; this one if none"
    )


def run(args):
    from course import settings
    from course.checks import exercises
    from course.examination.silence import silence
    from course.messages import text

    folder = settings.learner_folder(args.folder)
    if folder is None:
        raise CourseError(
            f"{args.folder} is no learner's folder: make one with "
            "transformer-course start FOLDER"
        )
    with silence():
        known = exercises()
    results = settings.recorded(folder)
    language = settings.language_of(folder)
    unit = ""
    for name, exercise in known.items():
        if exercise.unit != unit:
            unit = exercise.unit
            standing = settings.progress_of(name, results)
            print(f"\n{unit}: {text('engine.progress', language, **vars(standing))}")
        result = results.get(name)
        mark = "✔" if result and result["right"] else "·"
        score = result["score"] if result else 0
        title = text(f"{name}.title", language)
        print(f"  {mark} {score:>2}/{exercise.points:<2} {title}  ({name})")
    return 0
