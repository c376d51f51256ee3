"""T5 (https://arxiv.org/abs/1910.10683): 1.0, 1.1 (gated), flan, mT5."""

import dataclasses

from transformer_tf.checkpoints.family import Family, Head, Published
from transformer_tf.checkpoints.names import Names, attention, linear, rms_norm

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


def config(c: Published) -> dict:
    kind = c.get("feed_forward_proj", "relu")
    gated, name = kind.startswith("gated-"), kind.removeprefix("gated-")
    name = "gelu_new" if kind == "gated-gelu" else name
    tied = c.get("tie_word_embeddings", True)
    scaled = c.get("scale_decoder_outputs", tied)
    return {
        "vocabulary_size": c["vocab_size"],
        "dim": c["d_model"],
        "num_layers": c["num_layers"],
        "num_decoder_layers": c.get("num_decoder_layers"),
        "num_heads": c["num_heads"],
        "head_dim": c["d_kv"],
        "hidden_dim": c["d_ff"],
        "positions": "relative",
        "num_buckets": c["relative_attention_num_buckets"],
        "max_distance": c.get("relative_attention_max_distance", 128),
        "activation": Published(c, feed_forward_proj=name).activation(
            "feed_forward_proj"
        ),
        "gated": gated,
        "norm": "rms",
        "norm_first": True,
        "epsilon": c["layer_norm_epsilon"],
        "dropout": c["dropout_rate"],
        "attention_scale": 1.0,
        "use_bias": False,
        "logit_scale": c["d_model"] ** -0.5 if scaled else None,
        "start_id": c["decoder_start_token_id"],
    }


T5 = Family(
    model_type="t5",
    config=config,
    body={
        "shared.weight": "encoder.embedding.tokens.table",
        **_side("encoder"),
        **_side("decoder"),
    },
    prefix="",
    heads={
        "EncoderDecoder": Head({}, tied=_COPIES[:2]),
        "Seq2SeqLM": Head({"lm_head.weight": "table"}, tied=_COPIES),
    },
    # Files of 1.0 hold a bias for cross-attention that nothing reads.
    ignored=(r"decoder\.block\.0\..*EncDecAttention\.relative_attention_bias\.weight",),
)
MT5 = dataclasses.replace(T5, model_type="mt5")
