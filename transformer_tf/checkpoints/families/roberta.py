"""RoBERTa (https://arxiv.org/abs/1907.11692); XLM-R, CamemBERT, DistilRoBERTa."""

import dataclasses

from transformer_tf.checkpoints.families import bert
from transformer_tf.checkpoints.family import Family, Published


def config(c: Published) -> dict:
    first = c["pad_token_id"] + 1  # the rows before belong to padding
    positions = c["max_position_embeddings"] - first
    return bert.config(c) | {
        "position_offset": first,
        "max_length": positions,
        "positions_skip_padding": True,
    }


ROBERTA = Family(
    model_type="roberta",
    config=config,
    body=bert.BERT.body,
    prefix="roberta.",
    heads={
        **bert.BERT.heads,
        "MaskedLM": dataclasses.replace(
            bert.masked_lm(
                *("lm_head.dense", "lm_head.layer_norm", "lm_head.bias"),
                "lm_head.decoder.weight",
            ),
            options={"activation": "gelu"},
        ),
        "SequenceClassifier": bert.classifier(
            "classifier.dense", "classifier.out_proj", "tanh"
        ),
    },
    ignored=(bert.POSITION_IDS, r"lm_head\.decoder\.bias"),
)
XLM_ROBERTA = dataclasses.replace(ROBERTA, model_type="xlm-roberta")
CAMEMBERT = dataclasses.replace(ROBERTA, model_type="camembert")
