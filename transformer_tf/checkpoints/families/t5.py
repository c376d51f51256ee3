"""T5 (https://arxiv.org/abs/1910.10683): 1.0, 1.1 (gated), flan, mT5."""

import dataclasses

from transformer_tf.checkpoints.families import heads
from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.fields import Fields, activation_name
from transformer_tf.checkpoints.names import Names, block, linear, rms_norm
from transformer_tf.checkpoints.published import Published, feed_forward_name
from transformer_tf.models import TransformerConfig

_COPIES = (*heads.COPIES, "lm_head.weight")


def _side(side: str) -> Names:
    own = [f"0.SelfAttention.{part}" for part in "qkvo"]
    cross = [f"1.EncDecAttention.{part}" for part in "qkvo" if side == "decoder"]
    last = 2 if cross else 1
    layer, ours = f"{side}.block.{{n}}.layer.", f"{side}.blocks.{{n}}."
    first = f"{side}.block.0.layer.0.SelfAttention"
    dense = [f"{last}.DenseReluDense.{part}" for part in ("wi_1", "wo", "wi_0")]
    norms = [f"{number}.layer_norm" for number in range(last + 1)]
    up = f"{layer}{last}.DenseReluDense.wi"
    return {
        f"{first}.relative_attention_bias.weight": f"{side}.position_bias.table",
        **linear(up, f"{ours}feed_forward.up_projection"),
        **block(layer, ours, own, norms, dense, cross=cross, norm=rms_norm),
        **rms_norm(f"{side}.final_layer_norm", f"{side}.final_norm"),
    }


def _read(c: Published) -> dict:
    activation, gated = c.feed_forward("feed_forward_proj")
    scaled = c.get("scale_decoder_outputs", c.get("tie_word_embeddings", True))
    scale = c["d_model"] ** -0.5 if scaled else None
    return {"activation": activation, "gated": gated, "logit_scale": scale}


def _write(config: TransformerConfig) -> dict:
    name = activation_name(config.activation)
    return {
        "dense_act_fn": name,
        "feed_forward_proj": feed_forward_name(name, config.gated),
        "is_gated_act": config.gated,
        "scale_decoder_outputs": config.logit_scale is not None,
        "tie_word_embeddings": config.tied,
    }


_CONFIG = Fields(
    same={
        "vocabulary_size": "vocab_size",
        "dim": "d_model",
        **{name: name for name in ("num_layers", "num_heads")},
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
        **{"positions": "relative", "norm": "rms", "norm_first": True},
        **{"attention_scale": 1.0, "use_bias": False},
    },
    read=_read,
    write=_write,
)
T5 = Family(
    model_type="t5",
    class_name="T5",
    config=_CONFIG,
    body={"shared.weight": "encoder.embedding.tokens.table"}
    | _side("encoder")
    | _side("decoder"),
    prefix="transformer.",
    heads={
        "EncoderDecoder": Head({}, tied=heads.COPIES, prefix=""),
        "Seq2SeqLM": Head({"lm_head.weight": "table"}, tied=_COPIES, prefix=""),
        "Encoder": Head({}, tied=_COPIES[:1], part="encoder", prefix=""),
        "SequenceClassifier": heads.END,
        "TokenClassifier": heads.TOKENS.vary(part="encoder", tied=_COPIES[:1]),
        "SpanQuestionAnswerer": heads.SPANS_OF_BOTH.vary(prefix=""),
    },
    tables=heads.COPIES,
    absent=lambda config: (r".*\.wi\..*" if config.gated else r".*\.wi_[01]\..*",),
    # Files of 1.0 hold a bias for cross-attention that nothing reads.
    ignored=(r"decoder\.block\.0\..*EncDecAttention\.relative_attention_bias\.weight",),
)
MT5 = dataclasses.replace(T5, model_type="mt5", class_name="MT5")
