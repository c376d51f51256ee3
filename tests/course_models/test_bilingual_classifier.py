"""The classifier of commands: whole, small, and as good as its card says."""

import random

import pytest

from course.models import model_folder
from course.models.bilingual_classifier.train import labels, measure, rival
from course.models.tuning import all_commands
from transformer_tf import pipeline
from transformer_tf.checkpoints import from_pretrained

FOLDER = model_folder("bilingual_classifier")


def test_is_small_and_whole():
    model = from_pretrained(FOLDER)
    assert not model.checkpoint.new and not model.checkpoint.unused
    assert list(model.checkpoint.labels) == labels()
    files = [path for path in FOLDER.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 3e6
    assert {"README.md", "train.py", "tokenizer.json"} <= {path.name for path in files}


def test_is_level_with_counts_of_words_as_the_card_says():
    commands = random.Random(1).sample(all_commands(testing=True), 600)
    ours, theirs = measure(from_pretrained(FOLDER), commands), rival(commands)
    for language, least in (("en", 85), ("es", 78)):
        assert ours[language][0] > least
        assert abs(ours[language][0] - theirs[language][0]) < 5


@pytest.mark.parametrize(
    ("sentence", "intent"),
    [
        ("turn off the radio in the kitchen", "TurnOff"),
        ("apaga la radio de la cocina", "TurnOff"),
        ("set a timer for ten minutes", "StartTimer"),
    ],
)
def test_says_what_is_wanted_in_a_pipeline(sentence, intent):
    assert pipeline("text-classification", FOLDER)(sentence)[0]["label"] == intent
