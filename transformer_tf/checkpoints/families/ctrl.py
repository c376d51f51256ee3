"""CTRL (https://arxiv.org/abs/1909.05858)."""

from transformer_tf.checkpoints.family import Family, Head, Published
from transformer_tf.checkpoints.names import attention, layer_norm, linear


def config(c: Published) -> dict:
    return {
        "vocabulary_size": c["vocab_size"],
        "dim": c["n_embd"],
        "num_layers": c["n_layer"],
        "num_heads": c["n_head"],
        "hidden_dim": c["dff"],
        "max_length": c["n_positions"],
        "positions": "sinusoidal",
        "embedding_scale": True,
        "activation": "relu",
        "norm_first": True,
        "epsilon": c["layer_norm_epsilon"],
        "dropout": c["resid_pdrop"],
        "logit_bias": True,
        "initializer_range": c.get("initializer_range", 0.02),
    }


CTRL = Family(
    model_type="ctrl",
    config=config,
    body={
        "w.weight": "embedding.tokens.table",
        **attention(
            "h.{n}.multi_head_attention.",
            "blocks.{n}.attention",
            *("Wq", "Wk", "Wv", "dense"),
        ),
        **layer_norm("h.{n}.layernorm1", "blocks.{n}.attention_norm"),
        **layer_norm("h.{n}.layernorm2", "blocks.{n}.feed_forward_norm"),
        **linear("h.{n}.ffn.0", "blocks.{n}.feed_forward.up_projection"),
        **linear("h.{n}.ffn.2", "blocks.{n}.feed_forward.down_projection"),
        **layer_norm("layernorm", "final_norm"),
    },
    prefix="transformer.",
    heads={
        "Decoder": Head({}),
        "CausalLM": Head(
            {"lm_head.bias": "bias", "lm_head.weight": "table"},
            tied=("lm_head.weight",),
            optional=("lm_head.bias",),
        ),
    },
)
