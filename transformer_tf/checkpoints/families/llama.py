"""Llama (https://arxiv.org/abs/2302.13971), SmolLM2 among its configurations."""

from transformer_tf.checkpoints.families import heads
from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.fields import Fields
from transformer_tf.checkpoints.names import block, linear, rms_norm
from transformer_tf.checkpoints.rotary import read_rotary, write_rotary

_CONFIG = Fields(
    same={
        "vocabulary_size": "vocab_size",
        "dim": "hidden_size",
        "num_layers": "num_hidden_layers",
        "num_heads": "num_attention_heads",
        "hidden_dim": "intermediate_size",
        "max_length": "max_position_embeddings",
        "epsilon": "rms_norm_eps",
    },
    optional={
        "num_key_value_heads": ("num_key_value_heads", None),
        "head_dim": ("head_dim", None),
        "attention_dropout": ("attention_dropout", 0.0),
        "initializer_range": ("initializer_range", 0.02),
        "use_bias": (("attention_bias", "mlp_bias"), False),
    },
    activation="hidden_act",
    fixed={
        **{"positions": "rotary", "gated": True, "norm": "rms", "norm_first": True},
        "dropout": 0.0,
    },
    read=read_rotary,
    write=lambda c: {**write_rotary(c), "tie_word_embeddings": c.tied},
)
LLAMA = Family(
    model_type="llama",
    class_name="Llama",
    config=_CONFIG,
    body={
        "embed_tokens.weight": "embedding.tokens.table",
        **block(
            *("layers.{n}.", "blocks.{n}."),
            [f"self_attn.{part}_proj" for part in "qkvo"],
            ("input_layernorm", "post_attention_layernorm"),
            [f"mlp.{part}_proj" for part in ("up", "down", "gate")],
            norm=rms_norm,
        ),
        **rms_norm("norm", "final_norm"),
    },
    prefix="model.",
    heads={
        **heads.of_decoder("score"),
        "TokenClassifier": Head(linear("score", "projection"), body="Decoder"),
        "SpanQuestionAnswerer": heads.SPANS.vary(body="Decoder", prefix="transformer."),
    },
    ignored=(r"layers\.\d+\.self_attn\.rotary_emb\.inv_freq",),
)
