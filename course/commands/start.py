"""Make a folder of your own to learn in, or change its language.

Copies the notebooks and lessons of the course into the folder. Run it again after an
update, or with another --lang: your answers stay, and nothing you wrote is lost (a
notebook that changes is first copied to .transformer-course/before/).
"""

from pathlib import Path

from course import errors
from course.messages import LANGUAGES


def add_arguments(parser):
    parser.add_argument("folder", type=Path, help="made if it is not there")
    parser.add_argument(
        "--lang", choices=LANGUAGES, help="the language: en (the default) or es"
    )


def run(args):
    from course import settings
    from course.kernel import install
    from course.learning.folder import start
    from course.messages import text

    if args.folder.exists() and not args.folder.is_dir():
        raise errors.error("is_a_file", path=args.folder)
    report = start(args.folder, args.lang)
    install()
    language = settings.language_of(args.folder)
    for what, paths in report.items():
        if paths:
            print(text(f"learning_path.{what}", language, count=len(paths)))
    print(text("learning_path.ready", language, index=args.folder / "index.ipynb"))
    return 0
