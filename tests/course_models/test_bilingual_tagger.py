"""The tagger of commands: whole, small, and better than counting, as its card says."""

import random

import pytest

from course.models import model_folder
from course.models.bilingual_tagger.train import labels, measure, rival
from course.models.tuning import all_commands
from transformer_tf import pipeline
from transformer_tf.checkpoints import from_pretrained

FOLDER = model_folder("bilingual_tagger")


def test_is_small_and_whole():
    model = from_pretrained(FOLDER)
    assert not model.checkpoint.new and not model.checkpoint.unused
    assert list(model.checkpoint.labels) == labels()
    files = [path for path in FOLDER.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 3e6
    assert {"README.md", "train.py", "tokenizer.json"} <= {path.name for path in files}


def test_finds_more_than_the_most_frequent_tags():
    commands = random.Random(1).sample(all_commands(testing=True), 600)
    ours, theirs = measure(from_pretrained(FOLDER), commands), rival(commands)
    for language in ("en", "es"):
        assert ours[language] > theirs[language] + 3


@pytest.mark.parametrize(
    ("sentence", "room"),
    [
        ("turn off the radio in the kitchen", "kitchen"),
        ("apaga la radio de la cocina", "cocina"),
    ],
)
def test_finds_the_room_in_a_pipeline(sentence, room):
    tag = pipeline("token-classification", FOLDER, aggregation_strategy="first")
    found = {one["entity_group"]: one["word"] for one in tag(sentence)}
    assert found["area"] == room
