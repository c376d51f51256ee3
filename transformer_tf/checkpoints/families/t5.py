"""T5 (https://arxiv.org/abs/1910.10683): 1.0, 1.1 (gated), flan, mT5."""

import dataclasses
from typing import Any

from transformer_tf.checkpoints.families import bert
from transformer_tf.checkpoints.families.bart import end_classifier
from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.fields import Fields, activation_name
from transformer_tf.checkpoints.names import Names, attention, linear, rms_norm
from transformer_tf.checkpoints.published import Published
from transformer_tf.models import TransformerConfig

_COPIES = (
    "encoder.embed_tokens.weight",
    "decoder.embed_tokens.weight",
    "lm_head.weight",
)


def _side(side: str) -> Names:
    layer, block = f"{side}.block.{{n}}.layer.", f"{side}.blocks.{{n}}."
    last = 1 if side == "encoder" else 2
    first = f"{side}.block.0.layer.0.SelfAttention"
    dense = f"{layer}{last}.DenseReluDense"
    names = {
        f"{first}.relative_attention_bias.weight": f"{side}.position_bias.table",
        **attention(f"{layer}0.SelfAttention.", f"{block}attention", *"qkvo"),
        **rms_norm(f"{layer}0.layer_norm", f"{block}attention_norm"),
        **linear(f"{dense}.wi", f"{block}feed_forward.up_projection"),
        **linear(f"{dense}.wi_0", f"{block}feed_forward.gate_projection"),
        **linear(f"{dense}.wi_1", f"{block}feed_forward.up_projection"),
        **linear(f"{dense}.wo", f"{block}feed_forward.down_projection"),
        **rms_norm(f"{layer}{last}.layer_norm", f"{block}feed_forward_norm"),
        **rms_norm(f"{side}.final_layer_norm", f"{side}.final_norm"),
    }
    if side == "decoder":
        cross, norm = f"{block}cross_attention", f"{block}cross_attention_norm"
        names |= attention(f"{layer}1.EncDecAttention.", cross, *"qkvo")
        names |= rms_norm(f"{layer}1.layer_norm", norm)
    return names


def _read(c: Published) -> dict:
    kind = c.get("feed_forward_proj", "relu")
    gated, name = kind.startswith("gated-"), kind.removeprefix("gated-")
    name = "gelu_new" if kind == "gated-gelu" else name
    tied = c.get("tie_word_embeddings", True)
    scaled = c.get("scale_decoder_outputs", tied)
    return {
        "activation": Published(c, feed_forward_proj=name).activation(
            "feed_forward_proj"
        ),
        "gated": gated,
        "logit_scale": c["d_model"] ** -0.5 if scaled else None,
    }


def _write(config: TransformerConfig) -> dict:
    name = activation_name(config.activation)
    gated = "gelu" if name == "gelu_new" else name
    kind = f"gated-{gated}" if config.gated else name
    return {
        "dense_act_fn": name,
        "feed_forward_proj": kind,
        "is_gated_act": config.gated,
        "scale_decoder_outputs": config.logit_scale is not None,
        "tie_word_embeddings": config.tied,
    }


_CONFIG = Fields(
    same={
        "vocabulary_size": "vocab_size",
        "dim": "d_model",
        "num_layers": "num_layers",
        "num_heads": "num_heads",
        "head_dim": "d_kv",
        "hidden_dim": "d_ff",
        "num_buckets": "relative_attention_num_buckets",
        "epsilon": "layer_norm_epsilon",
        "dropout": "dropout_rate",
        "start_id": "decoder_start_token_id",
    },
    optional={
        "num_decoder_layers": ("num_decoder_layers", None),
        "max_distance": ("relative_attention_max_distance", 128),
    },
    fixed={
        "positions": "relative",
        "norm": "rms",
        "norm_first": True,
        "attention_scale": 1.0,
        "use_bias": False,
    },
    read=_read,
    write=_write,
)
_READS_BOTH: dict[str, Any] = {"body": "EncoderDecoder", "tied": _COPIES[:2]}

T5 = Family(
    model_type="t5",
    class_name="T5",
    config=_CONFIG,
    body={
        "shared.weight": "encoder.embedding.tokens.table",
        **_side("encoder"),
        **_side("decoder"),
    },
    prefix="transformer.",
    heads={
        "EncoderDecoder": Head({}, tied=_COPIES[:2], prefix=""),
        "Seq2SeqLM": Head({"lm_head.weight": "table"}, tied=_COPIES, prefix=""),
        "Encoder": Head({}, tied=_COPIES[:1], part="encoder", prefix=""),
        "SequenceClassifier": end_classifier().changed(prefix="transformer."),
        "TokenClassifier": bert.TOKENS.changed(
            part="encoder", tied=_COPIES[:1], prefix="transformer."
        ),
        "SpanQuestionAnswerer": bert.SPANS.changed(prefix="", **_READS_BOTH),
    },
    tables=_COPIES[:2],
    absent=lambda config: (r".*\.wi\..*" if config.gated else r".*\.wi_[01]\..*",),
    # Files of 1.0 hold a bias for cross-attention that nothing reads.
    ignored=(r"decoder\.block\.0\..*EncDecAttention\.relative_attention_bias\.weight",),
)
MT5 = dataclasses.replace(T5, model_type="mt5", class_name="MT5")
