"""Preset folders of KerasHub: both libraries compute the same, read either way."""

import json
import shutil
import warnings
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

import transformer_tf as t
from tests.checkpoints.outputs import CORPUS, load
from tests.selection import table
from transformer_tf.checkpoints import ApproximateModel, save_to_preset

warnings.simplefilter("ignore")
hub = pytest.importorskip("keras_hub").models

SIZES = {
    "vocabulary_size": 61,
    "num_layers": 2,
    "num_heads": 4,
    "hidden_dim": 20,
    "intermediate_dim": 36,
    "max_sequence_length": 24,
}
ELECTRA = {k: v for k, v in SIZES.items() if k != "vocabulary_size"}
T5 = {k: v for k, v in SIZES.items() if k != "max_sequence_length"}
LLAMA = {k: v for k, v in T5.items() if k != "num_heads"}
LLAMA |= {"num_query_heads": 4, "num_key_value_heads": 2, "hidden_dim": 32}
ROTARY = {
    "rope_frequency_adjustment_factor": 4.0,
    "rope_low_freq_factor": 1.0,
    "rope_high_freq_factor": 4.0,
    "rope_pretraining_sequence_length": 16,
}
# The name of a case -> the backbone's class and arguments.
BACKBONES = {
    "Bert": ("Bert", SIZES),
    "Albert": ("Albert", {**SIZES, "embedding_dim": 12, "num_layers": 3}),
    "Electra": ("Electra", {**ELECTRA, "vocab_size": 61, "embedding_dim": 12}),
    "Electra, one width": (
        "Electra",
        {**ELECTRA, "vocab_size": 61, "embedding_dim": 20},
    ),
    "DistilBert": ("DistilBert", SIZES),
    "Roberta": ("Roberta", SIZES),
    "XLMRoberta": ("XLMRoberta", SIZES),
    "GPT2": ("GPT2", SIZES),
    "Bart": ("Bart", SIZES),
    "T5": ("T5", {**T5, "key_value_dim": 6, "use_gated_activation": False}),
    "T5, gated": (
        "T5",
        {
            **T5,
            "key_value_dim": 6,
            "tie_embedding_weights": False,
            "activation": "keras_hub>gelu_approximate",
        },
    ),
    "Llama": ("Llama", {**LLAMA, "rope_max_wavelength": 500}),
    "Llama3": ("Llama3", {**LLAMA, **ROTARY}),
}
TASKS = {
    "Bert": ("MaskedLM", "TextClassifier"),
    "Albert": ("MaskedLM", "TextClassifier"),
    "DistilBert": ("MaskedLM", "TextClassifier"),
    "Roberta": ("MaskedLM", "TextClassifier"),
    "XLMRoberta": ("MaskedLM", "TextClassifier"),
    "GPT2": ("CausalLM",),
    "Bart": ("Seq2SeqLM",),
    "T5": ("Seq2SeqLM",),
    "T5, gated": ("Seq2SeqLM",),
    "Llama": ("CausalLM",),
    "Llama3": ("CausalLM",),
}
CASES = [(name, task) for name, tasks in TASKS.items() for task in tasks]
# Of two tasks each by turns.
TURNS = [(name, tasks[n % len(tasks)]) for n, (name, tasks) in enumerate(TASKS.items())]
CASES = table(CASES, TURNS)
# A task has its backbone inside: here what tasks leave out.
ALONE = ("Bert", "Albert", "Electra", "Electra, one width", "T5, gated", "Llama")
CASES += [
    pytest.param(name, "Backbone", marks=() if name in ALONE else pytest.mark.full)
    for name in BACKBONES
]
# KerasHub's head has another epsilon than its body: 1e-5.
TOLERANCE = {"MaskedLM": 2e-4}
# Poolers that no model of ours has: ELECTRA's, and those below masked language models.
_NONE = {"Electra": "layers/dense_1", "Electra, one width": "layers/dense/"}
POOLERS = (_NONE, {"Bert": "layers/dense/", "Albert": "layers/dense_1"})
REAL = np.arange(13) < np.array([13, 6, 9])[:, None]


def made(name, task):
    """A model of KerasHub with random weights, all of them."""
    family, arguments = BACKBONES[name]
    activation = arguments.get("activation")
    if activation:
        found = keras.saving.get_registered_object(activation)
        arguments = {**arguments, "activation": found}
    model = getattr(hub, f"{family}Backbone")(**arguments)
    if task != "Backbone":
        classes = {"num_classes": 5} if task == "TextClassifier" else {}
        model = getattr(hub, family + task)(
            backbone=model, preprocessor=None, **classes
        )
    generator = np.random.default_rng(3)
    for weight in model.weights:
        if "seed" in weight.path:
            continue
        noise = generator.normal(size=weight.shape, scale=0.2)
        gains = weight.path.endswith(("gamma", "scale")) or "layernorm" in weight.path
        weight.assign(noise + gains)
    return model


