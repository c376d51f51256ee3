"""The course's causal model: what its card says, and what lessons ask of it."""

import re

import numpy as np
import pytest

from course.datasets.bilingual import home_sentences
from course.models import model_folder
from course.models.bilingual_decoder import train
from course.showing.writing import token_probabilities, writer, written
from transformer_tf.checkpoints import read_weights

FOLDER = model_folder("bilingual_decoder")


def test_files_are_small_and_in_half_precision():
    assert sum(path.stat().st_size for path in FOLDER.glob("*.*")) < 8e6
    tensors = read_weights(FOLDER).values()
    assert {str(tensor.numpy().dtype) for tensor in tensors} == {"float16"}


def test_it_has_the_sizes_that_its_script_gives_it():
    model = writer()
    assert model.config == train.new_model().config
    assert not model.checkpoint.unused and not model.checkpoint.new
    assert f"{model.count_params():,}" in (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_costs_what_its_card_says(language):
    card = (FOLDER / "README.md").read_text("utf-8")
    row = re.search(rf"\| home {language} \|(.*)", card).group(1)
    said, *_ = (float(cell.strip(" *")) for cell in row.split("|") if cell)
    tested = train.held_out(home_sentences, language)
    found = train.bits_of(writer(), writer().tokenizer, tested)
    assert found == pytest.approx(said, abs=0.003)


@pytest.mark.parametrize(
    ("start", "words"), [("turn on the", "light"), ("enciende", "luz")]
)
def test_it_writes_in_the_language_of_the_beginning(start, words):
    texts = {written(start, 0.8, seed=seed) for seed in range(8)}
    assert len(texts) > 3
    assert all(text.startswith(start) for text in texts)


def test_probabilities_are_those_of_the_tokens_of_the_text():
    text = "turn on the lamp"
    tokens, likely = token_probabilities(text)
    assert "".join(tokens) == text
    assert ((likely > 0) & (likely < 1)).all()
    other, more = token_probabilities(text + " in the kitchen")
    assert other[: len(tokens)] == tokens
    np.testing.assert_allclose(more[: len(likely)], likely, rtol=1e-4)


def test_without_chance_it_writes_the_same_again():
    assert written("apaga", None, 12) == written("apaga", None, 12)
