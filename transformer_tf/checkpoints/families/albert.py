"""ALBERT (https://arxiv.org/abs/1909.11942): one block used many times."""

from transformer_tf.checkpoints.families import bert, heads
from transformer_tf.checkpoints.family import Family
from transformer_tf.checkpoints.names import block, linear

_MASKED = heads.masked_lm(
    *("predictions.dense", "predictions.LayerNorm", "predictions.bias"),
    "predictions.decoder.weight",
)
_CONFIG = bert.CONFIG.extend(
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
        **block(
            *("encoder.albert_layer_groups.{n}.albert_layers.0.", "blocks.{n}."),
            [f"attention.{part}" for part in ("query", "key", "value", "dense")],
            ("attention.LayerNorm", "full_layer_layer_norm"),
            ("ffn", "ffn_output"),
        ),
    },
    prefix="albert.",
    heads={
        **heads.of_encoder(heads.classifier("pooler", "classifier", "tanh")),
        "MaskedLM": _MASKED,
        "Pretraining": heads.pretraining(
            _MASKED, "pooler", "sop_classifier.classifier"
        ),
    },
    ignored=(bert.POSITION_IDS, r"predictions\.decoder\.bias"),
)
