"""The course's trained models: whole, small, and as good as their cards say."""

import json

import numpy as np
import pytest
import tensorflow as tf

from course.datasets.filling import Counting, scores
from course.errors import CourseError
from course.models import model_folder
from course.models.bilingual_encoder.evaluate import holes, probabilities
from course.models.bilingual_encoder.train import rows, texts
from course.models.saving import save
from transformer_tf import MaskedLM, text
from transformer_tf.checkpoints import from_pretrained
from transformer_tf.models import bert_config


@pytest.fixture(scope="module")
def encoder():
    folder = model_folder("bilingual_encoder")
    return folder, from_pretrained(folder), text.from_pretrained(folder)


def test_an_unknown_model_is_named():
    with pytest.raises(CourseError, match="no model 'nonsense'; there are: bilingual"):
        model_folder("nonsense")


def test_what_is_saved_is_read(tmp_path):
    """A model of random weights comes back the same, but for half precision."""
    folder = model_folder("bilingual_encoder")
    published = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    published |= {
        "vocab_size": 11,
        "hidden_size": 8,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 12,
        "max_position_embeddings": 9,
    }
    config = bert_config(
        vocabulary_size=11,
        dim=8,
        num_layers=2,
        num_heads=2,
        hidden_dim=12,
        max_length=9,
    )
    model = MaskedLM(config)
    model.build()
    rng = np.random.default_rng(4)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    save(tmp_path, model, published, text.from_pretrained(folder))
    ids = rng.integers(0, 11, size=(2, 5))
    read = from_pretrained(tmp_path)
    assert not read.checkpoint.new
    np.testing.assert_allclose(read(ids), model(ids), atol=0.1)
    assert float(tf.reduce_max(tf.abs(model(ids)))) > 1


class TestBilingualEncoder:
    def test_is_small_and_whole(self, encoder):
        folder, model, tokenizer = encoder
        assert (
            sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
            < 8e6
        )
        assert not model.checkpoint.new
        assert not model.checkpoint.unused
        assert model.config.vocabulary_size == len(tokenizer.vocabulary)
        assert all((folder / name).is_file() for name in ("CARD.md", "train.py"))

    def test_reads_both_languages_without_unknown_tokens(self, encoder):
        _, _, tokenizer = encoder
        for sentence in ("What's the café's name?", "¿Dónde está el niño?"):
            encoding = tokenizer.encode(sentence)
            assert "[UNK]" not in encoding.tokens
            assert tokenizer.decode(encoding.ids)[-1] == sentence[-1]

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_is_less_surprised_than_both_neighbours(self, encoder, language):
        _, model, tokenizer = encoder
        mask_id = tokenizer.vocabulary["[MASK]"]
        training, held_out = texts(f"home-{language}", a_template=10)
        ids, answers = holes(rows(tokenizer, held_out, 16), mask_id)
        rival = Counting(
            rows(tokenizer, training, 16), len(tokenizer.vocabulary), "both", mask_id
        )
        ids, answers = ids[:300], answers[:300]
        ours = scores(probabilities(model, ids, mask_id), answers)
        theirs = scores(rival.probabilities(ids), answers)
        assert ours["surprise"] < theirs["surprise"]
