"""Marian (https://arxiv.org/abs/1804.00344): BART, its sinusoids computed."""

import dataclasses

from transformer_tf.checkpoints.families.bart import BART, CONFIG

_CONFIG = CONFIG.extend(
    fixed={"positions": "sinusoidal", "position_offset": 0, "embedding_norm": False},
    accepted={"share_encoder_decoder_embeddings": True},
)
MARIAN = dataclasses.replace(
    BART,
    model_type="marian",
    class_name="Marian",
    config=_CONFIG,
    ignored=(*BART.ignored, r"(encoder|decoder)\.embed_positions\.weight"),
)
