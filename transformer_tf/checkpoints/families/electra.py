"""ELECTRA (https://arxiv.org/abs/2003.10555): generator and discriminator bodies."""

import dataclasses

from transformer_tf.checkpoints.families import bert
from transformer_tf.checkpoints.family import Family, Published
from transformer_tf.checkpoints.names import linear


def config(c: Published) -> dict:
    width = c["embedding_size"]
    return bert.config(c) | {
        "embedding_dim": None if width == c["hidden_size"] else width
    }


ELECTRA = Family(
    model_type="electra",
    config=config,
    body={**bert.BERT.body, **linear("embeddings_project", "embedding.projection")},
    prefix="electra.",
    heads={
        **bert.BERT.heads,
        "MaskedLM": dataclasses.replace(
            bert.masked_lm(
                "generator_predictions.dense",
                "generator_predictions.LayerNorm",
                "generator_lm_head.bias",
                "generator_lm_head.weight",
            ),
            options={"activation": "gelu"},
        ),
        "SequenceClassifier": bert.classifier(
            "classifier.dense", "classifier.out_proj", "gelu"
        ),
        "MultipleChoice": bert.classifier(
            "sequence_summary.summary", "classifier", "gelu"
        ),
    },
    ignored=(bert.POSITION_IDS,),
)
