"""Checkpoints in our layers give the numbers of the library that made them."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.checkpoints.outputs import (
    CORPUS,
    FOLDERS,
    TOLERANCE,
    arrays_of,
    configuration,
    load,
    pairs,
)
from tests.selection import pairs_once, table
from transformer_tf import (
    CausalLM,
    Encoder,
    MaskedLM,
    Seq2SeqLM,
    SequenceClassifier,
    TokenClassifier,
    generate_beams,
)
from transformer_tf.checkpoints import (
    from_pretrained,
    read_safetensors,
    write_safetensors,
)


@pytest.mark.parametrize("name", FOLDERS)
def test_equals_the_library_that_made_it(name):
    model, told = load(CORPUS / name)
    for ours, expected in pairs(model, arrays_of(CORPUS / name)):
        assert ours.shape == expected.shape and expected.std() > 0.05
        np.testing.assert_allclose(ours, expected, atol=TOLERANCE, rtol=0)
    assert told == [] and model.checkpoint.new == model.checkpoint.unused == ()
    labels = configuration(CORPUS / name).get("id2label", {})
    assert model.checkpoint.labels == tuple(labels.values())


def test_led_writes_what_its_library_writes():
    """Token for token, from sources of different lengths."""
    model, _ = load(CORPUS / "LEDForConditionalGeneration")
    with np.load(CORPUS / "LEDForConditionalGeneration" / "expected.npz") as arrays:
        real = arrays["in_attention_mask"].astype(bool)
        prompts = [ids[of] for ids, of in zip(arrays["in_input_ids"], real)]
        expected = arrays["out_generated"][:, 1:].tolist()
    assert model.generate([p.tolist() for p in prompts], 12, stop_ids=()) == expected


WRITERS = [name for name in FOLDERS if (CORPUS / name / "generated.npz").exists()]
SEARCHES = {
    "greedy": {},
    "beam": {"num_beams": 3},
    "beam_unpenalised": {
        "num_beams": 3,
        "length_penalty": 0.0,
        "early_stopping": "never",
    },
    "beam_penalty_2": {
        "num_beams": 3,
        "length_penalty": 2.0,
        "early_stopping": True,
        "min_new_tokens": 3,
        "repetition_penalty": 1.2,
    },
}


WRITINGS = [(name, search) for name in WRITERS for search in SEARCHES]


@pytest.mark.parametrize("name, search", table(WRITINGS, pairs_once(WRITERS, SEARCHES)))
def test_writes_what_the_library_that_made_it_writes(name, search):
    """Token for token, with the scores of the beams."""
    model, stop = load(CORPUS / name)[0], 2
    with np.load(CORPUS / name / "generated.npz") as arrays:
        texts = dict(arrays)
    options = {"padding_mask": texts["mask"], "jit_compile": False}
    model.generation_config = model.generation_config.with_changes(
        **SEARCHES[search],
        eos_token_id=stop,
        max_new_tokens=8,
        num_return_sequences=2,
    )
    wanted = [
        row[: row.index(stop) + 1 if stop in row else None]
        for row in texts[search].tolist()
    ]
    if search == "greedy":
        assert model.generate(texts["ids"], **options) == wanted
        return
    found = generate_beams(model, texts["ids"], **options)
    assert [text.ids for row in found for text in row] == wanted
    np.testing.assert_allclose(
        [text.score for row in found for text in row],
        texts[f"{search}_scores"],
        atol=1e-4,
    )


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

    def test_a_language_model_of_an_encoder_reads_as_is_decoder_says(self):
        folder = CORPUS / "BertLMHeadModel"
        assert type(load(folder)[0]) is CausalLM
        assert type(load(folder, MaskedLM)[0]) is MaskedLM

    def test_a_body_keeps_its_pooler(self):
        """A classifier on it starts from the pooler; the body needs none."""
        folder = CORPUS / "BertModel"
        stored = read_safetensors(folder / "model.safetensors")
        assert set(load(folder)[0].checkpoint.kept) == {
            "pooler.dense.bias",
            "pooler.dense.weight",
        }
        model, _ = load(folder, SequenceClassifier, num_classes=3)
        assert [path.split("/")[-1] for path in model.checkpoint.new] == [
            "kernel",
            "bias",
        ]
        np.testing.assert_array_equal(
            model.head.summary.transform.kernel,
            stored["pooler.dense.weight"].numpy().T,
        )

    @pytest.mark.parametrize(
        ("name", "table"),
        [
            (name, table)
            for name in ("BartForConditionalGeneration", "T5ForConditionalGeneration")
            for table in ("encoder.embed_tokens", "decoder.embed_tokens")
        ],
    )
    def test_the_table_by_another_name(self, tmp_path, name, table):
        """Old files hold one of its copies alone."""
        folder = Path(shutil.copytree(CORPUS / name, tmp_path / name))
        before = load(folder)[0].get_weights()
        prefix = "model." if name.startswith("Bart") else ""
        change(
            folder,
            lambda tensors: {
                f"{prefix}{table}.weight" if n == f"{prefix}shared.weight" else n: t
                for n, t in tensors.items()
            },
        )
        for ours, wanted in zip(load(folder, Seq2SeqLM)[0].get_weights(), before):
            np.testing.assert_array_equal(ours, wanted)

    def test_an_untied_model_without_its_table_is_told(self, tmp_path):
        folder = Path(shutil.copytree(CORPUS / "llama_untied", tmp_path / "llama"))
        change(
            folder,
            lambda tensors: {n: t for n, t in tensors.items() if n != "lm_head.weight"},
        )
        model, (told,) = load(folder)
        assert "start at random" in str(told.message) and len(model.checkpoint.new) == 1

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
            ({"architectures": ["BertDoubleHeadsModel"]}, "give kind=, one of Encoder"),
            ({"add_cross_attention": True}, "add_cross_attention=True, which is not"),
            ({"auto_map": {"AutoModel": "a.B"}, "model_type": "a"}, "is never run"),
            ({"vocab_size": 60}, r"\(61, 20\).*\(60, 20\); look at vocab_size"),
            ({"intermediate_size": 40}, r"look at intermediate_size"),
            ({"num_hidden_layers": 3}, "lacks 16 weights of the body"),
        ],
    )
    def test_what_cannot_be_is_refused(self, folder, changes, message):
        configure(folder, **changes)
        with pytest.raises(ValueError, match=message):
            load(folder)

    @pytest.mark.parametrize(
        ("name", "changes", "message"),
        [
            ("AlbertModel", {"num_hidden_groups": 2}, "num_hidden_groups=2.*; 1 is"),
            ("AlbertModel", {"inner_group_num": 2}, "inner_group_num=2.*; 1 is"),
            (
                "BartModel",
                {"decoder_attention_heads": 2},
                "decoder_attention_heads=2.*; 4 is",
            ),
            ("BartModel", {"decoder_ffn_dim": 40}, "decoder_ffn_dim=40.*; 36 is"),
            (
                "MarianMTModel",
                {"share_encoder_decoder_embeddings": False},
                "share_encoder_decoder_embeddings=False.*; True is",
            ),
            (
                "GPT2Model",
                {"scale_attn_by_inverse_layer_idx": True},
                "scale_attn_by_inverse_layer_idx=True.*; False is",
            ),
            ("GPT2Model", {"scale_attn_weights": False}, "weights=False.*; True is"),
            ("LlamaModel", {"mlp_bias": True}, "mlp_bias=True.*; False is"),
            ("LongformerModel", {"attention_window": [4, 5]}, "must be even"),
        ],
    )
    def test_what_is_rare_is_refused_by_name(self, tmp_path, name, changes, message):
        """Before any weight is read: the files are not there."""
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(CORPUS / name / "config.json", folder)
        configure(folder, **changes)
        with pytest.raises(ValueError, match=message):
            load(folder)

    def test_a_family_without_such_a_head(self):
        with pytest.raises(ValueError, match="gpt2 has no MaskedLM; it has Decoder"):
            load(CORPUS / "GPT2Model", MaskedLM)

    def test_no_folder(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="with a config.json"):
            from_pretrained(tmp_path)
