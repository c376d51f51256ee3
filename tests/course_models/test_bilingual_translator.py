"""The course's translator: what its card says, and what pipelines ask of it."""

import re

import pytest

from course.models import model_folder
from course.models.bilingual_translator import train
from course.showing.translating import translated, unseen_phrases
from transformer_tf import from_pretrained
from transformer_tf.checkpoints import read_weights

FOLDER = model_folder("bilingual_translator")
CARD = (FOLDER / "README.md").read_text("utf-8")


def test_files_are_small_and_in_half_precision():
    assert sum(path.stat().st_size for path in FOLDER.glob("*.*")) < 4e6
    tensors = read_weights(FOLDER).values()
    assert {str(tensor.numpy().dtype) for tensor in tensors} == {"float16"}


def test_it_has_the_sizes_that_its_script_gives_it():
    model = from_pretrained(FOLDER)
    assert not model.checkpoint.unused and not model.checkpoint.new
    assert model.count_params() == train.new_model(train.VOCABULARY_SIZE).count_params()
    assert f"{model.count_params():,}" in CARD


@pytest.mark.parametrize("kind", ["dates", "messages"])
def test_it_translates_as_well_as_its_card_says(kind):
    row = re.search(rf"\| en_to_es {kind} \(\d+\) \|(.*)", CARD).group(1)
    exact, chrf, *_ = (float(cell.strip(" *")) for cell in row.split("|") if cell)
    pairs = unseen_phrases(kind, 40)
    found = train.scores(lambda texts: translated(texts), pairs)
    assert found[0] == pytest.approx(exact, abs=15)  # forty of them
    assert found[1] == pytest.approx(chrf, abs=12)


def test_it_translates_both_ways_by_a_prefix():
    (english, spanish), *_ = unseen_phrases("dates", 1)
    assert translated([english]) != translated([english], "es_to_en")
    assert translated([english])[0][-4:] == spanish[-4:]
    assert translated([spanish], "es_to_en")[0][-4:] == english[-4:]
