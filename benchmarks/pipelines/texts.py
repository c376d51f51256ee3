"""Real text of the sizes asked for, from the World Factbook, an installed package."""

from course.datasets.corpus import english


def sentences(count):
    """Sentences of mixed length."""
    found = [
        s.strip() + "." for text in english() for s in text.split(". ") if s.strip()
    ]
    return found[:count]


def long_texts(count, words):
    """Texts of so many words each, one passage after the other."""
    running = (word for text in english() for word in text.split())
    return [" ".join(next(running) for _ in range(words)) for _ in range(count)]
