"""DistilBERT (https://arxiv.org/abs/1910.01108)."""

from transformer_tf.checkpoints.families import bert
from transformer_tf.checkpoints.family import Family
from transformer_tf.checkpoints.fields import Fields
from transformer_tf.checkpoints.names import attention, layer_norm, linear

_LAYER = "transformer.layer.{n}."
_POOLED = bert.classifier("pre_classifier", "classifier", "relu")


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
    body={
        **bert.EMBEDDINGS,
        **attention(
            f"{_LAYER}attention.",
            "blocks.{n}.attention",
            *("q_lin", "k_lin", "v_lin", "out_lin"),
        ),
        **layer_norm(f"{_LAYER}sa_layer_norm", "blocks.{n}.attention_norm"),
        **linear(f"{_LAYER}ffn.lin1", "blocks.{n}.feed_forward.up_projection"),
        **linear(f"{_LAYER}ffn.lin2", "blocks.{n}.feed_forward.down_projection"),
        **layer_norm(f"{_LAYER}output_layer_norm", "blocks.{n}.feed_forward_norm"),
    },
    prefix="distilbert.",
    heads={
        **bert.SHARED,
        "MaskedLM": bert.masked_lm(
            *("vocab_transform", "vocab_layer_norm", "vocab_projector.bias"),
            "vocab_projector.weight",
        ),
        "SequenceClassifier": _POOLED,
        "MultipleChoice": _POOLED,
    },
    ignored=(bert.POSITION_IDS,),
)
