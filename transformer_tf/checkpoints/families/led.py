"""LED (https://arxiv.org/abs/2004.05150, section 7): BART with Longformer's encoder."""

import dataclasses

from transformer_tf.checkpoints.families.bart import BART, bart_config
from transformer_tf.checkpoints.families.longformer import by_global, windows
from transformer_tf.checkpoints.family import Published
from transformer_tf.checkpoints.names import Names, attention

_ENCODER = "encoder.layers.{n}.self_attn."
_LOCAL = f"{_ENCODER}longformer_self_attn."


def config(c: Published) -> dict:
    longest = {"max_position_embeddings": c["max_encoder_position_embeddings"]}
    fields = bart_config(Published({"scale_embedding": False, **c, **longest}))
    return fields | {
        "max_decoder_length": c["max_decoder_position_embeddings"],
        "position_offset": 0,
        "window": windows(c, "encoder_layers"),
        "global_attention": True,
    }


def _names() -> Names:
    ours = "encoder.blocks.{n}.attention"
    query, key, value = (
        f"longformer_self_attn.{part}" for part in ("query", "key", "value")
    )
    by_published = by_global(_LOCAL)
    return {
        **{k: v for k, v in BART.body.items() if not k.startswith(_ENCODER)},
        **attention(_ENCODER, ours, query, key, value, "output"),
        **{name: f"encoder.{path}" for name, path in by_published.items()},
    }


LED = dataclasses.replace(
    BART, model_type="led", config=config, body=_names(), prefix="led."
)
