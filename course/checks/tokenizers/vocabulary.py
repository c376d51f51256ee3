"""The vocabulary of words: which ones get a number, and which number."""

from collections import Counter, defaultdict

import numpy as np

from course.checks.tokenizers.samples import ALPHABETS, UNIT, drawn_word, renamed
from course.examination import Call, Exercise, OneOf, Sizes


def build_vocabulary(texts, size, unknown="[UNK]"):
    """Numbers the most frequent words of some texts.

    Args:
        texts: List of strings. Words are what white space separates, in lower case.
        size: How many entries there are at most, the unknown token included.
        unknown: The token that will stand for every other word.

    Returns:
        {token: id}. The unknown token has id 0, the most frequent word id 1, and so on;
        of words that are equally frequent, the one that sorts first comes first.
    """
    counts = Counter(word for text in texts for word in text.lower().split())
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    tokens = [unknown, *ordered[: size - 1]]
    return {token: number for number, token in enumerate(tokens)}


vocabulary = Exercise(
    "tokenizers.build_vocabulary",
    unit=UNIT,
    answer="build_vocabulary",
    reference=build_vocabulary,
    parts={"frequent": 2, "size": 1, "ties": 1},
    returns={"vocabulary": ()},
    forbidden=(f"{__name__}.build_vocabulary", "transformer_tf.text.Tokenizer"),
    hints=3,
    difficulty=1,
    importance=4,
    minutes=10,
)

# How often: cad 4, bee 3 (all in one text), ad 2, fee 1.
FREQUENT = ["cad ad  bee bee\tbee cad", "ad fee", "cad cad"]
# cab and bad 3 each, da, ee and ab 2 each, c 1: not in the order of the alphabet.
TIES = ["cab da c", "bad ee cab ab", "da bad cab", "ee ab bad"]


@vocabulary.probe(part="frequent")
def no_two_alike(rng):
    return Call([text.capitalize() for text in renamed(rng, FREQUENT)], 4)


@vocabulary.probe(part="frequent")
def another_unknown(rng):
    texts = renamed(rng, ["ca ca ba ca", "ba da ca ba da"])
    return Call(texts, 3, unknown="<unk>")


@vocabulary.probe(part="size")
def room_for_more(rng):
    return Call(renamed(rng, ["ca ba ca", "ca ba da"]), 9)


@vocabulary.probe(part="size")
def room_for_one(rng):
    return Call(renamed(rng, ["ba ca ba", "ca ca"]), 2)


@vocabulary.probe(part="ties")
def equally_frequent(rng):
    return Call(renamed(rng, TIES), 5)


@vocabulary.probe(part="ties")
def the_cut_goes_through_a_tie(rng):
    return Call(renamed(rng, TIES), 4)


@vocabulary.promise(
    part="frequent",
    letters=OneOf(*ALPHABETS),
    texts=Sizes(0, 6),
    size=Sizes(1, 40),
    between=OneOf(" ", "  ", "\t", "\n"),
)
def any_texts(rng, letters, texts, size, between):
    """Words of a few letters, so that many are equally frequent."""
    words = [drawn_word(rng, letters, rng.integers(1, 4)) for _ in range(8)]
    lines = (rng.choice(words, size=rng.integers(7)).tolist() for _ in range(texts))
    return Call([between.join(line).capitalize() for line in lines], size)


def _numbered(tokens):
    return {token: number for number, token in enumerate(tokens)}


def _counted(texts):
    return Counter(" ".join(texts).lower().split())


def _ordered(counts):
    return sorted(counts, key=lambda word: (-counts[word], word))


@vocabulary.misconception
def ties_as_they_come(texts, size, unknown="[UNK]"):
    frequent = _counted(texts).most_common(size - 1)
    return _numbered([unknown, *(word for word, _ in frequent)])


@vocabulary.misconception
def ties_backwards(texts, size, unknown="[UNK]"):
    counts = _counted(texts)
    ordered = sorted(counts, key=lambda word: (counts[word], word), reverse=True)
    return _numbered([unknown, *ordered[: size - 1]])


@vocabulary.misconception
def unknown_not_in_the_size(texts, size, unknown="[UNK]"):
    return _numbered([unknown, *_ordered(_counted(texts))[:size]])


@vocabulary.misconception
def unknown_forgotten(texts, size, unknown="[UNK]"):
    return _numbered(_ordered(_counted(texts))[:size])


@vocabulary.misconception
def unknown_at_the_end(texts, size, unknown="[UNK]"):
    return _numbered([*_ordered(_counted(texts))[: size - 1], unknown])


@vocabulary.misconception
def rarest_first(texts, size, unknown="[UNK]"):
    counts = _counted(texts)
    ordered = sorted(counts, key=lambda word: (counts[word], word))
    return _numbered([unknown, *ordered[: size - 1]])


@vocabulary.misconception
def numbered_by_the_alphabet(texts, size, unknown="[UNK]"):
    return _numbered([unknown, *sorted(_ordered(_counted(texts))[: size - 1])])


@vocabulary.misconception
def once_a_text(texts, size, unknown="[UNK]"):
    counts = Counter(word for text in texts for word in set(text.lower().split()))
    return _numbered([unknown, *_ordered(counts)[: size - 1]])


@vocabulary.misconception
def case_kept(texts, size, unknown="[UNK]"):
    counts = Counter(" ".join(texts).split())
    return _numbered([unknown, *_ordered(counts)[: size - 1]])


@vocabulary.misconception
def split_at_each_blank(texts, size, unknown="[UNK]"):
    counts = Counter(" ".join(texts).lower().split(" "))
    return _numbered([unknown, *_ordered(counts)[: size - 1]])


@vocabulary.misconception
def words_by_id(texts, size, unknown="[UNK]"):
    return dict(enumerate([unknown, *_ordered(_counted(texts))[: size - 1]]))


@vocabulary.alternative
def sorted_twice(texts, size, unknown="[UNK]"):
    counts = Counter()
    for text in texts:
        counts.update(text.lower().split())
    words = sorted(counts)
    words.sort(key=counts.get, reverse=True)
    return dict(zip([unknown, *words][:size], range(size)))


@vocabulary.alternative
def the_best_again_and_again(texts, size, unknown="[UNK]"):
    counts = defaultdict(int)
    for text in texts:
        for word in text.split():
            counts[word.lower()] += 1
    found = {unknown: 0}
    while counts and len(found) < size:
        most = max(counts.values())
        word = min(word for word in counts if counts[word] == most)
        found[word] = len(found)
        del counts[word]
    return found


@vocabulary.alternative
def with_numpy(texts, size, unknown="[UNK]"):
    words, counts = np.unique(" ".join(texts).lower().split(), return_counts=True)
    order = np.argsort(-counts, kind="stable")[: size - 1]
    return {unknown: 0} | {str(words[place]): n + 1 for n, place in enumerate(order)}
