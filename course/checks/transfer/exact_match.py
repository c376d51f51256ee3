"""transfer.exact_match: when two answers are the same answer."""

import re
import string
import unicodedata

from course.checks.tokenizers.samples import ALPHABETS, drawn_word
from course.checks.transfer.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of


def exact_match(predicted, gold, articles):
    """The share of answers that are the same as a gold one, but for how it is written.

    Two answers are the same if nothing distinguishes them once each is made plain:
    composed (`unicodedata.normalize("NFC", ...)`), in lower case (`str.lower`), without
    punctuation (every character whose Unicode category begins with P is left out,
    nothing put in its place), without articles (words of their own), and with single
    blanks between words and none around them; in that order.

    Args:
        predicted: List of strings: the answers of a model, at least one.
        gold: List of lists of strings: for each of them the answers that count as
            right, at least one.
        articles: List of the words to leave out, in lower case: "the", "la".

    Returns:
        A number from 0 to 1.
    """

    def plain(answer):
        text = unicodedata.normalize("NFC", answer).lower()
        kept = (c for c in text if not unicodedata.category(c).startswith("P"))
        words = "".join(kept).split()
        return " ".join(word for word in words if word not in articles)

    right = [
        plain(answer) in map(plain, golds)
        for answer, golds in zip(predicted, gold, strict=True)
    ]
    return sum(right) / len(right)


exercise = Exercise(
    "transfer.exact_match",
    unit=UNIT,
    answer="exact_match",
    reference=exact_match,
    parts={"plain": 2, "articles": 2, "punctuation": 1, "accents": 2, "several": 1},
    returns={"share": ()},
    forbidden=(f"{__name__}.exact_match",),
    hints=4,
    difficulty=2,
    importance=3,
    minutes=15,
    paper="https://arxiv.org/abs/1606.05250",
)

ENGLISH, SPANISH = ["a", "an", "the"], ["el", "la", "los", "las", "un", "una"]
ACUTE, TILDE = "\u0301", "\u0303"  # accents that are characters of their own


def _call(rng, pairs, articles=ENGLISH):
    """Pairs in any order, so that a share alone does not tell which were right."""
    order = rng.permutation(len(pairs)).tolist()
    predicted = [pairs[n][0] for n in order]
    gold = [list(pairs[n][1:]) for n in order]
    return Call(predicted, gold, list(articles))


@exercise.probe(part="plain")
def capitals_and_blanks(rng):
    pairs = [
        ("Mount Kenya", "mount kenya"),
        (" nine  days\n", "nine days"),
        ("ninedays", "nine days"),
        ("two", "two or three"),
        ("Nairobi", "Lagos"),
        ("Weißer Nil", "weisser nil"),  # `casefold` goes further than `lower`
    ]
    return _call(rng, pairs)


@exercise.probe(part="plain")
def a_part_is_not_the_whole(rng):
    pairs = [
        ("north", "the north of Chad"),
        ("the north of Chad", "north"),
        ("days nine", "nine days"),
        ("Kenya", "Kenya"),
    ]
    return _call(rng, pairs)


@exercise.probe(part="articles")
def english_articles(rng):
    pairs = [
        ("the Nile", "Nile"),
        ("An ant", "ant"),
        ("The Gambia", "a Gambia"),
        ("theatre", "atre"),
        ("panama", "pnm"),
        ("Bathe", "ba"),
        ("the", "a"),
    ]
    return _call(rng, pairs)


@exercise.probe(part="articles")
def spanish_articles(rng):
    pairs = [
        ("el Ebro", "Ebro"),
        ("Las Palmas", "palmas"),
        ("la lana", "lana"),
        ("una isla", "la isla"),
        ("the Ebro", "Ebro"),
        ("lago", "go"),
        ("elda", "da"),
        ("a Lima", "Lima"),
    ]
    return _call(rng, pairs, SPANISH)


@exercise.probe(part="punctuation")
def a_mark_of_its_own_for_each_answer(rng):
    """First of what is predicted, last of what is gold; none comes twice."""
    pairs = [
        ("¿Nile", "Nile;"),
        ("«Chad", "Chad?"),
        ("“Kenya", "Kenya”"),
        ("¡Ebro", "Ebro…"),
        ("(Lima", "Lima]"),
        ("‘Lagos", "Lagos—"),
    ]
    return _call(rng, pairs)


