"""Checkpoints in our layers give the numbers of the library that made them."""

import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest

from transformer_tf import Encoder, EncoderDecoder, MaskedLM, TokenClassifier
from transformer_tf.checkpoints import (
    NewHead,
    UnusedWeights,
    from_pretrained,
    read_safetensors,
    write_safetensors,
)

CORPUS = Path(__file__).parent / "corpus"
FOLDERS = sorted(path.name for path in CORPUS.iterdir())
# The pooler of a body alone, which no output of ours needs.
POOLED = ("BertModel", "AlbertModel", "RobertaModel", "LongformerModel")
TOLERANCE = 2e-5  # float32 and float64 differ by 6e-6 here


def load(folder, *arguments, **options):
    """The model, and the warnings that were given."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model = from_pretrained(folder, *arguments, **options)
    ours = [w for w in told if issubclass(w.category, NewHead | UnusedWeights)]
    return model, ours


def outputs(model, arrays):
    """Our outputs, and those expected, at real tokens, as pairs."""
    body = getattr(model, "body", model)
    inputs = {k[3:]: v for k, v in arrays.items() if k.startswith("in_")}
    real = inputs["attention_mask"].astype(bool)
    if isinstance(body, EncoderDecoder):
        target_real = inputs["decoder_attention_mask"].astype(bool)
        given = {
            "source_ids": inputs["input_ids"],
            "source_padding_mask": real,
            "target_ids": inputs["decoder_input_ids"],
            "target_padding_mask": target_real,
        }
        real = target_real
    else:
        given = {"ids": inputs["input_ids"], "padding_mask": real}
        if body.config.num_token_types > 1:
            given["token_types"] = inputs["token_type_ids"]
    if "global_attention_mask" in inputs:
        name = "source_" if isinstance(body, EncoderDecoder) else ""
        is_global = inputs["global_attention_mask"].astype(bool)
        given[f"{name}global_attention_mask"] = is_global
    got = model(**given) if model is body else model(given)
    names = ["logits"] if model is not body else ["last_hidden_state"]
    if isinstance(got, tuple):
        names = ["start_logits", "end_logits"]
    got = got if isinstance(got, tuple) else (got,)
    for name, ours in zip(names, got, strict=True):
        expected, ours = arrays[f"out_{name}"], np.asarray(ours)
        if expected.shape[:2] == real.shape:  # a number for each token
            expected, ours = expected[real], ours[real]
        yield ours, expected


@pytest.mark.parametrize("name", FOLDERS)
def test_equals_the_library_that_made_it(name):
    model, told = load(CORPUS / name)
    with np.load(CORPUS / name / "expected.npz") as arrays:
        for ours, expected in outputs(model, dict(arrays)):
            assert expected.std() > 0.05
            np.testing.assert_allclose(ours, expected, atol=TOLERANCE, rtol=0)
    config = json.loads((CORPUS / name / "config.json").read_text())
    unused = [n for n in model.checkpoint.unused if not n.startswith("pooler")]
    assert unused == []
    assert bool(told) == (name in POOLED)
    assert model.checkpoint.new == ()
    labels = config.get("id2label", {})
    assert model.checkpoint.labels == tuple(labels.values())


def test_led_writes_what_its_library_writes():
    """Token for token, from sources of different lengths."""
    model, _ = load(CORPUS / "LEDForConditionalGeneration")
    with np.load(CORPUS / "LEDForConditionalGeneration" / "expected.npz") as arrays:
        real = arrays["in_attention_mask"].astype(bool)
        prompts = [ids[of] for ids, of in zip(arrays["in_input_ids"], real)]
        expected = arrays["out_generated"][:, 1:].tolist()
    assert model.generate([p.tolist() for p in prompts], 12, stop_ids=()) == expected


@pytest.fixture
def folder(tmp_path):
    """A copy of a masked language model of BERT, to be changed."""
    return Path(shutil.copytree(CORPUS / "BertForMaskedLM", tmp_path / "bert"))


def change(folder, changes):
    """Renames, removes or replaces tensors: name -> (new name, array or None)."""
    path = folder / "model.safetensors"
    tensors = {n: t.numpy().copy() for n, t in read_safetensors(path).items()}
    write_safetensors(path, changes(tensors))


def configure(folder, **changes):
    path = folder / "config.json"
    config = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({k: v for k, v in config.items() if v != "absent"}))


class TestNames:
    @pytest.mark.parametrize(
        "rename",
        [
            lambda n: n.removeprefix("bert."),
            lambda n: f"module.{n}",
            lambda n: n.replace("Norm.weight", "Norm.gamma").replace(
                "Norm.bias", "Norm.beta"
            ),
        ],
        ids=["without a prefix", "of several devices", "of 2018"],
    )
    def test_names_as_they_once_were(self, folder, rename):
        expected = load(folder)[0].get_weights()
        change(folder, lambda tensors: {rename(n): t for n, t in tensors.items()})
        model, told = load(folder)
        assert told == []
        for got, wanted in zip(model.get_weights(), expected, strict=True):
            np.testing.assert_array_equal(got, wanted)

    def test_every_name_is_needed(self, folder):
        """Without any one of them the model is not loaded as if nothing were."""
        names = list(read_safetensors(folder / "model.safetensors"))
        for name in names:
            copy = Path(shutil.copytree(folder, folder.parent / "copy"))
            change(
                copy,
                lambda tensors, name=name: {
                    n: t for n, t in tensors.items() if n != name
                },
            )
            if name.startswith("bert."):
                with pytest.raises(ValueError, match="lacks 1 weights of the body"):
                    load(copy)
            else:
                assert load(copy)[0].checkpoint.new != ()
            shutil.rmtree(copy)

    def test_a_name_too_many_is_told(self, folder):
        change(folder, lambda tensors: {**tensors, "cls.new": np.ones(2)})
        model, (told,) = load(folder)
        assert "no place for 1 weights" in str(told.message)
        assert model.checkpoint.unused == ("cls.new",)

    def test_a_copy_of_the_table_must_be_one(self, folder):
        name = "cls.predictions.decoder.weight"
        table = "bert.embeddings.word_embeddings.weight"
        change(folder, lambda tensors: {**tensors, name: tensors[table]})
        assert load(folder)[1] == []
        change(folder, lambda tensors: {**tensors, name: tensors[table] + 1})
        with pytest.raises(ValueError, match="decoder.weight differs from the token"):
            load(folder)

    def test_a_head_in_half_precision(self, folder):
        change(
            folder, lambda tensors: {n: t.astype("float16") for n, t in tensors.items()}
        )
        model = load(folder)[0]
        assert {w.dtype for w in model.trainable_weights} == {"float32"}
        assert load(folder, dtype="bfloat16")[0].weights[0].dtype == "bfloat16"


class TestKinds:
    def test_a_body_of_a_model_with_a_head(self, folder):
        body, (told,) = load(folder, Encoder)
        assert isinstance(body, Encoder)
        assert "cls.predictions" in str(told.message)

    def test_a_new_head_on_a_trained_body_is_told(self, folder):
        model, told = load(folder, TokenClassifier, num_classes=7)
        assert isinstance(model, TokenClassifier)
        assert "start at random" in str(told[0].message)
        assert len(model.checkpoint.new) == 2

    def test_a_configuration_without_a_class_gives_the_body(self, folder):
        configure(folder, architectures="absent")
        assert isinstance(load(folder)[0], Encoder)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"model_type": "xlnet"}, "'xlnet' is not known; known are albert, "),
            ({"model_type": "absent"}, "no 'model_type'"),
            ({"hidden_size": "absent"}, "no 'hidden_size', which bert needs"),
            ({"hidden_act": "gelu_10"}, "hidden_act='gelu_10'; known are gelu"),
            ({"position_embedding_type": "relative_key"}, "'absolute' is"),
            ({"architectures": ["BertForPreTraining"]}, "give kind=, one of Encoder"),
            ({"vocab_size": 60}, r"\(61, 20\).*\(60, 20\); look at vocab_size"),
            ({"intermediate_size": 40}, r"look at intermediate_size"),
            ({"num_hidden_layers": 3}, "lacks 16 weights of the body"),
        ],
    )
    def test_what_cannot_be_is_refused(self, folder, changes, message):
        configure(folder, **changes)
        with pytest.raises(ValueError, match=message):
            load(folder)

    def test_a_family_without_such_a_head(self):
        with pytest.raises(ValueError, match="gpt2 has no MaskedLM; it has Decoder"):
            load(CORPUS / "GPT2Model", MaskedLM)

    def test_no_folder(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="with a config.json"):
            from_pretrained(tmp_path)
