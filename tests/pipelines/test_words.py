"""Words of tokenizers that cut at spaces alone: by definition, and inside a graph."""

import random

import numpy as np
import pytest

from tests.text.in_graph.test_placed import (
    FAMILIES,
    MODEL_FILES,
    STEPS,
    of_steps,
    texts,
)
from transformer_tf.pipelines.words import (
    WITHOUT_SPACES,
    cuts_at_spaces,
    trim,
    word_numbers,
)
from transformer_tf.text import from_pretrained
from transformer_tf.text.tables import bert, classes
from transformer_tf.text.tables.ranges import parse_set

SPACES, MARKS = parse_set(classes.SPACES), parse_set(bert.PUNCTUATION)
ALONE = parse_set(bert.CHINESE) | parse_set(WITHOUT_SPACES)
# Made once: tens of thousands of characters, asked for every one of a text.
APART, NO_LETTERS, AT_EDGES = SPACES | ALONE, SPACES | MARKS | ALONE, "".join(SPACES)


def is_letter(text, place):
    inside = 0 <= place < len(text)
    return inside and text[place] not in NO_LETTERS


def joined(text, place):
    """Whether a character and the one before it are of one word, by definition."""

    def apart(at):
        if text[at] in APART:
            return True
        both = is_letter(text, at - 1) and is_letter(text, at + 1)
        return text[at] in MARKS and not both

    return not apart(place) and not apart(place - 1)


def test_words_by_definition():
    for text in texts("words", 80):
        spans = [(place, place + 1) for place in range(len(text))]
        numbers = word_numbers(text, spans)
        for place in range(1, len(text)):
            same = numbers[place] == numbers[place - 1]
            assert same == joined(text, place), (text, place)
        for start in range(len(text)):
            for end in range(start, min(len(text), start + 6) + 1):
                ((first, last),) = trim(text, [(start, end)])
                assert text[first:last] == text[start:end].strip(AT_EDGES)


def test_what_people_write():
    def words(text):
        numbers = word_numbers(text, [(place, place + 1) for place in range(len(text))])
        found: dict = {}
        for number, character in zip(numbers, text):
            found[number] = found.get(number, "") + character
        return [word for word in found.values() if word.strip()]

    assert words("I don't, (in London.)") == [
        *("I", "don't", ",", "(", "in", "London", ".", ")")
    ]
    assert words("5.975,74 km — O'Neill") == ["5.975,74", "km", "—", "O'Neill"]
    assert words("ella dijo: «¡Hola!»") == ["ella", "dijo", *":«¡", "Hola", *"!»"]


def family_ner():
    """A tagger with XLM-R's tokenizer and weights of no meaning."""
    pytest.importorskip("sentencepiece")
    from tests.pipelines.test_exporting_sentence_piece import ner, of_family

    return ner(of_family("xlm_roberta"))


def test_no_entity_has_spaces_or_punctuation_glued():
    """Where every word is of a kind of its own, entities are words (issue 11887)."""
    tag = family_ner()
    texts = ["I live in London, (not «Paris»).  Don't!", "  5.975,74 km — O'Neill "]
    for strategy in ("first", "average", "max"):
        for text in texts:
            found = tag(text, aggregation_strategy=strategy, ignore_labels=[])
            edges = {
                edge for entity in found for edge in (entity["start"], entity["end"])
            }
            for edge in edges:  # never inside a word, never beside a space
                assert edge in (0, len(text)) or not joined(text, edge), (text, edge)
            for entity in found:
                assert entity["word"] == entity["word"].strip() != ""
    words = ["London", "O'Neill", "5.975,74", "Don't"]
    assert [trim(f" {word} ", [(0, len(word) + 2)]) for word in words] == [
        [(1, len(word) + 1)] for word in words
    ]


def test_a_clause_without_spaces_is_many_words():
    text = "東京は日本の首都です。"
    numbers = word_numbers(text, [(place, place + 1) for place in range(len(text))])
    assert len(set(numbers)) == len(text)


OFTEN = {"xlm_roberta", "cut at white space", "ner"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in OFTEN else pytest.mark.full)
        for name in [*MODEL_FILES, *STEPS, "ner"]
    ],
)
def test_the_graph_finds_the_same(name):
    pytest.importorskip("tensorflow_text")
    from tests.text.in_graph.test_placed import tokenizer as recorded_tokenizer
    from transformer_tf.pipelines.exporting.placed_words import PlacedWords
    from transformer_tf.text.in_graph.placed import PlacedTokenizer

    if name in STEPS:
        tokenizer = of_steps(name)
    elif name == "ner":
        tokenizer = recorded_tokenizer(name)
    else:
        tokenizer = from_pretrained(FAMILIES / name)
    assert cuts_at_spaces(tokenizer) is (name != "ner")
    cut, placed = PlacedTokenizer(tokenizer), PlacedWords(tokenizer)
    first, second = texts(name, 40), texts(name + "2", 40)
    random.Random(1).shuffle(first)
    found = placed(cut(first, second), [first, second])
    for row, pair in enumerate(zip(first, second)):
        encoding = tokenizer.encode(*pair)
        for number, text in enumerate(pair):
            inside = [i for i, s in enumerate(encoding.sequence_ids) if s == number]
            spans = trim(text, [encoding.offsets[i] for i in inside])
            ours = np.stack([found.start[row], found.end[row]], 1)[inside]
            assert ours.tolist() == [list(span) for span in spans], text
            words = found.word[row].numpy()[inside].tolist()
            expected = word_numbers(text, spans)
            if name == "ner":
                expected = [encoding.word_ids[i] for i in inside]
            pairs = list(zip(words, expected))
            for (a, b), (c, d) in zip(pairs, pairs[1:]):
                assert (a == c) == (b == d), text
        both = [i for i, s in enumerate(encoding.sequence_ids) if s is not None]
        owner = [encoding.sequence_ids[i] for i in both]
        numbers = found.word[row].numpy()[both]
        assert not {*numbers[np.equal(owner, 0)]} & {*numbers[np.equal(owner, 1)]}
