"""ELECTRA (https://arxiv.org/abs/2003.10555): generator and discriminator bodies."""

from transformer_tf.checkpoints.families import bert, heads
from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.names import linear
from transformer_tf.checkpoints.published import Published


def _width(c: Published) -> dict:
    """Token vectors are projected where they have another width than the body."""
    width = c["embedding_size"]
    return {"embedding_dim": None if width == c["hidden_size"] else width}


_GENERATOR = heads.masked_lm(
    "generator_predictions.dense",
    "generator_predictions.LayerNorm",
    "generator_lm_head.bias",
    "generator_lm_head.weight",
)

ELECTRA = Family(
    model_type="electra",
    class_name="Electra",
    config=bert.CONFIG.extend(
        read=_width,
        write=lambda config: {"embedding_size": config.embedding_dim or config.dim},
    ),
    body={**bert.BERT.body, **linear("embeddings_project", "embedding.projection")},
    prefix="electra.",
    heads={
        **heads.of_encoder(
            heads.classifier("classifier.dense", "classifier.out_proj", "gelu")
        ),
        "MaskedLM": _GENERATOR.vary(options={"activation": "gelu"}),
        "CausalLM": heads.causal(_GENERATOR, "gelu"),
        "Pretraining": Head(
            {
                **linear("discriminator_predictions.dense", "transform"),
                **linear("discriminator_predictions.dense_prediction", "projection"),
            },
            kind="ReplacedTokenDetector",
        ),
        "MultipleChoice": heads.classifier(
            "sequence_summary.summary", "classifier", "gelu"
        ),
    },
    ignored=(bert.POSITION_IDS,),
)
