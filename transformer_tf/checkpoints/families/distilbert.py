"""DistilBERT (https://arxiv.org/abs/1910.01108)."""

from transformer_tf.checkpoints.families import bert
from transformer_tf.checkpoints.family import Family, Published
from transformer_tf.checkpoints.names import attention, layer_norm, linear

_LAYER = "transformer.layer.{n}."
_POOLED = bert.classifier("pre_classifier", "classifier", "relu")


def config(c: Published) -> dict:
    return {
        "vocabulary_size": c["vocab_size"],
        "dim": c["dim"],
        "num_layers": c["n_layers"],
        "num_heads": c["n_heads"],
        "hidden_dim": c["hidden_dim"],
        "max_length": c["max_position_embeddings"],
        "embedding_norm": True,
        "activation": c.activation("activation"),
        "epsilon": 1e-12,  # fixed: no key of the configuration says it
        "dropout": c["dropout"],
        "attention_dropout": c["attention_dropout"],
        "logit_bias": True,
        "initializer_range": c.get("initializer_range", 0.02),
    }


DISTILBERT = Family(
    model_type="distilbert",
    config=config,
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
        **bert.BERT.heads,
        "MaskedLM": bert.masked_lm(
            *("vocab_transform", "vocab_layer_norm", "vocab_projector.bias"),
            "vocab_projector.weight",
        ),
        "SequenceClassifier": _POOLED,
        "MultipleChoice": _POOLED,
    },
    ignored=(bert.POSITION_IDS,),
)