def ids_of(generator):
    return np.where(REAL, generator.integers(4, 61, REAL.shape), 1)


def outputs(model, ours):
    """What both compute of one batch, at real tokens."""
    generator = np.random.default_rng(5)
    ids, target = ids_of(generator), ids_of(generator)
    types = REAL & (np.arange(13) >= 5)
    if any("encoder" in entry for entry in model.input):
        given = {
            "encoder_token_ids": ids,
            "encoder_padding_mask": REAL,
            "decoder_token_ids": target,
            "decoder_padding_mask": REAL,
        }
        mine = {"source_ids": ids, "target_ids": target}
        mine |= {"source_padding_mask": REAL, "target_padding_mask": REAL}
    else:
        given = {"token_ids": ids, "padding_mask": REAL, "segment_ids": types}
        places = np.broadcast_to(np.arange(13), ids.shape)
        given |= {"mask_positions": places}
        mine = {"ids": ids, "padding_mask": REAL}
        if getattr(ours, "body", ours).config.num_token_types > 1:
            mine["token_types"] = types.astype("int32")
    named = {n: np.asarray(v, "int32") for n, v in given.items() if n in model.input}
    theirs = model(named)
    if isinstance(theirs, dict):
        wanted = ("sequence_output", "decoder_sequence_output")
        theirs = next(theirs[name] for name in wanted if name in theirs)
    got = ours(mine) if hasattr(ours, "body") else ours(**mine)
    got, theirs = np.asarray(got), np.asarray(theirs)
    return (got[REAL], theirs[REAL]) if got.ndim == 3 else (got, theirs)


def read_again(folder, task):
    kind = {"Backbone": hub.Backbone}.get(task) or getattr(hub, task)
    given = {} if task == "Backbone" else {"preprocessor": None}
    return kind.from_preset(str(folder), **given)


def datasets(path):
    found = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: (
                found.update({name: np.asarray(item)})
                if isinstance(item, h5py.Dataset) and name.startswith("layers/")
                else None
            )
        )
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "task"), CASES, ids=lambda part: part)
def test_both_compute_the_same(name, task, tmp_path):
    """Of what KerasHub wrote, and of what we wrote of it again."""
    theirs = made(name, task)
    theirs.save_to_preset(str(tmp_path / "theirs"))
    ours = t.from_pretrained(tmp_path / "theirs")
    # A backbone's own table of scores is for a language model.
    spare = task == "Backbone" and name in ("T5, gated", "Llama", "Llama3")
    assert ours.checkpoint.new == ()
    assert ours.checkpoint.unused == (("lm_head.weight",) if spare else ())
    bound = TOLERANCE.get(task, 2e-5)
    got, expected = outputs(theirs, ours)
    assert got.shape == expected.shape and expected.std() > 0.02
    np.testing.assert_allclose(got, expected, atol=bound, rtol=0)
    save_to_preset(ours, tmp_path / "ours")
    again = read_again(tmp_path / "ours", task)
    assert type(again) is type(theirs)
    np.testing.assert_allclose(*outputs(again, ours), atol=bound, rtol=0)
    for file in ("model.weights.h5", "task.weights.h5"):
        assert (tmp_path / "ours" / file).exists() == (
            tmp_path / "theirs" / file
        ).exists()
        if not (tmp_path / "ours" / file).exists():
            continue
        before = datasets(tmp_path / "theirs" / file)
        after = datasets(tmp_path / "ours" / file)
        assert set(before) == set(after)
        unread = POOLERS[task == "MaskedLM"].get(name, "")
        unread = "layers/reversible_embedding/vars/1" if spare else unread
        for key, array in before.items():
            if not (unread and key.startswith(unread)):
                np.testing.assert_array_equal(after[key], array)


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    """A preset of BERT's backbone."""
    folder = tmp_path_factory.mktemp("preset") / "bert"
    made("Bert", "Backbone").save_to_preset(str(folder))
    return folder


