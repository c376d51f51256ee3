"""The families that are known, by the `model_type` of their config.json."""

from transformer_tf.checkpoints.families.albert import ALBERT
from transformer_tf.checkpoints.families.bart import BART
from transformer_tf.checkpoints.families.bert import BERT
from transformer_tf.checkpoints.families.ctrl import CTRL
from transformer_tf.checkpoints.families.distilbert import DISTILBERT
from transformer_tf.checkpoints.families.electra import ELECTRA
from transformer_tf.checkpoints.families.gpt import GPT
from transformer_tf.checkpoints.families.gpt2 import GPT2
from transformer_tf.checkpoints.families.led import LED
from transformer_tf.checkpoints.families.llama import LLAMA
from transformer_tf.checkpoints.families.longformer import LONGFORMER
from transformer_tf.checkpoints.families.marian import MARIAN
from transformer_tf.checkpoints.families.mbart import MBART
from transformer_tf.checkpoints.families.roberta import (
    CAMEMBERT,
    ROBERTA,
    XLM_ROBERTA,
)
from transformer_tf.checkpoints.families.t5 import MT5, T5
from transformer_tf.checkpoints.families.transformer_xl import TRANSFO_XL
from transformer_tf.checkpoints.family import Family

FAMILIES: dict[str, Family] = {
    family.model_type: family
    for family in (
        *(ALBERT, BERT, DISTILBERT, ELECTRA, ROBERTA, XLM_ROBERTA, CAMEMBERT),
        LONGFORMER,
        *(CTRL, GPT, GPT2, LLAMA, TRANSFO_XL),
        *(BART, LED, MARIAN, MBART, T5, MT5),
    )
}
"""{model_type of a config.json: its `Family`}

Example:
    >>> [name for name in sorted(FAMILIES) if name.startswith("b")]
    ['bart', 'bert']
"""
