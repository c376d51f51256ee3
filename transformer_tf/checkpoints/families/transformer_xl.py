"""Transformer-XL (https://arxiv.org/abs/1901.02860)."""

from transformer_tf.checkpoints.families import heads
from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.fields import Fields
from transformer_tf.checkpoints.names import (
    Names,
    fused_attention,
    layer_norm,
    linear,
)
from transformer_tf.checkpoints.published import Published
from transformer_tf.models import TransformerConfig

_LAYER, _OURS = "layers.{n}.dec_attn.", "blocks.{n}.attention"
_NO_LIMIT = 2**30
# {n} is a layer's number, or that of a cluster of tokens.
_BODY: Names = {
    **fused_attention(f"{_LAYER}qkv_net", _OURS, f"{_LAYER}o_net"),
    f"{_LAYER}r_net.weight": f"{_OURS}.distance_projection.kernel",
    f"{_LAYER}r_w_bias": f"{_OURS}.content_bias",
    f"{_LAYER}r_r_bias": f"{_OURS}.position_bias",
    "r_w_bias": "biases.0",
    "r_r_bias": "biases.1",
    **layer_norm(f"{_LAYER}layer_norm", "blocks.{n}.attention_norm"),
    **layer_norm("layers.{n}.pos_ff.layer_norm", "blocks.{n}.feed_forward_norm"),
    **linear("layers.{n}.pos_ff.CoreNet.0", "blocks.{n}.feed_forward.up_projection"),
    **linear("layers.{n}.pos_ff.CoreNet.3", "blocks.{n}.feed_forward.down_projection"),
    "word_emb.emb_layers.{n}.weight": "embedding.tokens.tables.{n}",
    "word_emb.emb_projs.{n}": "embedding.tokens.projections.{n}",
}
_HEAD: Names = {
    "crit.cluster_weight": "cluster_table",
    "crit.cluster_bias": "cluster_bias",
    "crit.out_layers.{n}.weight": "tables.{n}",
    "crit.out_layers.{n}.bias": "biases.{n}",
    "crit.out_projs.{n}": "projections.{n}",
}


def _read(c: Published) -> dict:
    c.refuse("tie_projs", [False, *[True] * len(c["cutoffs"])])
    return {
        "embedding_dim": None if c["d_embed"] == c["d_model"] else c["d_embed"],
        "max_distance": c["clamp_len"] if c["clamp_len"] > 0 else _NO_LIMIT,
        "window": c["mem_len"] if c["same_length"] else None,
        "shared_position_biases": not c["untie_r"],
    }


def _write(config: TransformerConfig) -> dict:
    if config.cutoffs is None or config.window not in (None, config.memory_length):
        raise ValueError(
            "Transformer-XL has cutoffs, and a window as long as its memory or none; "
            f"got {config.cutoffs} and {config.window}"
        )
    return {
        "d_embed": config.embedding_dim or config.dim,
        "cutoffs": list(config.cutoffs),
        "tie_projs": [False, *[True] * len(config.cutoffs)],
        "clamp_len": -1 if config.max_distance >= _NO_LIMIT else config.max_distance,
        "same_length": config.window is not None,
        "untie_r": not config.shared_position_biases,
    }


CONFIG = Fields(
    same={
        "vocabulary_size": "vocab_size",
        "dim": "d_model",
        "num_layers": "n_layer",
        "num_heads": "n_head",
        "head_dim": "d_head",
        "hidden_dim": "d_inner",
        "memory_length": "mem_len",
        "cutoffs": "cutoffs",
        "cutoff_divisor": "div_val",
        "norm_first": "pre_lnorm",
        "epsilon": "layer_norm_epsilon",
        "dropout": "dropout",
        "attention_dropout": "dropatt",
    },
    fixed={
        **{"positions": None, "zero_memory": True, "embedding_scale": True},
        "activation": "relu",
    },
    accepted={"attn_type": 0, "adaptive": True},
    read=_read,
    write=_write,
)
TRANSFO_XL = Family(
    model_type="transfo-xl",
    class_name="TransfoXL",
    config=CONFIG,
    body=_BODY,
    prefix="transformer.",
    heads={
        "TransformerXL": heads.BODY,
        "CausalLM": Head(_HEAD),
        "SequenceClassifier": heads.last_token("score").vary(body="TransformerXL"),
    },
    # A buffer, and what is tied: copies of the embedding's tables and projections, and
    # in each layer of the biases that all share.
    ignored=(
        r"pos_emb\.inv_freq",
        r"crit\.out_layers\.\d+\.weight",
        r"crit\.out_projs\.[1-9]\d*",
        r"layers\.\d+\.dec_attn\.r_[rw]_bias",
    ),
)
