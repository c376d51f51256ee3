"""BART (https://arxiv.org/abs/1910.13461): what other encoder-decoders vary."""

from transformer_tf.checkpoints.families import heads
from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.fields import Fields
from transformer_tf.checkpoints.names import Names, block, layer_norm

PARTS = ("q_proj", "k_proj", "v_proj", "out_proj")
COPIES = (*heads.COPIES, "lm_head.weight")


def _side(side: str) -> Names:
    own = [f"self_attn.{part}" for part in PARTS]
    cross = [f"encoder_attn.{part}" for part in PARTS if side == "decoder"]
    between = ["encoder_attn_layer_norm"] if cross else []
    norms = ["self_attn_layer_norm", *between, "final_layer_norm"]
    layer, ours = f"{side}.layers.{{n}}.", f"{side}.blocks.{{n}}."
    return {
        f"{side}.embed_positions.weight": f"{side}.embedding.position_layer.table",
        **layer_norm(f"{side}.layernorm_embedding", f"{side}.embedding.norm"),
        **layer_norm(f"{side}.layer_norm", f"{side}.final_norm"),
        **block(layer, ours, own, norms, ("fc1", "fc2"), cross=cross),
    }


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
        **{f"{of}dropout": f"{of}dropout" for of in ("", "attention_", "activation_")},
        "start_id": "decoder_start_token_id",
    },
    optional={"initializer_range": ("init_std", 0.02)},
    activation="activation_function",
    # No key of the configuration says epsilon.
    fixed={
        **{"position_offset": 2, "embedding_norm": True},
        **{"epsilon": 1e-5, "logit_bias": True},
    },
)
BART = Family(
    model_type="bart",
    class_name="Bart",
    config=CONFIG,
    body={"shared.weight": "encoder.embedding.tokens.table"}
    | _side("encoder")
    | _side("decoder"),
    prefix="model.",
    heads={
        "EncoderDecoder": Head({}, tied=heads.COPIES, prefix=""),
        "Seq2SeqLM": Head(
            {"final_logits_bias": "bias"}, tied=COPIES, optional=("final_logits_bias",)
        ),
        "CausalLM": heads.LONE_DECODER,
        "SequenceClassifier": heads.END,
        "SpanQuestionAnswerer": heads.SPANS_OF_BOTH,
    },
    ignored=(r"(encoder|decoder)\.version",),
    tables=COPIES,
)