@exercise.probe(part="punctuation")
def marks_of_both_languages(rng):
    pairs = [
        ("1,200", "1200"),
        ("¡Sí!", "sí"),
        ("«Ebro»", "Ebro"),
        ("well-known", "wellknown"),
        ("well-known", "well known"),
        ("Chad.", "chad"),
        ("3 + 4", "3 4"),
        ("5 €", "5"),
        ("the “Nile”", "Nile"),
    ]
    return _call(rng, pairs)


@exercise.probe(part="accents")
def accents_count(rng):
    pairs = [
        ("año", "ano"),
        ("Perú", "Peru"),
        ("sí", "si"),
        ("Bogotá", "BOGOTÁ"),
        ("papá", "papá"),
    ]
    return _call(rng, pairs, SPANISH)


@exercise.probe(part="accents")
def composed_or_not(rng):
    pairs = [
        (f"Bogota{ACUTE}", "Bogotá"),
        ("España", f"Espan{TILDE}a"),
        (f"LEO{ACUTE}N", "león"),
        ("leon", f"leo{ACUTE}n"),
        ("Lima", "lima"),
    ]
    return _call(rng, pairs, SPANISH)


@exercise.probe(part="several")
def more_than_one_gold_answer(rng):
    pairs = [
        ("Burma", "Myanmar", "Burma", "Birma"),
        ("Myanmar", "Myanmar", "Burma", "Birma"),
        ("USA", "United States", "the U.S.A.", "America"),
        ("Siam", "Thailand", "Kingdom of Thailand", "Thai kingdom"),
        ("Persia", "Iran", "Persia", "Persia"),
        ("Ceylon", "Ceylon", "Ceylon", "Ceylon"),
    ]
    return _call(rng, pairs)


@exercise.promise(
    part="plain",
    letters=OneOf(*ALPHABETS),
    count=Sizes(1, 8),
    golds=OneOf(1, 3),
    articles=OneOf(0, 5),
)
def any_answers(rng, letters, count, golds, articles):
    left_out = [drawn_word(rng, "bdf", 2) for _ in range(articles)]

    def answer(words):
        noise = [str(rng.choice(left_out)) for _ in left_out[:1]]
        return (
            " ".join([*noise, *words]).upper()
            if rng.random() < 0.3
            else " ".join(words)
        )

    predicted, gold = [], []
    for _ in range(count):
        words = [drawn_word(rng, letters, rng.integers(1, 4)) for _ in range(3)]
        others = [[drawn_word(rng, letters, 2)] for _ in range(golds)]
        if rng.random() < 0.6:
            others[int(rng.integers(golds))] = words
        predicted.append(answer(words))
        gold.append([" ".join(other) for other in others])
    return Call(predicted, gold, left_out)


def _lower(answer):
    return unicodedata.normalize("NFC", answer).lower()


def _bare(text):
    return "".join(c for c in text if not unicodedata.category(c).startswith("P"))


def _without(text, articles):
    return " ".join(word for word in text.split() if word not in articles)


def _share(predicted, gold, plain, of=any):
    right = [
        of(plain(answer) == plain(one) for one in golds)
        for answer, golds in zip(predicted, gold, strict=True)
    ]
    return sum(right) / len(right)


_right = copy_of(exact_match)


@exercise.misconception
def compared_as_they_are(predicted, gold, articles):
    return _share(predicted, gold, lambda answer: answer)


@exercise.misconception
def capitals_count(predicted, gold, articles):
    def plain(answer):
        return _without(_bare(unicodedata.normalize("NFC", answer)), articles)

    return _share(predicted, gold, plain)


@exercise.misconception
def articles_kept(predicted, gold, articles):
    return _share(predicted, gold, lambda a: " ".join(_bare(_lower(a)).split()))


@exercise.misconception
def always_english_articles(predicted, gold, articles):
    return _share(predicted, gold, lambda a: _without(_bare(_lower(a)), ENGLISH))


@exercise.misconception
def articles_inside_words(predicted, gold, articles):
    def plain(answer):
        text = _bare(_lower(answer))
        for article in articles:
            text = text.replace(article, "")
        return " ".join(text.split())

    return _share(predicted, gold, plain)


@exercise.misconception
def punctuation_kept(predicted, gold, articles):
    return _share(predicted, gold, lambda a: _without(_lower(a), articles))


