"""The course's translator: what its card says, and what pipelines ask of it."""

import re

import pytest

from course.datasets.phrases import KINDS
from course.models import model_folder
from course.models.bilingual_translator import train
from course.models.seq2seq import new_model
from course.showing.translating import (
    rival_translations,
    translated,
    translator,
    unseen_phrases,
)
from transformer_tf import from_pretrained
from transformer_tf.checkpoints import read_weights

FOLDER = model_folder("bilingual_translator")
CARD = (FOLDER / "README.md").read_text("utf-8")


def card_row(direction, kind):
    """Exactly right and chrF of the model, the phrase book and the copy."""
    row = re.search(rf"\| {direction} \| {kind} \(\d+\) \|(.*)", CARD).group(1)
    return [float(cell.strip(" *")) for cell in row.split("|") if cell.strip()]


def test_files_are_small_and_in_half_precision():
    assert sum(path.stat().st_size for path in FOLDER.glob("*.*")) < 2.5e6
    tensors = read_weights(FOLDER).values()
    assert {str(tensor.numpy().dtype) for tensor in tensors} == {"float16"}


def test_it_has_the_sizes_that_its_script_gives_it():
    model = from_pretrained(FOLDER)
    assert not model.checkpoint.unused and not model.checkpoint.new
    assert model.count_params() == new_model(train.VOCABULARY_SIZE).count_params()
    assert f"{model.count_params():,}" in CARD


@pytest.mark.parametrize("kind", KINDS)
def test_it_translates_as_well_as_its_card_says(kind):
    exact, chrf, *_ = card_row("en_to_es", kind)
    texts = rival_translations(kind, 40)
    pairs = list(zip(texts["english"], texts["spanish"]))
    found = train.scores(lambda _: texts["model"], pairs)
    assert found[0] == pytest.approx(exact, abs=18)  # forty of them
    assert found[1] == pytest.approx(chrf, abs=12)
    assert texts["copy"] == texts["english"] != texts["book"]


@pytest.mark.parametrize("direction", ["en_to_es", "es_to_en"])
@pytest.mark.parametrize("kind", ["dates", "measures"])
def test_it_beats_both_rivals_where_phrases_are_put_together(direction, kind):
    exact, chrf, *rivals = card_row(direction, kind)
    assert exact > max(rivals[::2]) + 20 and chrf > max(rivals[1::2]) + 10


def test_it_translates_both_ways_by_a_prefix():
    (english, spanish), *_ = unseen_phrases("dates", 1)
    assert translated([english]) != translated([english], "es_to_en")
    assert translated([english])[0][-4:] == spanish[-4:]
    assert translated([spanish], "es_to_en")[0][-4:] == english[-4:]


@pytest.mark.full
def test_tensorflow_alone_serves_it(tmp_path):
    tf = pytest.importorskip("tensorflow")
    english = [pair[0] for kind in KINDS for pair in unseen_phrases(kind, 1)]
    translator("en_to_es").export(tmp_path, {"prompt_length": train.LENGTH})
    served = tf.saved_model.load(str(tmp_path)).signatures["serving_default"]
    found = served(texts=tf.constant(english))["translation_text"].numpy()
    assert [text.decode() for text in found] == translated(english)
