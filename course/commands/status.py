"""Show how far you are: the exercises of each unit, and your best results."""

from pathlib import Path

from course import errors


def add_arguments(parser):
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path(), help="yours; this one if none"
    )


def run(args):
    from course import settings
    from course.learning.route import tasks
    from course.messages import text
    from course.showing import ShownProgress

    folder = settings.learner_folder(args.folder)
    if folder is None:
        raise errors.error("no_learners_folder", path=args.folder)
    results = settings.read_results(folder)
    language = settings.language_of(folder)
    notebook = ""
    for task in tasks():
        name, exercise = task.exercise.name, task.exercise
        if task.notebook != notebook:
            notebook = task.notebook
            print(f"\n{notebook}")
        result = results.get(name)
        mark = "✔" if result and result["right"] else "·"
        score = result["score"] if result else 0
        title = text(f"{name}.title", language)
        print(f"  {mark} {score:>2}/{exercise.points:<2} {title}  ({name})")
    print(f"\n{ShownProgress(results, language)!r}")
    return 0
