"""Parameters: exactly those of the built model, for every family, head and option."""

import itertools
import json
import math

import keras
import pytest

import transformer_tf as t
from tests.checkpoints.outputs import CORPUS
from tests.cost.models import FOLDERS, load
from tests.models.every_model import NAMES, SMALL, new_model
from transformer_tf.checkpoints import FAMILIES
from transformer_tf.cost import SLOTS, estimate_cost, read_architecture
from transformer_tf.cost.optimizers import slot_numbers

# One folder of each family in every run; all in the full set.
USUAL = {
    *("AlbertForMaskedLM", "BertForPreTraining", "DistilBertForMultipleChoice"),
    *(
        "ElectraForCausalLM",
        "RobertaForSequenceClassification",
        "T5ForQuestionAnswering",
    ),
    *("LongformerForTokenClassification", "OpenAIGPTLMHeadModel", "CTRLLMHeadModel"),
    *("GPT2ForSequenceClassification", "LlamaForCausalLM", "TransfoXLLMHeadModel"),
    *("BartForSequenceClassification", "LEDForConditionalGeneration", "MarianMTModel"),
    *("MBartForCausalLM", "T5ForConditionalGeneration", "transfo_xl_one_table"),
}


def counted(model):
    return sum(math.prod(weight.shape) for weight in model.trainable_variables)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in USUAL else pytest.mark.full)
        for name in sorted(FOLDERS)
    ],
)
def test_a_published_model_has_as_many(name):
    model, cost = load(name), estimate_cost(FOLDERS[name])
    assert cost.total_parameters == counted(model)
    assert cost.model.startswith(type(model).__name__)
    of_feed_forward = sum(
        math.prod(weight.shape)
        for weight in model.trainable_variables
        if "feed_forward/" in weight.path
    )
    assert cost.parameters["feed_forward"] == of_feed_forward


def test_every_family_is_among_them():
    told = {
        json.loads((p / "config.json").read_text())["model_type"]
        for p in FOLDERS.values()
    }
    alike = {"camembert", "xlm-roberta", "mt5"}  # differ from another in a name alone
    assert told | alike == set(FAMILIES)


@pytest.mark.parametrize("name", NAMES)
def test_a_model_of_ours_as_it_is_saved(name, tmp_path):
    model = new_model(name)
    model.build()
    path = tmp_path / "config.json"
    path.write_text(model.to_json())
    assert estimate_cost(path).total_parameters == counted(model)


OPTIONS = {
    "gated": (True, False),
    "norm": ("rms", "layer"),
    "norm_first": (True, False),
    "use_bias": (True, False),
    "tied": (True, False),
    "logit_bias": (True, False),
    "num_key_value_heads": (None, 1),
    "head_dim": (None, 5),
    "query_key_norm": (True, False),
    "positions": ("learned", "relative", "rotary", "linear"),
    "shared_layers": (True, False),
    "embedding_norm": (True, False),
    "num_token_types": (0, 2),
}


def pairwise(number):
    """A mixture of all options, another for each number."""
    return {
        name: values[(number // (place + 1) + number * place) % len(values)]
        for place, (name, values) in enumerate(OPTIONS.items())
    }


@pytest.mark.parametrize(
    "number",
    [pytest.param(n, marks=() if n < 8 else pytest.mark.full) for n in range(40)],
)
def test_any_mixture_of_options(number):
    mixed = {**SMALL, "num_layers": 2, **pairwise(number)}
    kinds = itertools.cycle((t.CausalLM, t.MaskedLM, t.Seq2SeqLM))
    kind = next(itertools.islice(kinds, number % 3, None))
    config = t.TransformerConfig(**mixed)
    if config.head_dim == 5 and config.positions == "rotary":
        config = config.with_changes(head_dim=6)
    model = kind(config)
    model.build()
    cost = estimate_cost(config, kind=kind.__name__)
    assert cost.total_parameters == counted(model)


def test_another_head_than_the_one_named():
    cost = estimate_cost(CORPUS / "BertForMaskedLM", kind="TokenClassifier")
    model = t.TokenClassifier(read_architecture(CORPUS / "BertForMaskedLM").config, 2)
    model.build()
    assert cost.total_parameters == counted(model)


@pytest.mark.parametrize("name", SLOTS)
def test_slots_are_those_of_the_optimizer(name):
    model = new_model("causal_llama")
    model.build()
    made = {
        "momentum": lambda: keras.optimizers.SGD(momentum=0.9),
        "sgd": keras.optimizers.SGD,
    }
    optimizer = made.get(name, lambda: keras.optimizers.get(name))()
    optimizer.build(model.trainable_variables)
    kept = sum(math.prod(v.shape) for v in optimizer.variables if len(v.shape))
    shapes = [tuple(v.shape) for v in model.trainable_variables]
    assert slot_numbers(name, shapes) == kept
