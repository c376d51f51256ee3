"""ALBERT (https://arxiv.org/abs/1909.11942): one block used many times."""

from transformer_tf.checkpoints.families import bert
from transformer_tf.checkpoints.family import Family
from transformer_tf.checkpoints.names import attention, layer_norm, linear

_LAYER = "encoder.albert_layer_groups.{n}.albert_layers.0."
_POOLED = bert.classifier("pooler", "classifier", "tanh")
_MASKED = bert.masked_lm(
    *("predictions.dense", "predictions.LayerNorm", "predictions.bias"),
    "predictions.decoder.weight",
)
_CONFIG = bert.CONFIG.extended(
    same={"embedding_dim": "embedding_size"},
    fixed={"shared_layers": True},
    accepted={"num_hidden_groups": 1, "inner_group_num": 1},
)

ALBERT = Family(
    model_type="albert",
    class_name="Albert",
    config=_CONFIG,
    body={
        **bert.EMBEDDINGS,
        **linear("encoder.embedding_hidden_mapping_in", "embedding.projection"),
        **attention(
            f"{_LAYER}attention.",
            "blocks.{n}.attention",
            *("query", "key", "value", "dense"),
        ),
        **layer_norm(f"{_LAYER}attention.LayerNorm", "blocks.{n}.attention_norm"),
        **linear(f"{_LAYER}ffn", "blocks.{n}.feed_forward.up_projection"),
        **linear(f"{_LAYER}ffn_output", "blocks.{n}.feed_forward.down_projection"),
        **layer_norm(f"{_LAYER}full_layer_layer_norm", "blocks.{n}.feed_forward_norm"),
    },
    prefix="albert.",
    heads={
        **bert.SHARED,
        "MaskedLM": _MASKED,
        "Pretraining": bert.pretraining(_MASKED, "pooler", "sop_classifier.classifier"),
        "SequenceClassifier": _POOLED,
        "MultipleChoice": _POOLED,
    },
    ignored=(bert.POSITION_IDS, r"predictions\.decoder\.bias"),
)
