"""The course's title writer: whole, small, and as good as its card says."""

import random
import re

import pytest

from course.datasets.titles import OFTEN, WORDS, titled_texts
from course.models import model_folder
from course.models.factbook_titler import train
from course.models.seq2seq import scores
from transformer_tf import from_pretrained

FOLDER = model_folder("factbook_titler")
CARD = (FOLDER / "README.md").read_text("utf-8")


def test_is_small_and_whole():
    model = from_pretrained(FOLDER)
    assert not model.checkpoint.unused and not model.checkpoint.new
    assert f"{model.count_params():,}" in CARD
    assert sum(path.stat().st_size for path in FOLDER.glob("*.*")) < 2.5e6


def test_no_text_for_testing_is_learnt():
    training, testing = titled_texts()
    assert len(training) > 10_000 and len(testing) > 1000
    assert not {text for text, _ in training} & {text for text, _ in testing}
    titles = [title for _, title in training]
    assert min(map(titles.count, set(titles))) >= OFTEN
    assert {title for _, title in testing} <= set(titles)
    assert all(
        len(re.findall(r"[^\W\d_]+", text)) >= WORDS for text, _ in training[::50]
    )
    assert not any(re.search(r"\d{4}|\n", title) for title in titles)


def test_writes_titles_as_its_card_says():
    row = re.search(r"\| this model \|(.*)", CARD).group(1)
    exact, similar = (float(cell.strip(" *%")) for cell in row.split("|") if cell)
    testing = random.Random(1).sample(titled_texts()[1], 60)
    found = scores(train.writer(FOLDER), testing)
    assert found == pytest.approx((exact, similar), abs=14)  # sixty of them
    assert found[0] > scores(train.first_words, testing)[0] + 40
