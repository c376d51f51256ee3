"""mBART (https://arxiv.org/abs/2001.08210): BART with its norms first."""

import dataclasses

from transformer_tf.checkpoints.families.bart import BART, CONFIG

MBART = dataclasses.replace(
    BART,
    model_type="mbart",
    class_name="MBart",
    config=CONFIG.extend(fixed={"norm_first": True}),
)
