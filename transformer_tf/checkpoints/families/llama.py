"""Llama (https://arxiv.org/abs/2302.13971), SmolLM2 among its configurations."""

from transformer_tf.checkpoints.families import bert
from transformer_tf.checkpoints.families.gpt import decoder_classifier
from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.fields import Fields
from transformer_tf.checkpoints.names import attention, linear, rms_norm
from transformer_tf.checkpoints.published import Published
from transformer_tf.models import TransformerConfig


def _read(c: Published) -> dict:
    biased = c.get("attention_bias", False)
    c.refuse("mlp_bias", biased)
    rope = c.get("rope_parameters") or c.get("rope_scaling") or {}
    scaling = {k: v for k, v in rope.items() if k != "rope_theta"}
    plain = scaling.get("rope_type", scaling.get("type", "default")) == "default"
    return {
        "rotary_base": c.get("rope_theta") or rope.get("rope_theta", 10_000.0),
        "rotary_scaling": None if plain else scaling,
        "use_bias": biased,
    }


def _write(config: TransformerConfig) -> dict:
    rope = {"rope_theta": float(config.rotary_base), "rope_type": "default"}
    return {
        "attention_bias": config.use_bias,
        "mlp_bias": config.use_bias,
        "rope_parameters": rope | dict(config.rotary_scaling or {}),
        "tie_word_embeddings": config.tied,
    }


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
    },
    activation="hidden_act",
    fixed={
        "positions": "rotary",
        "gated": True,
        "norm": "rms",
        "norm_first": True,
        "dropout": 0.0,
    },
    read=_read,
    write=_write,
)

LLAMA = Family(
    model_type="llama",
    class_name="Llama",
    config=_CONFIG,
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
        "Decoder": Head({}, prefix=""),
        "CausalLM": Head({"lm_head.weight": "table"}, tied=("lm_head.weight",)),
        "SequenceClassifier": decoder_classifier("score"),
        "TokenClassifier": Head(linear("score", "projection"), body="Decoder"),
        "SpanQuestionAnswerer": bert.SPANS.changed(
            body="Decoder", prefix="transformer."
        ),
    },
    ignored=(r"layers\.\d+\.self_attn\.rotary_emb\.inv_freq",),
)
