"""Trains the title writer: `python -m course.models.factbook_titler.train`.

Every draw has a seed, and the data are a pinned package; a machine with other
processors rounds differently, so the figures move in the third digit.
"""

from collections.abc import Callable
from pathlib import Path

import keras

from course.datasets.rivals import WordCounts
from course.datasets.titles import titled_texts
from course.models.seq2seq import learn_pairs, published, scores
from course.training import script_arguments

VOCABULARY_SIZE = 2000
WORDS, READS, WRITES = 20, 40, 16  # words, and tokens of a text and of a title
PREFIX = "title: "
PUBLISHED = {
    **published(VOCABULARY_SIZE),
    "task_specific_params": {
        "summarization": {"prefix": PREFIX, "num_beams": 1, "max_length": WRITES}
    },
}


def beginning(text: str) -> str:
    """What the model and its rivals read of a text."""
    return " ".join(text.split()[:WORDS])


def first_words(texts: list[str]) -> list[str]:
    """A rival: the first three words."""
    return [" ".join(text.split()[:3]) for text in texts]


def counted(texts: list[str]) -> list[str]:
    """A rival: the likeliest known title, by counts of words and of neighbours."""
    known, titles = zip(*titled_texts()[0])
    counts = WordCounts([beginning(text).lower().split() for text in known], titles)
    return [counts.best(beginning(text).lower().split()) for text in texts]


def writer(folder: Path) -> Callable[[list[str]], list[str]]:
    """From texts to the titles that the trained model writes."""
    from transformer_tf import pipeline

    pipe = pipeline("summarization", str(folder))
    return lambda texts: [
        answer["summary_text"]
        for answer in pipe([beginning(text) for text in texts], batch_size=32)
    ]


def figures(write: Callable) -> None:
    """Prints the card's table: the model and two rivals on countries held out."""
    testing = titled_texts()[1]
    rivals = {"model": write, "counts of words": counted, "first words": first_words}
    for name, rival in rivals.items():
        exact, similar = scores(rival, testing)
        print(f"| {name} | {exact:.1f} | {similar:.1f} |", flush=True)


def main() -> None:
    args = script_arguments(__file__, __doc__, steps=3000)
    keras.utils.set_random_seed(0)
    pairs = [(PREFIX + beginning(text), title) for text, title in titled_texts()[0]]
    learn_pairs(pairs, (READS, WRITES), PUBLISHED, args)
    figures(writer(args.folder))


if __name__ == "__main__":
    main()
