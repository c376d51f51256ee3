"""The families that KerasHub has too, and what its backbones say of themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from transformer_tf.checkpoints.keras_hub import layers
from transformer_tf.checkpoints.keras_hub.preset import Keys, Preset

_SIZES: Keys = {
    "vocabulary_size": "vocab_size",
    "num_layers": "num_hidden_layers",
    "num_heads": "num_attention_heads",
    "hidden_dim": "hidden_size",
    "intermediate_dim": "intermediate_size",
    "max_sequence_length": "max_position_embeddings",
    "dropout": ("hidden_dropout_prob", "attention_probs_dropout_prob"),
}
_TYPED: Keys = {**_SIZES, "num_segments": "type_vocab_size"}
_OF_ENCODERS = ("MaskedLM", "TextClassifier")
_APPROXIMATE = {"hidden_act": "gelu_new", "layer_norm_eps": 1e-12, "pad_token_id": 0}


def _read_rotary(arguments: Mapping[str, Any]) -> dict[str, Any]:
    rope: dict[str, Any] = {"rope_theta": float(arguments["rope_max_wavelength"])}
    linear = arguments.get("rope_position_scaling_factor", 1.0)
    if linear != 1.0:
        raise ValueError(
            f"config.json asks for rope_position_scaling_factor={linear!r}, which "
            "KerasHub itself does not follow; 1.0 is supported"
        )
    factor = arguments.get("rope_frequency_adjustment_factor")
    if factor is not None:
        rope |= {
            "rope_type": "llama3",
            "factor": factor,
            "low_freq_factor": arguments["rope_low_freq_factor"],
            "high_freq_factor": arguments["rope_high_freq_factor"],
            "original_max_position_embeddings": arguments[
                "rope_pretraining_sequence_length"
            ],
        }
    return {"rope_parameters": rope}


def _write_rotary(published: Mapping[str, Any]) -> dict[str, Any]:
    rope = published["rope_parameters"]
    llama3 = rope.get("rope_type") == "llama3"
    return {
        "rope_max_wavelength": rope["rope_theta"],
        "rope_position_scaling_factor": 1.0,
        "rope_frequency_adjustment_factor": rope["factor"] if llama3 else None,
        "rope_low_freq_factor": rope.get("low_freq_factor"),
        "rope_high_freq_factor": rope.get("high_freq_factor"),
        "rope_pretraining_sequence_length": rope.get(
            "original_max_position_embeddings"
        ),
    }


def _read_t5(arguments: Mapping[str, Any]) -> dict[str, Any]:
    activation = arguments["activation"]
    name = activation["config"] if isinstance(activation, dict) else str(activation)
    name = name.removeprefix("keras_hub>")
    name = {"gelu_approximate": "gelu_new", "gelu": "gelu_python"}.get(name, name)
    gated = arguments["use_gated_activation"]
    tied = arguments.get("tie_embedding_weights", True)
    return {
        "feed_forward_proj": f"gated-{name}" if gated else name,
        "num_decoder_layers": arguments["num_layers"],
        "tie_word_embeddings": tied,
        "scale_decoder_outputs": tied,
    }


def _write_t5(published: Mapping[str, Any]) -> dict[str, Any]:
    name = published["dense_act_fn"]
    return {
        "activation": {"gelu_new": _GELU_APPROXIMATE}.get(name, name),
        "use_gated_activation": published["is_gated_act"],
        "tie_embedding_weights": published["tie_word_embeddings"],
    }


_GELU_APPROXIMATE = {
    "module": "builtins",
    "class_name": "function",
    "config": "keras_hub>gelu_approximate",
    "registered_name": "function",
}


def _llama_preset(name: str, **changes: Any) -> Preset:
    return Preset(
        name,
        "llama",
        keys={
            "vocabulary_size": "vocab_size",
            "num_layers": "num_hidden_layers",
            "num_query_heads": "num_attention_heads",
            "num_key_value_heads": "num_key_value_heads",
            "hidden_dim": "hidden_size",
            "intermediate_dim": "intermediate_size",
            "layer_norm_epsilon": "rms_norm_eps",
        },
        layers=layers.llama,
        tasks=("CausalLM",),
        # Its positions have no end.
        fixed={"hidden_act": "silu", "max_position_embeddings": None},
        read=_read_rotary,
        write=lambda published: {**_write_rotary(published), "dropout": 0},
        **changes,
    )


def _roberta(name: str, model_type: str) -> Preset:
    return Preset(
        name,
        model_type,
        keys={k: v for k, v in _SIZES.items() if k != "max_sequence_length"},
        layers=layers.without_types,
        tasks=_OF_ENCODERS,
        fixed={
            "hidden_act": "gelu",
            "layer_norm_eps": 1e-5,
            "pad_token_id": 1,
            "type_vocab_size": 1,
        },
        # The published tables begin with two rows that no token reads.
        read=lambda arguments: {
            "max_position_embeddings": arguments["max_sequence_length"] + 2
        },
        write=lambda published: {
            "max_sequence_length": published["max_position_embeddings"] - 2
        },
        unread_rows=2,
    )


_BERT = Preset(
    "Bert",
    "bert",
    keys=_TYPED,
    layers=lambda config: layers.with_types(config, False, config.num_layers),
    fixed=_APPROXIMATE,
    tasks=_OF_ENCODERS,
    head_activation="gelu",
)
_GPT2_KEYS: Keys = {
    "vocabulary_size": "vocab_size",
    "num_layers": "n_layer",
    "num_heads": "n_head",
    "hidden_dim": "n_embd",
    "intermediate_dim": "n_inner",
    "max_sequence_length": "n_positions",
    "dropout": ("resid_pdrop", "attn_pdrop", "embd_pdrop"),
}
_BART_KEYS: Keys = {
    "vocabulary_size": "vocab_size",
    "num_layers": ("encoder_layers", "decoder_layers"),
    "num_heads": ("encoder_attention_heads", "decoder_attention_heads"),
    "hidden_dim": "d_model",
    "intermediate_dim": ("encoder_ffn_dim", "decoder_ffn_dim"),
    "max_sequence_length": "max_position_embeddings",
    "dropout": ("dropout", "attention_dropout"),
}
_T5_KEYS: Keys = {
    "vocabulary_size": "vocab_size",
    "num_layers": "num_layers",
    "num_heads": "num_heads",
    "hidden_dim": "d_model",
    "intermediate_dim": "d_ff",
    "key_value_dim": "d_kv",
    "dropout": "dropout_rate",
    "layer_norm_epsilon": "layer_norm_epsilon",
}
PRESETS = (
    _BERT,
    dataclasses.replace(
        _BERT,
        name="Albert",
        model_type="albert",
        keys={
            **_TYPED,
            "embedding_dim": "embedding_size",
            "num_groups": "num_hidden_groups",
            "num_inner_repetitions": "inner_group_num",
        },
        layers=lambda config: layers.with_types(config, True, 1),
        head_activation="",
    ),
    Preset(
        "Electra",
        "electra",
        keys={
            **{k: v for k, v in _TYPED.items() if k != "vocabulary_size"},
            "vocab_size": "vocab_size",
            "embedding_dim": "embedding_size",
        },
        layers=lambda config: layers.bodies_of(
            layers.with_types(config, bool(config.embedding_dim), config.num_layers)
        ),
        fixed=_APPROXIMATE,
    ),
    Preset(
        "DistilBert",
        "distilbert",
        keys={
            "vocabulary_size": "vocab_size",
            "num_layers": "n_layers",
            "num_heads": "n_heads",
            "hidden_dim": "dim",
            "intermediate_dim": "hidden_dim",
            "dropout": ("dropout", "attention_dropout"),
            "max_sequence_length": "max_position_embeddings",
        },
        layers=layers.without_types,
        tasks=_OF_ENCODERS,
        fixed={"activation": "gelu", "pad_token_id": 0},
    ),
    _roberta("Roberta", "roberta"),
    _roberta("XLMRoberta", "xlm-roberta"),
    Preset(
        "GPT2",
        "gpt2",
        keys=_GPT2_KEYS,
        layers=layers.gpt2,
        tasks=("CausalLM",),
        fixed={"activation_function": "gelu_new", "layer_norm_epsilon": 1e-5},
    ),
    Preset(
        "Bart",
        "bart",
        keys=_BART_KEYS,
        layers=layers.bart,
        tasks=("Seq2SeqLM",),
        fixed={
            "activation_function": "gelu",
            "activation_dropout": 0.0,
            "scale_embedding": False,
            **{"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2},
            "decoder_start_token_id": 2,
        },
        unread_rows=2,
    ),
    Preset(
        "T5",
        "t5",
        keys=_T5_KEYS,
        layers=layers.t5,
        tasks=("Seq2SeqLM",),
        fixed={
            "relative_attention_num_buckets": 32,
            "relative_attention_max_distance": 128,
            **{"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0},
        },
        read=_read_t5,
        write=_write_t5,
    ),
    _llama_preset(
        "Llama3", stands_for=lambda p: p["rope_parameters"]["rope_type"] == "llama3"
    ),
    _llama_preset("Llama"),
)
BY_NAME: dict[str, Preset] = {preset.name: preset for preset in PRESETS}
