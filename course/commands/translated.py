"""Record that English and Spanish say the same, after both have been changed.

Lists the texts that have changed in one language only. They stay on the list, and the
tests fail, until the other language follows (or --reviewed says that it need not).
"""


def add_arguments(parser):
    parser.add_argument(
        "--reviewed",
        action="store_true",
        help="the languages still agree although only one has changed (a typo, say)",
    )


def run(args):
    from course.building.translations import confirm
    from course.paths import repository

    stale = confirm(repository(), reviewed=args.reviewed)
    for text in stale:
        print(text)
    return 1 if stale else 0
