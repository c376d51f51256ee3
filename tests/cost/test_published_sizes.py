"""Published sizes of published models, which no machine here needs to hold."""

import keras
import pytest

import transformer_tf as t
from transformer_tf.cost import estimate_cost

_LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}
LLAMA_7B = {
    **_LLAMA,
    **{"vocab_size": 32000, "hidden_size": 4096, "num_hidden_layers": 32},
    **{"num_attention_heads": 32, "intermediate_size": 11008, "hidden_act": "silu"},
    **{"max_position_embeddings": 2048, "rms_norm_eps": 1e-6},
}
LLAMA_2_70B = {
    **LLAMA_7B,
    **{"hidden_size": 8192, "num_hidden_layers": 80, "num_attention_heads": 64},
    **{"num_key_value_heads": 8, "intermediate_size": 28672},
    "max_position_embeddings": 4096,
}
LLAMA_3_8B = {
    **LLAMA_7B,
    **{"vocab_size": 128256, "num_key_value_heads": 8, "intermediate_size": 14336},
    "max_position_embeddings": 8192,
}
T5 = {
    **{"model_type": "t5", "architectures": ["T5ForConditionalGeneration"]},
    **{"vocab_size": 32128, "d_kv": 64, "relative_attention_num_buckets": 32},
    **{"layer_norm_epsilon": 1e-6, "dropout_rate": 0.1, "decoder_start_token_id": 0},
}
T5_SMALL = T5 | {"d_model": 512, "num_layers": 6, "num_heads": 8, "d_ff": 2048}
T5_BASE = T5 | {"d_model": 768, "num_layers": 12, "num_heads": 12, "d_ff": 3072}
# The numbers that transformers prints for these models, and their papers round.
PUBLISHED = [
    (t.gpt2_config(), "CausalLM", 124_439_808),
    (t.gpt2_config(num_layers=48, dim=1600, num_heads=25), "CausalLM", 1_557_611_200),
    (t.bert_config(), "MaskedLM", 109_514_298),
    (t.albert_config(), "MaskedLM", 11_221_680),
    (
        T5 | {"d_model": 512, "num_layers": 6, "num_heads": 8, "d_ff": 2048},
        None,
        60_506_624,
    ),
    (
        T5 | {"d_model": 768, "num_layers": 12, "num_heads": 12, "d_ff": 3072},
        None,
        222_903_552,
    ),
    (LLAMA_7B, None, 6_738_415_616),
    (LLAMA_2_70B, None, 68_976_648_192),
    (LLAMA_3_8B, None, 8_030_261_248),
]


@pytest.mark.parametrize("source, kind, expected", PUBLISHED)
def test_parameters(source, kind, expected):
    assert estimate_cost(source, kind=kind).total_parameters == expected


def test_memory_larger_than_any_machine_here():
    cost = estimate_cost(LLAMA_2_70B, dtype="bfloat16", length=3000, new_tokens=1000)
    assert cost.serving.weights == 2 * 68_976_648_192
    # layers x keys and values x key-value heads x head width x slots x bytes
    assert cost.serving.cache == 80 * 2 * 8 * 128 * 4000 * 2
    assert cost.training.slots == 2 * cost.training.weights


def test_operations_near_the_rule_of_thumb():
    """6 a parameter and token in training, 2 in a forward pass (Kaplan et al., 2020,
    appendix B), for a short text and without the embedding's table."""
    cost = estimate_cost(LLAMA_2_70B, length=64)
    read = cost.total_parameters - cost.parameters["embeddings"]
    assert cost.total_forward_flops / (2 * read * 64) == pytest.approx(1, abs=0.01)
    assert cost.training_flops / (6 * read * 64) == pytest.approx(1, abs=0.01)
    assert cost.token_flops / (2 * read) == pytest.approx(1, abs=0.01)


def test_nothing_is_built(monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("a layer was made")

    monkeypatch.setattr(keras.layers.Layer, "__init__", refuse)
    estimate_cost(LLAMA_2_70B)
