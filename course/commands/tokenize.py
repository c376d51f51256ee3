"""Show the pieces of a text, in colour, aligned with the text.

With --vocabulary a published file says what the pieces are; otherwise a tokenizer is
trained on the course's installed text, and kept for the next time.
"""

from pathlib import Path

from course.errors import CourseError


def add_arguments(parser):
    parser.add_argument("text", help="the text to show")
    parser.add_argument("second", nargs="?", help="a second text: shown as a pair")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--vocabulary",
        type=Path,
        metavar="FILE",
        help="tokenizer.json, vocab.txt, or vocab.json with merges.txt beside it",
    )
    where.add_argument(
        "--with",
        dest="kind",
        default="bpe",
        help="the kind to train: bpe (the default), wordpiece, word, character ...",
    )
    parser.add_argument("--size", type=int, default=8000, help="pieces to train")


def run(args):
    from course.datasets.corpus import cache_folder, installed_text
    from transformer_tf.text.show import KINDS, show_tokens

    if args.vocabulary is None and args.kind not in KINDS:
        raise CourseError(f"--with takes {', '.join(KINDS)}; got {args.kind}")
    try:
        view = show_tokens(
            args.text,
            vocabulary=args.vocabulary,
            kind=args.kind,
            texts=installed_text,
            pair=args.second,
            size=args.size,
            cache=cache_folder(),
        )
    except FileNotFoundError as error:
        raise CourseError(f"there is no {args.vocabulary}") from error
    except (ValueError, TypeError) as error:
        raise CourseError(str(error)) from error
    print(view.terminal())
    return 0
