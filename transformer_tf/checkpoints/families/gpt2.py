"""GPT-2 (Radford et al., 2019)."""

import dataclasses

from transformer_tf.checkpoints.families import gpt, heads
from transformer_tf.checkpoints.names import layer_norm

_CONFIG = gpt.CONFIG.extend(
    optional={"hidden_dim": ("n_inner", None)},
    activation="activation_function",
    fixed={"norm_first": True},
    accepted={
        "scale_attn_weights": True,
        "scale_attn_by_inverse_layer_idx": False,
        "add_cross_attention": False,
    },
)
GPT2 = dataclasses.replace(
    gpt.GPT,
    model_type="gpt2",
    class_name="GPT2",
    config=_CONFIG,
    body={
        "wte.weight": "embedding.tokens.table",
        "wpe.weight": "embedding.position_layer.table",
        **gpt.BLOCKS,
        **layer_norm("ln_f", "final_norm"),
    },
    heads={
        **gpt.GPT.heads,
        "TokenClassifier": heads.TOKENS.vary(body="Decoder"),
        "SpanQuestionAnswerer": heads.SPANS.vary(body="Decoder"),
    },
    ignored=(gpt.MASKS,),
)