@exercise.misconception
def only_ascii_punctuation(predicted, gold, articles):
    """`string.punctuation` has no ¿, ¡ or «, and has + and $, which are none."""
    table = str.maketrans("", "", string.punctuation)
    return _share(
        predicted, gold, lambda a: _without(_lower(a).translate(table), articles)
    )


@exercise.misconception
def blanks_for_punctuation(predicted, gold, articles):
    def plain(answer):
        text = (
            " " if unicodedata.category(c).startswith("P") else c
            for c in _lower(answer)
        )
        return _without("".join(text), articles)

    return _share(predicted, gold, plain)


@exercise.misconception
def accents_taken_off(predicted, gold, articles):
    def plain(answer):
        apart = unicodedata.normalize("NFD", answer.lower())
        kept = "".join(c for c in apart if unicodedata.category(c) != "Mn")
        return _without(_bare(kept), articles)

    return _share(predicted, gold, plain)


@exercise.misconception
def accents_not_composed(predicted, gold, articles):
    return _share(predicted, gold, lambda a: _without(_bare(a.lower()), articles))


@exercise.misconception
def only_letters_and_digits(predicted, gold, articles):
    """`[^\\w\\s]` takes signs such as + and € for punctuation too."""
    return _share(
        predicted,
        gold,
        lambda a: _without(re.sub(r"[^\w\s]|_", "", _lower(a)), articles),
    )


@exercise.misconception
def a_part_is_enough(predicted, gold, articles):
    def plain(answer):
        return _without(_bare(_lower(answer)), articles)

    right = [
        any(plain(answer) in plain(one) for one in golds)
        for answer, golds in zip(predicted, gold, strict=True)
    ]
    return sum(right) / len(right)


@exercise.misconception
def order_does_not_count(predicted, gold, articles):
    def plain(answer):
        return sorted(_without(_bare(_lower(answer)), articles).split())

    return _share(predicted, gold, plain)


@exercise.misconception
def first_gold_answer_only(predicted, gold, articles):
    return _share(
        predicted,
        [golds[:1] for golds in gold],
        lambda a: _without(_bare(_lower(a)), articles),
    )


@exercise.misconception
def every_gold_answer(predicted, gold, articles):
    return _share(predicted, gold, lambda a: _without(_bare(_lower(a)), articles), all)


@exercise.misconception
def counted_not_shared(predicted, gold, articles):
    return len(predicted) * _right(predicted, gold, articles)


@exercise.misconception
def blanks_left_out(predicted, gold, articles):
    def plain(answer):
        return _without(_bare(_lower(answer)), articles).replace(" ", "")

    return _share(predicted, gold, plain)


@exercise.alternative
def with_a_set(predicted, gold, articles):
    def plain(answer):
        return _without(_bare(_lower(answer)), set(articles))

    right = [plain(a) in {plain(one) for one in g} for a, g in zip(predicted, gold)]
    return sum(right) / len(right)


@exercise.alternative
def lists_of_words(predicted, gold, articles):
    def plain(answer):
        return [word for word in _bare(_lower(answer)).split() if word not in articles]

    return _share(predicted, gold, plain)


@exercise.alternative
def lowered_first(predicted, gold, articles):
    def plain(answer):
        text = unicodedata.normalize("NFC", answer.lower())
        return _without(_bare(text), articles)

    return _share(predicted, gold, plain)


@exercise.alternative
def with_regular_expressions(predicted, gold, articles):
    def plain(answer):
        text = _bare(_lower(answer))
        for article in articles:
            text = re.sub(rf"(?<!\S){re.escape(article)}(?!\S)", " ", text)
        return re.sub(r"\s+", " ", text).strip()

    return _share(predicted, gold, plain)


@exercise.alternative
def with_a_loop(predicted, gold, articles):
    right = 0
    for answer, golds in zip(predicted, gold):
        for one in golds:
            texts = [_without(_bare(_lower(text)), articles) for text in (answer, one)]
            if texts[0] == texts[1]:
                right += 1
                break
    return right / len(predicted)


@exercise.alternative
def by_translation(predicted, gold, articles):
    everything = "".join(predicted) + "".join(one for golds in gold for one in golds)
    marks = {c for c in everything if unicodedata.category(c)[0] == "P"}
    table = str.maketrans("", "", "".join(marks))

    def plain(answer):
        return _without(_lower(answer).translate(table), articles)

    return _share(predicted, gold, plain)
