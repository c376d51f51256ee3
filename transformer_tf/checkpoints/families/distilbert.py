"""DistilBERT (https://arxiv.org/abs/1910.01108)."""

from transformer_tf.checkpoints.families import bert, heads
from transformer_tf.checkpoints.family import Family
from transformer_tf.checkpoints.fields import Fields
from transformer_tf.checkpoints.names import block

_CONFIG = Fields(
    same={
        "vocabulary_size": "vocab_size",
        "dim": "dim",
        "num_layers": "n_layers",
        "num_heads": "n_heads",
        "hidden_dim": "hidden_dim",
        "max_length": "max_position_embeddings",
        "dropout": "dropout",
        "attention_dropout": "attention_dropout",
    },
    optional={"initializer_range": ("initializer_range", 0.02)},
    activation="activation",
    # No key of the configuration says epsilon.
    fixed={"embedding_norm": True, "logit_bias": True, "epsilon": 1e-12},
)
DISTILBERT = Family(
    model_type="distilbert",
    class_name="DistilBert",
    config=_CONFIG,
    body=bert.EMBEDDINGS
    | block(
        *("transformer.layer.{n}.", "blocks.{n}."),
        [f"attention.{part}_lin" for part in ("q", "k", "v", "out")],
        ("sa_layer_norm", "output_layer_norm"),
        ("ffn.lin1", "ffn.lin2"),
    ),
    prefix="distilbert.",
    heads={
        **heads.of_encoder(heads.classifier("pre_classifier", "classifier", "relu")),
        "MaskedLM": heads.masked_lm(
            *("vocab_transform", "vocab_layer_norm", "vocab_projector.bias"),
            "vocab_projector.weight",
        ),
    },
    ignored=(bert.POSITION_IDS,),
)
