"""The answerer: whole, small, and better than counting, as its card says."""

import random

import pytest

from course.datasets.four_tasks import questions
from course.models import model_folder
from course.models.bilingual_answerer.train import measure, rival
from course.models.tuning import all_commands
from transformer_tf import pipeline
from transformer_tf.checkpoints import from_pretrained

FOLDER = model_folder("bilingual_answerer")


def test_is_small_and_whole():
    model = from_pretrained(FOLDER)
    assert not model.checkpoint.new and not model.checkpoint.unused
    files = [path for path in FOLDER.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 3e6
    assert {"README.md", "train.py", "tokenizer.json"} <= {path.name for path in files}


def test_answers_better_than_the_first_slot_of_the_most_frequent_tags():
    commands = random.Random(1).sample(all_commands(testing=True), 600)
    asked = questions(commands, 300, 1)
    ours, theirs = measure(from_pretrained(FOLDER), asked), rival(asked)
    for language in ("en", "es"):
        assert ours[language] > theirs[language] + 3


@pytest.mark.parametrize(
    ("command", "room"),
    [
        ("turn off the radio in the kitchen", "kitchen"),
        ("apaga la radio de la cocina", "cocina"),
    ],
)
def test_answers_in_a_pipeline(command, room):
    answer = pipeline("question-answering", FOLDER)
    assert answer(question="area", context=command)["answer"] == room
