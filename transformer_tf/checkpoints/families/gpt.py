"""GPT and GPT-2 (Radford et al., 2018 and 2019): matrices [in, out], three in one."""

from transformer_tf.checkpoints.family import Family, Head, Published
from transformer_tf.checkpoints.names import (
    Names,
    fused_attention,
    layer_norm,
    linear,
)

_BLOCKS: Names = {
    **fused_attention("h.{n}.attn.c_attn", "blocks.{n}.attention", "h.{n}.attn.c_proj"),
    **layer_norm("h.{n}.ln_1", "blocks.{n}.attention_norm"),
    **layer_norm("h.{n}.ln_2", "blocks.{n}.feed_forward_norm"),
    **linear("h.{n}.mlp.c_fc", "blocks.{n}.feed_forward.up_projection"),
    **linear("h.{n}.mlp.c_proj", "blocks.{n}.feed_forward.down_projection"),
}
_MASKS = r"h\.\d+\.attn\.(masked_)?bias"  # buffers of the causal mask
_HEADS = {
    "Decoder": Head({}),
    "CausalLM": Head({"lm_head.weight": "table"}, tied=("lm_head.weight",)),
}


def _sizes(c: Published) -> dict:
    return {
        "vocabulary_size": c["vocab_size"],
        "dim": c["n_embd"],
        "num_layers": c["n_layer"],
        "num_heads": c["n_head"],
        "max_length": c["n_positions"],
        "epsilon": c["layer_norm_epsilon"],
        "dropout": c["resid_pdrop"],
        "attention_dropout": c["attn_pdrop"],
        "initializer_range": c.get("initializer_range", 0.02),
    }


def gpt_config(c: Published) -> dict:
    # Here, and here alone, "gelu" means the approximation.
    name = {"gelu": "gelu_new"}.get(c["afn"], c["afn"])
    return _sizes(c) | {"activation": Published(c, afn=name).activation("afn")}


def gpt2_config(c: Published) -> dict:
    c.refuse("scale_attn_weights", True)
    c.refuse("scale_attn_by_inverse_layer_idx", False)
    c.refuse("add_cross_attention", False)
    return _sizes(c) | {
        "hidden_dim": c.get("n_inner"),
        "activation": c.activation("activation_function"),
        "norm_first": True,
    }


GPT = Family(
    model_type="openai-gpt",
    config=gpt_config,
    body={
        "tokens_embed.weight": "embedding.tokens.table",
        "positions_embed.weight": "embedding.position_layer.table",
        **_BLOCKS,
    },
    prefix="transformer.",
    heads=_HEADS,
    transposed=False,
    ignored=(_MASKS, "position_ids"),
)
GPT2 = Family(
    model_type="gpt2",
    config=gpt2_config,
    body={
        "wte.weight": "embedding.tokens.table",
        "wpe.weight": "embedding.position_layer.table",
        **_BLOCKS,
        **layer_norm("ln_f", "final_norm"),
    },
    prefix="transformer.",
    heads=_HEADS,
    transposed=False,
    ignored=(_MASKS,),
)
