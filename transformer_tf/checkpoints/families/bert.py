"""BERT (https://arxiv.org/abs/1810.04805): what the other encoders vary."""

from transformer_tf.checkpoints.families import heads
from transformer_tf.checkpoints.family import Family
from transformer_tf.checkpoints.fields import Fields
from transformer_tf.checkpoints.names import Names, block, layer_norm

EMBEDDINGS: Names = {
    "embeddings.word_embeddings.weight": "embedding.tokens.table",
    "embeddings.position_embeddings.weight": "embedding.position_layer.table",
    "embeddings.token_type_embeddings.weight": "embedding.type_embedding.table",
    **layer_norm("embeddings.LayerNorm", "embedding.norm"),
}
LAYER, _SELF = "encoder.layer.{n}.", "attention.self."
POSITION_IDS = r"embeddings\.(position|token_type)_ids"  # a buffer of old files
CONFIG = Fields(
    same={
        "vocabulary_size": "vocab_size",
        "dim": "hidden_size",
        "num_layers": "num_hidden_layers",
        "num_heads": "num_attention_heads",
        "hidden_dim": "intermediate_size",
        "max_length": "max_position_embeddings",
        "num_token_types": "type_vocab_size",
        "epsilon": "layer_norm_eps",
        "dropout": "hidden_dropout_prob",
        "attention_dropout": "attention_probs_dropout_prob",
    },
    optional={"initializer_range": ("initializer_range", 0.02)},
    activation="hidden_act",
    fixed={"embedding_norm": True, "logit_bias": True},
    accepted={"position_embedding_type": "absolute", "add_cross_attention": False},
)
_SCORES, _PAIR = "cls.predictions.", "cls.seq_relationship"
_MASKED = heads.masked_lm(
    *(f"{_SCORES}transform.dense", f"{_SCORES}transform.LayerNorm", f"{_SCORES}bias"),
    f"{_SCORES}decoder.weight",
)
_NEXT = heads.classifier("pooler.dense", _PAIR, "tanh")
BERT = Family(
    model_type="bert",
    class_name="Bert",
    config=CONFIG,
    body=EMBEDDINGS
    | block(
        *(LAYER, "blocks.{n}."),
        (f"{_SELF}query", f"{_SELF}key", f"{_SELF}value", "attention.output.dense"),
        ("attention.output.LayerNorm", "output.LayerNorm"),
        ("intermediate.dense", "output.dense"),
    ),
    prefix="bert.",
    heads={
        **heads.of_encoder(heads.classifier("pooler.dense", "classifier", "tanh")),
        "MaskedLM": _MASKED,
        "CausalLM": heads.causal(_MASKED),
        "Pretraining": heads.pretraining(_MASKED, "pooler.dense", _PAIR),
        "NextSentence": _NEXT.vary(
            kind="SequenceClassifier", options={"activation": "tanh", "num_classes": 2}
        ),
    },
    ignored=(POSITION_IDS, r"cls\.predictions\.decoder\.bias"),
)
