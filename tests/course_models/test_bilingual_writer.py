"""The writer: whole, small, and what its card says of what it never read."""

import random

from course.datasets.house_reports import is_held_out, places, report, sentence
from course.models import model_folder
from course.models.bilingual_writer.train import measure
from transformer_tf.checkpoints import from_pretrained

FOLDER = model_folder("bilingual_writer")


def test_is_small_and_whole():
    model = from_pretrained(FOLDER)
    assert not model.checkpoint.new and not model.checkpoint.unused
    files = [path for path in FOLDER.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 3e6
    assert {"README.md", "train.py", "tokenizer.json"} <= {path.name for path in files}


def test_nothing_that_is_tested_was_trained_on():
    assert not set(places(True)) & set(places(False))
    assert len(places(True)) > 15 and all(is_held_out(*one) for one in places(True))
    chance = random.Random(0)
    training = {sentence(chance, testing=False) for _ in range(3000)}
    assert not training & {sentence(chance, testing=True) for _ in range(300)}


def test_translates_and_shortens_what_it_never_read():
    found = measure(FOLDER, count=20, seed=5)
    assert len(found) == 4
    for name, share in found.items():
        assert share > (85 if name.startswith("summ") else 95), name


def test_a_report_says_what_is_on_in_both_languages():
    long, short = report(random.Random(4), testing=True)
    assert long.en.count(".") == long.es.count(".") > 2
    assert short.en in long.en or " and " in short.en or short.en.startswith("nothing")
