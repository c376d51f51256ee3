"""Run a notebook and show the verdict on each of its exercises.

The notebook's own file is not changed. Show cells (plots, training) are not run, and
lessons are passed over: folder/*.ipynb will do.
"""

from pathlib import Path


def add_arguments(parser):
    parser.add_argument("notebook", type=Path, nargs="+", help="such as folder/*.ipynb")


def run(args):
    from course.learning.verdicts import verdicts_of

    everything_right = True
    for path in args.notebook:
        verdicts = verdicts_of(path)
        if verdicts:  # a lesson has none
            print(path)
        for shown in verdicts:
            print(shown)
            everything_right &= shown.startswith("✔")
    return 0 if everything_right else 1
