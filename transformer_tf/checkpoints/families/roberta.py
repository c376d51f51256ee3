"""RoBERTa (https://arxiv.org/abs/1907.11692); XLM-R, CamemBERT, DistilRoBERTa."""

import dataclasses

from transformer_tf.checkpoints.families import bert, heads
from transformer_tf.checkpoints.family import Family
from transformer_tf.checkpoints.published import Published
from transformer_tf.models import TransformerConfig


def _positions(c: Published) -> dict:
    first = c["pad_token_id"] + 1  # the rows before belong to padding
    return {
        "position_offset": first,
        "max_length": c["max_position_embeddings"] - first,
    }


def _rows(config: TransformerConfig) -> dict:
    first, positions = config.position_offset, config.max_length
    if positions is None:
        raise ValueError("RoBERTa has learned positions, and a max_length")
    return {
        "pad_token_id": first - 1,
        "max_position_embeddings": positions + first,
    }


CONFIG = bert.CONFIG.extend(
    fixed={"positions_skip_padding": True}, read=_positions, write=_rows
)
_MASKED = heads.masked_lm(
    *("lm_head.dense", "lm_head.layer_norm", "lm_head.bias"), "lm_head.decoder.weight"
)
ROBERTA = Family(
    model_type="roberta",
    class_name="Roberta",
    config=CONFIG,
    body=bert.BERT.body,
    prefix="roberta.",
    heads={
        **heads.of_encoder(heads.classifier("pooler.dense", "classifier", "tanh")),
        "MaskedLM": _MASKED.vary(options={"activation": "gelu"}),
        "CausalLM": heads.causal(_MASKED, "gelu"),
        "SequenceClassifier": heads.classifier(
            "classifier.dense", "classifier.out_proj", "tanh"
        ),
    },
    ignored=(bert.POSITION_IDS, r"lm_head\.decoder\.bias"),
)
XLM_ROBERTA = dataclasses.replace(
    ROBERTA, model_type="xlm-roberta", class_name="XLMRoberta"
)
CAMEMBERT = dataclasses.replace(ROBERTA, model_type="camembert", class_name="Camembert")
