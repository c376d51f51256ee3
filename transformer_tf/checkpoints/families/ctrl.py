"""CTRL (https://arxiv.org/abs/1909.05858)."""

from transformer_tf.checkpoints.families import heads
from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.fields import Fields
from transformer_tf.checkpoints.names import block, layer_norm

_CONFIG = Fields(
    same={
        "vocabulary_size": "vocab_size",
        "dim": "n_embd",
        "num_layers": "n_layer",
        "num_heads": "n_head",
        "hidden_dim": "dff",
        "max_length": "n_positions",
        "epsilon": "layer_norm_epsilon",
        "dropout": "resid_pdrop",
    },
    optional={"initializer_range": ("initializer_range", 0.02)},
    fixed={
        "positions": "sinusoidal",
        "embedding_scale": True,
        "activation": "relu",
        "norm_first": True,
        "logit_bias": True,
    },
    write=lambda config: {"embd_pdrop": config.dropout},
)

CTRL = Family(
    model_type="ctrl",
    class_name="CTRL",
    config=_CONFIG,
    body={
        "w.weight": "embedding.tokens.table",
        **block(
            *("h.{n}.", "blocks.{n}."),
            [f"multi_head_attention.{part}" for part in ("Wq", "Wk", "Wv", "dense")],
            ("layernorm1", "layernorm2"),
            ("ffn.0", "ffn.2"),
        ),
        **layer_norm("layernorm", "final_norm"),
    },
    prefix="transformer.",
    heads={
        "Decoder": heads.BODY,
        "CausalLM": Head(
            {"lm_head.bias": "bias", "lm_head.weight": "table"},
            tied=("lm_head.weight",),
            optional=("lm_head.bias",),
        ),
        "SequenceClassifier": heads.last_token("classifier"),
    },
)
