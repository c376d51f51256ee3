"""GPT and GPT-2 (Radford et al., 2018 and 2019): matrices [in, out], three in one."""

from transformer_tf.checkpoints.families import bert
from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.fields import Fields, activation_name
from transformer_tf.checkpoints.names import (
    Names,
    fused_attention,
    layer_norm,
    linear,
)
from transformer_tf.checkpoints.published import Published
from transformer_tf.models import TransformerConfig

_BLOCKS: Names = {
    **fused_attention("h.{n}.attn.c_attn", "blocks.{n}.attention", "h.{n}.attn.c_proj"),
    **layer_norm("h.{n}.ln_1", "blocks.{n}.attention_norm"),
    **layer_norm("h.{n}.ln_2", "blocks.{n}.feed_forward_norm"),
    **linear("h.{n}.mlp.c_fc", "blocks.{n}.feed_forward.up_projection"),
    **linear("h.{n}.mlp.c_proj", "blocks.{n}.feed_forward.down_projection"),
}
_MASKS = r"h\.\d+\.attn\.(masked_)?bias"  # buffers of the causal mask


def decoder_classifier(scores: str) -> Head:
    """Scores for each class, without a bias, of the last token's vector."""
    return Head(
        {f"{scores}.weight": "projection.kernel"},
        {"pooling": "last", "activation": None, "use_bias": False},
        body="Decoder",
    )


_HEADS = {
    "Decoder": Head({}, prefix=""),
    "CausalLM": Head({"lm_head.weight": "table"}, tied=("lm_head.weight",)),
    "SequenceClassifier": decoder_classifier("score"),
}
_CONFIG = Fields(
    same={
        "vocabulary_size": "vocab_size",
        "dim": "n_embd",
        "num_layers": "n_layer",
        "num_heads": "n_head",
        "max_length": "n_positions",
        "epsilon": "layer_norm_epsilon",
        "dropout": "resid_pdrop",
        "attention_dropout": "attn_pdrop",
    },
    optional={"initializer_range": ("initializer_range", 0.02)},
    write=lambda config: {"embd_pdrop": config.dropout},
)


def _old_activation(c: Published) -> dict:
    # Here, and here alone, "gelu" means the approximation.
    name = {"gelu": "gelu_new"}.get(c["afn"], c["afn"])
    return {"activation": Published(c, afn=name).activation("afn")}


def _write_gpt(config: TransformerConfig) -> dict:
    if config.hidden_dim not in (None, 4 * config.dim):
        raise ValueError(
            f"GPT's feed-forward layers have 4 * dim features; got {config.hidden_dim} "
            f"for dim={config.dim}"
        )
    name = activation_name(config.activation)
    if name == "gelu":
        raise ValueError("GPT has the tanh approximation of gelu alone: gelu_tanh")
    return {"afn": {"gelu_new": "gelu"}.get(name, name), "embd_pdrop": config.dropout}


GPT = Family(
    model_type="openai-gpt",
    class_name="OpenAIGPT",
    config=_CONFIG.extended(read=_old_activation, write=_write_gpt),
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
    class_name="GPT2",
    config=_CONFIG.extended(
        optional={"hidden_dim": ("n_inner", None)},
        activation="activation_function",
        fixed={"norm_first": True},
        accepted={
            "scale_attn_weights": True,
            "scale_attn_by_inverse_layer_idx": False,
            "add_cross_attention": False,
        },
    ),
    body={
        "wte.weight": "embedding.tokens.table",
        "wpe.weight": "embedding.position_layer.table",
        **_BLOCKS,
        **layer_norm("ln_f", "final_norm"),
    },
    prefix="transformer.",
    heads={
        **_HEADS,
        "TokenClassifier": bert.TOKENS.changed(body="Decoder"),
        "SpanQuestionAnswerer": bert.SPANS.changed(body="Decoder"),
    },
    transposed=False,
    ignored=(_MASKS,),
)