class TestReading:
    def test_a_head_on_a_backbone(self, bert, tmp_path):
        model, told = load(bert, t.TokenClassifier, num_classes=3)
        assert len(model.checkpoint.new) == 2 and len(told) == 1
        made("Llama", "Backbone").save_to_preset(str(tmp_path / "llama"))
        model, told = load(tmp_path / "llama", t.CausalLM)
        assert told == [] and not model.body.config.tied

    def test_shards_and_half_precision(self, tmp_path):
        theirs = made("DistilBert", "Backbone")
        theirs.save_to_preset(str(tmp_path / "a"), max_shard_size=1e-5)
        assert len(list((tmp_path / "a").glob("model_*.weights.h5"))) > 1
        np.testing.assert_allclose(
            *outputs(theirs, load(tmp_path / "a")[0]), atol=2e-5, rtol=0
        )
        half = hub.DistilBertBackbone(**SIZES, dtype="bfloat16")
        half.set_weights(theirs.get_weights())
        half.save_to_preset(str(tmp_path / "half"))
        ours = t.Encoder.from_pretrained(tmp_path / "half", dtype="bfloat16")
        assert ours.weights[0].dtype == "bfloat16"
        save_to_preset(ours, tmp_path / "again")
        again = hub.Backbone.from_preset(str(tmp_path / "again"), dtype="bfloat16")
        for one, other in zip(again.weights, half.weights, strict=True):
            assert one.dtype == "bfloat16"
            np.testing.assert_array_equal(one.numpy(), other.numpy())

    def test_published_in_the_other_form(self, bert, tmp_path):
        """A preset written as transformers has it, and back: nothing is lost."""
        model = load(bert)[0]
        model.save_pretrained(tmp_path / "published")
        other, told = load(tmp_path / "published")
        assert told == [] and other.checkpoint.config["model_type"] == "bert"
        save_to_preset(other, tmp_path / "back")
        before, after = (
            datasets(folder / "model.weights.h5")
            for folder in (bert, tmp_path / "back")
        )
        assert set(before) == set(after)
        for key, array in before.items():
            np.testing.assert_array_equal(after[key], array)

    def test_a_head_that_is_published_otherwise(self, tmp_path):
        """Exact gelu after a body with the approximation: no config.json says it."""
        made("Bert", "MaskedLM").save_to_preset(str(tmp_path / "preset"))
        model = load(tmp_path / "preset")[0]
        with pytest.raises(ValueError, match="'gelu_tanh' before its scores"):
            model.save_pretrained(tmp_path / "out")

    @pytest.mark.parametrize(
        ("file", "changes", "message"),
        [
            ("config.json", {"class_name": "GemmaBackbone"}, "'GemmaBackbone', which"),
            ("config.json", {"config": 3}, "no arguments of a backbone"),
            ("config.json", {"config": {"num_layers": 2}}, "no 'vocabulary_size'"),
            ("task.json", {"class_name": "BertImageClassifier"}, "BertImageClassifier"),
        ],
    )
    def test_what_is_not_known_is_refused(self, bert, tmp_path, file, changes, message):
        folder = shutil.copytree(bert, tmp_path / "preset")
        path = folder / file
        values = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**values, **changes}))
        with pytest.raises(ValueError, match=message):
            load(folder)

    def test_without_weights(self, bert, tmp_path):
        folder = shutil.copytree(bert, tmp_path / "preset")
        (folder / "model.weights.h5").unlink()
        with pytest.raises(FileNotFoundError, match=r"model.weights.h5 or .*\.json"):
            load(folder)

    def test_a_scale_of_positions_that_keras_hub_ignores(self, tmp_path):
        model = hub.LlamaBackbone(**LLAMA, rope_position_scaling_factor=2.0)
        model.save_to_preset(str(tmp_path / "llama"))
        with pytest.raises(ValueError, match="rope_position_scaling_factor=2.0"):
            load(tmp_path / "llama")


