"""LED (https://arxiv.org/abs/2004.05150, section 7): BART with Longformer's encoder."""

import dataclasses

from transformer_tf.checkpoints.families.bart import BART, CONFIG
from transformer_tf.checkpoints.families.longformer import (
    by_global,
    windows,
    windows_as_published,
)
from transformer_tf.checkpoints.names import Names, attention

_ENCODER = "encoder.layers.{n}.self_attn."
_LOCAL = f"{_ENCODER}longformer_self_attn."


_CONFIG = CONFIG.extend(
    same={
        "max_length": "max_encoder_position_embeddings",
        "max_decoder_length": "max_decoder_position_embeddings",
    },
    fixed={"position_offset": 0, "embedding_scale": False, "global_attention": True},
    read=lambda c: {"window": windows(c, "encoder_layers")},
    write=lambda config: {"attention_window": windows_as_published(config)},
).without("embedding_scale")
_HEADS = ("EncoderDecoder", "Seq2SeqLM", "SpanQuestionAnswerer", "SequenceClassifier")


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
    BART,
    model_type="led",
    class_name="LED",
    config=_CONFIG,
    body=_names(),
    prefix="led.",
    heads={name: BART.heads[name] for name in _HEADS},
)
