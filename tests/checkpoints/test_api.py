"""What a loaded model carries: tokenizer, labels, and how its authors generate."""

import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest

import transformer_tf as t
from transformer_tf.checkpoints import NewHead, UnusedSettings

CORPUS = Path(__file__).parent / "corpus"
# The classes with a checkpoint of their own in the corpus.
CLASSES = {
    t.Encoder: "DistilBertModel",
    t.Decoder: "GPT2Model",
    t.EncoderDecoder: "BartModel",
    t.MaskedLM: "BertForMaskedLM",
    t.CausalLM: "GPT2LMHeadModel",
    t.Seq2SeqLM: "T5ForConditionalGeneration",
    t.SequenceClassifier: "RobertaForSequenceClassification",
    t.TokenClassifier: "ElectraForTokenClassification",
    t.SpanQuestionAnswerer: "AlbertForQuestionAnswering",
    t.MultipleChoice: "BertForMultipleChoice",
}


def write(folder, name, values):
    (folder / name).write_text(json.dumps(values))


def configure(folder, **changes):
    config = json.loads((folder / "config.json").read_text())
    write(folder, "config.json", {**config, **changes})


@pytest.fixture
def copy(tmp_path):
    """Copies a folder of the corpus, to be changed."""
    return lambda name: Path(shutil.copytree(CORPUS / name, tmp_path / name))


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_class_loads_its_own_kind(kind):
    model = kind.from_pretrained(CORPUS / CLASSES[kind])
    assert type(model) is kind
    assert model.checkpoint.new == ()
    assert model.tokenizer is None
    assert (model.generation_config is not None) == hasattr(model, "generate")


def test_a_class_that_inherits_is_built_itself():
    class Own(t.SequenceClassifier):
        pass

    model = Own.from_pretrained(CORPUS / "BertForSequenceClassification")
    assert type(model) is Own and model.checkpoint.new == ()


def test_arguments_of_the_class_go_through():
    with pytest.warns(NewHead, match="start at random"):
        model = t.TokenClassifier.from_pretrained(
            CORPUS / "DistilBertModel", num_classes=3, dtype="bfloat16"
        )
    assert model.num_classes == 3 and model.dtype_policy.name == "bfloat16"


def test_the_tokenizer_of_the_folder(copy):
    folder = copy("BertForMaskedLM")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat"]
    (folder / "vocab.txt").write_text("\n".join(words))
    model = t.MaskedLM.from_pretrained(folder)
    batch = model.tokenizer.batch(["the cat", "cat"])
    assert batch.ids.tolist() == [[2, 5, 6, 3], [2, 6, 3, 0]]
    logits = model({"ids": batch.ids, "padding_mask": batch.attention_mask})
    assert logits.shape == (2, 4, 61)


@pytest.mark.parametrize(
    ("changes", "labels", "problem_type"),
    [
        (
            {"id2label": {"10": "c", "2": "b", "0": "a"}},
            ("a", "b", "c"),
            "single_label_classification",
        ),
        ({"id2label": {"0": "score"}}, ("score",), "regression"),
        (
            {"problem_type": "multi_label_classification", "id2label": None},
            (),
            "multi_label_classification",
        ),
    ],
)
def test_labels_and_problem_types(copy, changes, labels, problem_type):
    folder = copy("DistilBertModel")
    configure(folder, **changes)
    checkpoint = t.Encoder.from_pretrained(folder).checkpoint
    assert (checkpoint.labels, checkpoint.problem_type) == (labels, problem_type)
    assert checkpoint.model_type == "distilbert"


class TestGeneration:
    IDS, MASK = np.array([[5, 6, 7], [8, 9, 1]]), np.array([[1, 1, 1], [1, 1, 0]])

    def settings(self, folder):
        return t.CausalLM.from_pretrained(folder).generation_config.settings

    def test_settings_of_before_there_was_a_file(self, copy):
        folder = copy("GPT2LMHeadModel")
        configure(folder, max_length=30, num_beams=2, eos_token_id=7)
        settings = self.settings(folder)
        assert settings["num_beams"] == 2 and settings["max_length"] == 30
        write(folder, "generation_config.json", {"max_new_tokens": 3})
        settings = self.settings(folder)
        assert settings["max_new_tokens"] == 3 and "num_beams" not in settings
        assert settings["eos_token_id"] == 7  # who begins and ends may stand in either

    def test_the_settings_are_what_a_call_leaves_open(self, copy):
        folder = copy("GPT2LMHeadModel")
        write(
            folder,
            "generation_config.json",
            {
                "max_new_tokens": 5,
                "repetition_penalty": 1.5,
                "eos_token_id": [7, 9],
                "num_beams": 2,
                "pad_token_id": 1,
            },
        )
        model = t.CausalLM.from_pretrained(folder)
        options = {"padding_mask": self.MASK.astype(bool), "jit_compile": False}
        said = {
            "processors": [t.RepetitionPenalty(1.5)],
            "stop_ids": [7, 9],
            **options,
        }
        beams = t.PublishedBeamSearch(2)
        assert model.generate(self.IDS, **options) == t.generate(
            model, self.IDS, 5, beams, **said
        )
        assert model.generate(self.IDS, 4, t.Greedy(), **options) == t.generate(
            model, self.IDS, 4, t.Greedy(), **said
        )
        streamed = [*zip(*t.stream(model, self.IDS, 3, **options))]
        written = model.generate(self.IDS, 3, t.Greedy(), **options)
        assert [[i for i in row if i is not None] for row in streamed] == written

    def test_a_decoder_starts_from_what_is_said(self, copy):
        folder = copy("MBartForConditionalGeneration")
        configure(folder, decoder_start_token_id=9)
        model = t.Seq2SeqLM.from_pretrained(folder)
        ids = self.IDS[:1]
        once = model.generate(ids, 4, jit_compile=False)
        assert once == model.generate(ids, 4, start_ids=[9], jit_compile=False)
        other = model.generate(ids, 4, start_ids=[2, 11], jit_compile=False)
        logits = model({"source_ids": ids, "target_ids": np.array([[2, 11]])})
        assert other[0][0] == int(np.argmax(logits[0, -1]))
        with pytest.raises(ValueError, match="starts from its prompt"):
            t.generate(
                t.CausalLM.from_pretrained(CORPUS / "GPT2LMHeadModel"),
                *(ids, 4),
                start_ids=[1],
            )

    def test_without_a_limit_anywhere(self):
        model = t.CausalLM(
            t.gpt2_config(
                vocabulary_size=31, dim=12, num_layers=1, num_heads=2, max_length=9
            )
        )
        with pytest.raises(TypeError, match="max_new_tokens is missing"):
            model.generate(self.IDS)

    def test_what_cannot_be_done_is_told(self, copy):
        folder = copy("GPT2LMHeadModel")
        write(folder, "generation_config.json", {"num_beam_groups": 2})
        with pytest.warns(UnusedSettings, match="num_beam_groups=2, which generation"):
            t.CausalLM.from_pretrained(folder)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            t.Decoder.from_pretrained(CORPUS / "GPT2Model")
