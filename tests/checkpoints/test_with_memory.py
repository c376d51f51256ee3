"""Transformer-XL checkpoints give the numbers of the library that made them."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from transformer_tf import CausalLM
from transformer_tf.checkpoints import from_pretrained

CORPUS = Path(__file__).parent / "corpus_with_memory"
FOLDERS = sorted(path.name for path in CORPUS.iterdir())


LABELLED = "TransfoXLForSequenceClassification"


@pytest.mark.parametrize("name", [name for name in FOLDERS if name != LABELLED])
def test_two_segments_equal_the_library_that_made_them(name):
    model = from_pretrained(CORPUS / name)
    assert model.checkpoint.unused == model.checkpoint.new == ()
    body = getattr(model, "body", model)
    memory = body.empty_cache(3)
    with np.load(CORPUS / name / "expected.npz") as arrays:
        for prefix in ("", "second_"):
            states, memory = body(arrays[f"in_{prefix}input_ids"], cache=memory)
            kind, got = "last_hidden_state", states
            if isinstance(model, CausalLM):
                kind, got = "prediction_scores", model.logits(states)
            expected = arrays[f"out_{prefix}{kind}"]
            assert expected.std() > 0.05
            np.testing.assert_allclose(got, expected, atol=2e-5, rtol=0)


def test_a_classifier_equals_the_library_that_made_it():
    model = from_pretrained(CORPUS / LABELLED)
    assert model.checkpoint.unused == model.checkpoint.new == ()
    with np.load(CORPUS / LABELLED / "expected.npz") as arrays:
        got, expected = model(arrays["in_input_ids"]), arrays["out_logits"]
    np.testing.assert_allclose(got, expected, atol=2e-5, rtol=0)


@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_saved_is_read_again_to_the_bit(name, tmp_path):
    model = from_pretrained(CORPUS / name)
    model.save_pretrained(tmp_path / "saved")
    config = json.loads((CORPUS / name / "config.json").read_text())
    saved = json.loads((tmp_path / "saved" / "config.json").read_text())
    assert {key: saved[key] for key in config if key in ALSO_SAID} == {
        key: config[key] for key in config if key in ALSO_SAID
    }
    twin = from_pretrained(tmp_path / "saved")
    assert type(twin) is type(model)
    for one, other in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


ALSO_SAID = (
    *("architectures", "model_type", "vocab_size", "d_embed", "d_model", "cutoffs"),
    *("clamp_len", "same_length", "untie_r", "tie_projs", "div_val", "mem_len"),
)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"attn_type": 1}, "attn_type=1, which is not supported"),
        ({"tie_projs": [True, True, True]}, "tie_projs"),
        ({"cutoffs": [24, 11]}, "cutoffs must increase"),
    ],
)
def test_what_cannot_be_is_refused(changes, message, tmp_path):
    folder = Path(shutil.copytree(CORPUS / "TransfoXLModel", tmp_path / "xl"))
    config = {**json.loads((folder / "config.json").read_text()), **changes}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match=message):
        from_pretrained(folder)
