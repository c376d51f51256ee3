"""BART, mBART and Marian (https://arxiv.org/abs/1910.13461, 2001.08210, 1804.00344)."""

from transformer_tf.checkpoints.family import Family, Head, Published
from transformer_tf.checkpoints.names import Names, attention, layer_norm, linear

_PARTS = ("q_proj", "k_proj", "v_proj", "out_proj")
_COPIES = (
    "encoder.embed_tokens.weight",
    "decoder.embed_tokens.weight",
    "lm_head.weight",
)


def _side(side: str) -> Names:
    layer, block = f"{side}.layers.{{n}}.", f"{side}.blocks.{{n}}."
    names = {
        f"{side}.embed_positions.weight": f"{side}.embedding.position_layer.table",
        **layer_norm(f"{side}.layernorm_embedding", f"{side}.embedding.norm"),
        **layer_norm(f"{side}.layer_norm", f"{side}.final_norm"),
        **attention(f"{layer}self_attn.", f"{block}attention", *_PARTS),
        **layer_norm(f"{layer}self_attn_layer_norm", f"{block}attention_norm"),
        **linear(f"{layer}fc1", f"{block}feed_forward.up_projection"),
        **linear(f"{layer}fc2", f"{block}feed_forward.down_projection"),
        **layer_norm(f"{layer}final_layer_norm", f"{block}feed_forward_norm"),
    }
    if side == "decoder":
        cross, norm = f"{block}cross_attention", f"{block}cross_attention_norm"
        names |= attention(f"{layer}encoder_attn.", cross, *_PARTS)
        names |= layer_norm(f"{layer}encoder_attn_layer_norm", norm)
    return names


def bart_config(c: Published) -> dict:
    for of_decoder, of_encoder in (
        ("decoder_attention_heads", "encoder_attention_heads"),
        ("decoder_ffn_dim", "encoder_ffn_dim"),
    ):
        c.refuse(of_decoder, c[of_encoder])
    return {
        "vocabulary_size": c["vocab_size"],
        "dim": c["d_model"],
        "num_layers": c["encoder_layers"],
        "num_decoder_layers": c["decoder_layers"],
        "num_heads": c["encoder_attention_heads"],
        "hidden_dim": c["encoder_ffn_dim"],
        "max_length": c["max_position_embeddings"],
        "position_offset": 2,
        "embedding_norm": True,
        "embedding_scale": c["scale_embedding"],
        "activation": c.activation("activation_function"),
        "epsilon": 1e-5,  # fixed: no key of the configuration says it
        "dropout": c["dropout"],
        "attention_dropout": c["attention_dropout"],
        "activation_dropout": c["activation_dropout"],
        "logit_bias": True,
        "start_id": c["decoder_start_token_id"],
        "initializer_range": c.get("init_std", 0.02),
    }


def mbart_config(c: Published) -> dict:
    return bart_config(c) | {"norm_first": True}


def marian_config(c: Published) -> dict:
    c.refuse("share_encoder_decoder_embeddings", True)
    sinusoids = {"positions": "sinusoidal", "position_offset": 0}
    return bart_config(c) | sinusoids | {"embedding_norm": False}


def _family(model_type: str, config, *ignored: str) -> Family:
    return Family(
        model_type=model_type,
        config=config,
        body={
            "shared.weight": "encoder.embedding.tokens.table",
            **_side("encoder"),
            **_side("decoder"),
        },
        prefix="model.",
        heads={
            "EncoderDecoder": Head({}, tied=_COPIES[:2]),
            "Seq2SeqLM": Head(
                {"final_logits_bias": "bias", "lm_head.weight": "table"},
                tied=_COPIES,
                optional=("final_logits_bias",),
            ),
        },
        ignored=(r"(encoder|decoder)\.version", *ignored),
    )


BART = _family("bart", bart_config)
MBART = _family("mbart", mbart_config)
MARIAN = _family("marian", marian_config, r"(encoder|decoder)\.embed_positions\.weight")