class TestWriting:
    @pytest.mark.parametrize(
        ("folder", "task"),
        [
            ("DistilBertForSequenceClassification", "TextClassifier"),
            ("RobertaForMaskedLM", "MaskedLM"),
            ("GPT2LMHeadModel", "CausalLM"),
            ("LlamaForCausalLM", "CausalLM"),
            ("ElectraModel", "Backbone"),
        ],
    )
    @pytest.mark.filterwarnings("ignore")
    def test_published_checkpoints(self, folder, task, tmp_path):
        """RoBERTa's one token type is in KerasHub's table of positions."""
        copy = Path(shutil.copytree(CORPUS / folder, tmp_path / folder))
        if folder.startswith("Roberta"):  # as the trained ones have it
            config = json.loads((copy / "config.json").read_text())
            config["layer_norm_eps"] = 1e-5
            (copy / "config.json").write_text(json.dumps(config))
        ours = load(copy)[0]
        near = "Electra" in folder  # exact gelu there, the approximation here
        save_to_preset(ours, tmp_path / "preset")
        theirs = read_again(tmp_path / "preset", task)
        bound = 2e-2 if near else 5e-5
        np.testing.assert_allclose(*outputs(theirs, ours), atol=bound, rtol=0)

    def test_a_function_that_is_only_near_is_told(self, tmp_path):
        ours = load(CORPUS / "BertModel")[0]
        with pytest.warns(ApproximateModel, match="gelu_tanh where this model"):
            save_to_preset(ours, tmp_path / "preset")

    @pytest.mark.parametrize(
        ("folder", "message"),
        [
            ("CTRLModel", r"no Decoder of ctrl; .* of bert \(MaskedLM, TextC"),
            ("BertForTokenClassification", "no TokenClassifier of bert"),
            ("BertLMHeadModel", "no CausalLM of bert"),
            ("BartForCausalLM", "no CausalLM of bart"),
            ("T5EncoderModel", "no Encoder of t5"),
            ("GPT2ForSequenceClassification", "no SequenceClassifier of gpt2"),
            ("ElectraForMaskedLM", r"electra \(bodies\)"),
            ("T5Model", "num_buckets=32 .here 8."),
            ("BartForConditionalGeneration", "num_decoder_layers=2 .here 3."),
            ("llama_scaled", "use_bias=False .here True."),
        ],
    )
    def test_what_keras_hub_lacks_is_refused(self, folder, message, tmp_path):
        ours = load(CORPUS / folder)[0]
        with pytest.raises(ValueError, match=message):
            save_to_preset(ours, tmp_path / "preset")
        assert list(tmp_path.iterdir()) == []

    def test_a_head_of_before_is_gone(self, bert, tmp_path):
        """And what else lies there stays."""
        folder = tmp_path / "preset"
        made("Bert", "TextClassifier").save_to_preset(str(folder))
        (folder / "assets" / "tokenizer").mkdir(parents=True)
        (folder / "README.md").write_text("mine")
        save_to_preset(load(bert)[0], folder)
        assert {path.name for path in folder.iterdir()} == {
            *("config.json", "metadata.json", "model.weights.h5", "README.md")
        }
        assert type(load(folder)[0]) is t.Encoder

    def test_the_old_folder_stays_if_saving_fails(self, bert, tmp_path, monkeypatch):
        folder = shutil.copytree(bert, tmp_path / "preset")
        before = {path.name: path.read_bytes() for path in folder.iterdir()}

        def full(*arguments):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            save_to_preset(load(bert)[0], folder)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        assert list(tmp_path.iterdir()) == [folder]


# The letter that stands for each byte, as GPT-2 has them.
_PRINTED = [*range(33, 127), *range(161, 173), *range(174, 256)]
LATIN = [chr(b) for b in _PRINTED] + [chr(256 + n) for n in range(256 - len(_PRINTED))]


class TestTokenizers:
    WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "##s", "sat")
    LETTERS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>", *LATIN, "at", "cat", "Ġcat")
    MERGES = ("a t", "c at", "Ġ cat")

    def tokenizer(self, name):
        if name == "Bert":
            return hub.BertTokenizer(vocabulary=list(self.WORDS), lowercase=True)
        ids = {token: number for number, token in enumerate(self.LETTERS)}
        return hub.RobertaTokenizer(vocabulary=ids, merges=list(self.MERGES))

    @pytest.mark.parametrize("name", ["Bert", "Roberta"])
    @pytest.mark.filterwarnings("ignore")
    def test_the_same_ids_both_ways(self, name, tmp_path):
        folder = tmp_path / "theirs"
        theirs = self.tokenizer(name)
        made(name, "Backbone").save_to_preset(str(folder))
        theirs.save_to_preset(str(folder))
        model = load(folder)[0]
        text = "The cats sat" if name == "Bert" else "cat cat at"
        got = model.tokenizer.encode(text, special_tokens=False).ids
        expected = np.asarray(theirs(text)).tolist()
        assert got == expected and len(got) > 2
        whole = model.tokenizer.encode(text).ids
        assert whole == [2, *got, 3] if name == "Bert" else [0, *got, 2]
        save_to_preset(model, tmp_path / "ours")
        again = type(theirs).from_preset(str(tmp_path / "ours"))
        assert np.asarray(again(text)).tolist() == expected
        assert load(tmp_path / "ours")[0].tokenizer.encode(text).ids == whole
        model.save_pretrained(tmp_path / "published")
        assert load(tmp_path / "published")[0].tokenizer.encode(text).ids == whole
