"""CTRL (https://arxiv.org/abs/1909.05858)."""

from transformer_tf.checkpoints.families.gpt import decoder_classifier
from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.fields import Fields
from transformer_tf.checkpoints.names import attention, layer_norm, linear

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
        "Decoder": Head({}, prefix=""),
        "CausalLM": Head(
            {"lm_head.bias": "bias", "lm_head.weight": "table"},
            tied=("lm_head.weight",),
            optional=("lm_head.bias",),
        ),
        "SequenceClassifier": decoder_classifier("classifier"),
    },
)
