"""BART, mBART and Marian (https://arxiv.org/abs/1910.13461, 2001.08210, 1804.00344)."""

from typing import Any

from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.fields import Fields
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


CONFIG = Fields(
    same={
        "vocabulary_size": "vocab_size",
        "dim": "d_model",
        "num_layers": "encoder_layers",
        "num_decoder_layers": "decoder_layers",
        "num_heads": ("encoder_attention_heads", "decoder_attention_heads"),
        "hidden_dim": ("encoder_ffn_dim", "decoder_ffn_dim"),
        "max_length": "max_position_embeddings",
        "embedding_scale": "scale_embedding",
        "dropout": "dropout",
        "attention_dropout": "attention_dropout",
        "activation_dropout": "activation_dropout",
        "start_id": "decoder_start_token_id",
    },
    optional={"initializer_range": ("init_std", 0.02)},
    activation="activation_function",
    # No key of the configuration says epsilon.
    fixed={
        "position_offset": 2,
        "embedding_norm": True,
        "epsilon": 1e-5,
        "logit_bias": True,
    },
)
_SINUSOIDS = {"positions": "sinusoidal", "position_offset": 0, "embedding_norm": False}
_READS_BOTH: dict[str, Any] = {"body": "EncoderDecoder", "tied": _COPIES[:2]}


def end_classifier(last: str = "classification_head") -> Head:
    """Scores of what the decoder says of the source's last end token."""
    names = linear(f"{last}.dense", "summary.transform")
    names |= linear(f"{last}.out_proj", "projection")
    options = {"pooling": "last", "activation": "tanh"}
    return Head(names, options, **_READS_BOTH, said={"end_id": "eos_token_id"})


# A decoder alone is saved with the weights of a cross-attention that nothing reads.
_LONE_DECODER = Head(
    {"lm_head.weight": "table"},
    tied=("lm_head.weight",),
    part="decoder",
    body_names={"decoder.embed_tokens.weight": "decoder.embedding.tokens.table"},
    config=lambda config: {
        "num_layers": config.num_decoder_layers or config.num_layers,
        "num_decoder_layers": None,
        "logit_bias": False,
    },
    kept=(r"decoder\.layers\.\d+\.encoder_attn.*", "final_logits_bias"),
)


def _family(model_type: str, class_name: str, config: Fields, *ignored: str) -> Family:
    return Family(
        model_type=model_type,
        class_name=class_name,
        config=config,
        body={
            "shared.weight": "encoder.embedding.tokens.table",
            **_side("encoder"),
            **_side("decoder"),
        },
        prefix="model.",
        heads={
            "EncoderDecoder": Head({}, tied=_COPIES[:2], prefix=""),
            "Seq2SeqLM": Head(
                {"final_logits_bias": "bias"},
                tied=_COPIES,
                optional=("final_logits_bias",),
            ),
            "CausalLM": _LONE_DECODER,
            "SequenceClassifier": end_classifier(),
            "SpanQuestionAnswerer": Head(
                linear("qa_outputs", "projection"), **_READS_BOTH
            ),
        },
        ignored=(r"(encoder|decoder)\.version", *ignored),
        tables=_COPIES,
    )


BART = _family("bart", "Bart", CONFIG)
MBART = _family("mbart", "MBart", CONFIG.extended(fixed={"norm_first": True}))
MARIAN = _family(
    "marian",
    "Marian",
    CONFIG.extended(
        fixed=_SINUSOIDS, accepted={"share_encoder_decoder_embeddings": True}
    ),
    r"(encoder|decoder)\.embed_positions\.weight",
)
