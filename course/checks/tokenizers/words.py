"""Looking words up, and what becomes of those that are not there."""

import numpy as np

from course.checks.tokenizers.samples import ALPHABETS, UNIT, drawn_word, renamed
from course.examination import Call, Exercise, OneOf, Sizes


def encode_words(text, vocabulary, unknown="[UNK]"):
    """Turns a text into the ids of its words.

    Args:
        text: A string. Words are what white space separates, in lower case.
        vocabulary: {word: id}; the unknown token is in it.
        unknown: The token that stands for every word that is not in the vocabulary.

    Returns:
        ids: List of integers, one for each word.
        lost: List of the words that were not in the vocabulary, in the order of the
            text, as often as they occur.
    """
    words = text.lower().split()
    ids = [vocabulary.get(word, vocabulary[unknown]) for word in words]
    lost = [word for word in words if word not in vocabulary]
    return ids, lost


words = Exercise(
    "tokenizers.encode_words",
    unit=UNIT,
    answer="encode_words",
    reference=encode_words,
    parts={"known": 1, "unknown": 2, "empty": 1},
    returns={"ids": ("word",), "lost": ("word",)},
    forbidden=(f"{__name__}.encode_words", "transformer_tf.text.Tokenizer"),
    hints=3,
    difficulty=1,
    importance=4,
    minutes=8,
)


def _vocabulary(rng, words, unknown="[UNK]"):
    """Ids that follow no order; the first word has id 0, which is a number too."""
    ids = [0, *(int(n) for n in 1 + rng.permutation(len(words)))]
    return dict(zip([words[0], unknown, *words[1:]], ids))


def _case(rng, text, unknown="[UNK]"):
    words, text = renamed(rng, (["cab", "abc", "bad", "dab", "fee"], text))
    return Call(text.capitalize(), _vocabulary(rng, words, unknown), unknown)


@words.probe(part="known")
def every_word_known(rng):
    return _case(rng, "abc cab  dab cab fee")


@words.probe(part="unknown")
def some_unknown(rng):
    return _case(rng, "abc ebb cab dab bed ca ebb bad")


@words.probe(part="unknown")
def another_token(rng):
    return _case(rng, "ebb cab ab fee", unknown="<unk>")


@words.probe(part="empty")
def nothing_but_blanks(rng):
    return _case(rng, "  ")


@words.promise(
    part="unknown",
    letters=OneOf(*ALPHABETS),
    count=Sizes(0, 12),
    known=Sizes(0, 5),
    largest_id=OneOf(20, 300, 70_000),
    between=OneOf(" ", "  ", "\t", "\n"),
)
def any_text(rng, letters, count, known, largest_id, between):
    drawn = [drawn_word(rng, letters, rng.integers(1, 4)).lower() for _ in range(9)]
    entries = ["[UNK]", *dict.fromkeys(drawn[:known])]
    ids = rng.permutation(np.arange(largest_id - 8, largest_id + 1)).tolist()
    vocabulary = dict(zip(entries, ids))
    text = between.join(rng.choice(drawn, size=count)).capitalize()
    return Call(text, vocabulary)


@words.misconception
def unknown_left_out(text, vocabulary, unknown="[UNK]"):
    words = text.lower().split()
    ids = [vocabulary[word] for word in words if word in vocabulary]
    return ids, [word for word in words if word not in vocabulary]


@words.misconception
def token_for_id(text, vocabulary, unknown="[UNK]"):
    words = text.lower().split()
    ids = [vocabulary.get(word, unknown) for word in words]
    return ids, [word for word in words if word not in vocabulary]


@words.misconception
def unknown_always_zero(text, vocabulary, unknown="[UNK]"):
    words = text.lower().split()
    ids = [vocabulary.get(word, 0) for word in words]
    return ids, [word for word in words if word not in vocabulary]


@words.misconception
def zero_taken_for_missing(text, vocabulary, unknown="[UNK]"):
    words = text.lower().split()
    ids = [vocabulary.get(word) or vocabulary[unknown] for word in words]
    return ids, [word for word in words if not vocabulary.get(word)]


@words.misconception
def vocabulary_grows(text, vocabulary, unknown="[UNK]"):
    words = text.lower().split()
    lost = [word for word in words if word not in vocabulary]
    return [vocabulary.setdefault(word, len(vocabulary)) for word in words], lost


@words.misconception
def case_kept(text, vocabulary, unknown="[UNK]"):
    words = text.split()
    ids = [vocabulary.get(word, vocabulary[unknown]) for word in words]
    return ids, [word for word in words if word not in vocabulary]


@words.misconception
def lost_named_once(text, vocabulary, unknown="[UNK]"):
    words = text.lower().split()
    ids = [vocabulary.get(word, vocabulary[unknown]) for word in words]
    return ids, list(dict.fromkeys(word for word in words if word not in vocabulary))


@words.misconception
def parts_found(text, vocabulary, unknown="[UNK]"):
    words, known = text.lower().split(), " ".join(vocabulary)
    lost = [word for word in words if word not in known]
    return [vocabulary.get(word, vocabulary[unknown]) for word in words], lost


@words.misconception
def split_at_each_blank(text, vocabulary, unknown="[UNK]"):
    words = text.lower().split(" ")
    ids = [vocabulary.get(word, vocabulary[unknown]) for word in words]
    return ids, [word for word in words if word not in vocabulary]


@words.alternative
def in_one_loop(text, vocabulary, unknown="[UNK]"):
    ids, lost = [], []
    for word in text.split():
        word = word.lower()
        if word in vocabulary:
            ids.append(vocabulary[word])
        else:
            ids.append(vocabulary[unknown])
            lost.append(word)
    return ids, lost


@words.alternative
def by_exception(text, vocabulary, unknown="[UNK]"):
    ids, lost = [], []
    for word in text.lower().split():
        try:
            ids.append(vocabulary[word])
        except KeyError:
            ids.append(vocabulary[unknown])
            lost.append(word)
    return ids, lost


@words.alternative
def tokens_first(text, vocabulary, unknown="[UNK]"):
    words = text.lower().split()
    tokens = [word if word in vocabulary else unknown for word in words]
    lost = [w for w, token in zip(words, tokens) if token == unknown]
    return [vocabulary[token] for token in tokens], lost
