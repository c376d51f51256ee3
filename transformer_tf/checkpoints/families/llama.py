"""Llama (https://arxiv.org/abs/2302.13971), SmolLM2 among its configurations."""

from transformer_tf.checkpoints.family import Family, Head, Published
from transformer_tf.checkpoints.names import attention, linear, rms_norm


def config(c: Published) -> dict:
    biased = c.get("attention_bias", False)
    c.refuse("mlp_bias", biased)
    rope = c.get("rope_parameters") or c.get("rope_scaling") or {}
    scaling = {k: v for k, v in rope.items() if k != "rope_theta"}
    plain = scaling.get("rope_type", scaling.get("type", "default")) == "default"
    return {
        "vocabulary_size": c["vocab_size"],
        "dim": c["hidden_size"],
        "num_layers": c["num_hidden_layers"],
        "num_heads": c["num_attention_heads"],
        "num_key_value_heads": c.get("num_key_value_heads"),
        "head_dim": c.get("head_dim"),
        "hidden_dim": c["intermediate_size"],
        "max_length": c["max_position_embeddings"],
        "positions": "rotary",
        "rotary_base": c.get("rope_theta") or rope.get("rope_theta", 10_000.0),
        "rotary_scaling": None if plain else scaling,
        "activation": c.activation("hidden_act"),
        "gated": True,
        "norm": "rms",
        "norm_first": True,
        "epsilon": c["rms_norm_eps"],
        "dropout": 0.0,
        "attention_dropout": c.get("attention_dropout", 0.0),
        "use_bias": biased,
        "initializer_range": c.get("initializer_range", 0.02),
    }


LLAMA = Family(
    model_type="llama",
    config=config,
    body={
        "embed_tokens.weight": "embedding.tokens.table",
        **attention(
            "layers.{n}.self_attn.",
            "blocks.{n}.attention",
            *("q_proj", "k_proj", "v_proj", "o_proj"),
        ),
        **rms_norm("layers.{n}.input_layernorm", "blocks.{n}.attention_norm"),
        **rms_norm(
            "layers.{n}.post_attention_layernorm", "blocks.{n}.feed_forward_norm"
        ),
        **linear("layers.{n}.mlp.gate_proj", "blocks.{n}.feed_forward.gate_projection"),
        **linear("layers.{n}.mlp.up_proj", "blocks.{n}.feed_forward.up_projection"),
        **linear("layers.{n}.mlp.down_proj", "blocks.{n}.feed_forward.down_projection"),
        **rms_norm("norm", "final_norm"),
    },
    prefix="model.",
    heads={
        "Decoder": Head({}),
        "CausalLM": Head({"lm_head.weight": "table"}, tied=("lm_head.weight",)),
    },
    ignored=(r"layers\.\d+\.self_attn\.rotary_emb\.inv_freq",),
)
