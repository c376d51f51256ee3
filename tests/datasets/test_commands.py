"""Labelled commands and the four tasks: what they promise to who trains on them."""

import numpy as np
import pytest

from course.datasets.commands import commands_with_intents, labelled
from course.datasets.four_tasks import NUM_CHOICES, four_tasks
from course.datasets.slots import sentences
from course.datasets.tagging import slots


@pytest.fixture(scope="module")
def tasks():
    return four_tasks(seed=3, commands=60, others=40)


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_tested_was_never_trained_on(language):
    training, testing = commands_with_intents(language)
    read, _ = sentences(language)  # templates that the bilingual encoder reads
    held_out = {one.words for one in testing}
    assert not held_out & {one.words for one in training}
    assert not {(one.words, one.tags) for one in testing} & set(read)
    assert all(len(one.words) == len(one.tags) for one in (*training, *testing))


def test_labels_are_drawn_evenly_and_the_test_stays():
    training, testing = labelled("both", 152, seed=1)
    counts = np.unique([one.intent for one in training], return_counts=True)[1]
    assert len(training) == 152 and counts.max() <= 2 * counts.mean()
    assert sum(one.language == "es" for one in training) == 76
    others, again = labelled("both", 152, seed=2)
    assert again == testing and others != training


def test_targets_point_at_their_answers(tasks):
    arrays, part = tasks.training.arrays, tasks.training
    for one, types, allowed, (first, last) in zip(
        part.questions, arrays["span_types"], arrays["in_text"], arrays["spans"]
    ):
        assert one.answer == " ".join(one.command.words[one.first : one.last + 1])
        kind = one.question.replace(" ", "_")
        assert (kind, one.first, one.last) in slots(one.command.tags)
        assert first <= last and allowed[first : last + 1].all()
        assert types[first : last + 1].all()


def test_every_word_has_one_label(tasks):
    arrays = tasks.training.arrays
    for one, labels in zip(tasks.training.commands, arrays["tags"]):
        kept = [tasks.tags[n] for n in labels if n >= 0]
        assert kept == list(one.tags)[: len(kept)]
        assert len(kept) == len(one.words) or len(one.words) > 12


def test_one_option_wants_the_same(tasks):
    arrays = tasks.testing.arrays
    assert arrays["choice_ids"].shape[1] == NUM_CHOICES
    assert set(arrays["choices"]) == set(range(NUM_CHOICES))
