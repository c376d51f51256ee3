"""GPT (Radford et al., 2018): matrices [in, out], three in one."""

from transformer_tf.checkpoints.families import heads
from transformer_tf.checkpoints.family import Family
from transformer_tf.checkpoints.fields import Fields, activation_name
from transformer_tf.checkpoints.names import block
from transformer_tf.checkpoints.published import Published
from transformer_tf.models import TransformerConfig

BLOCKS = block(
    *("h.{n}.", "blocks.{n}."),
    ("attn.c_attn", "attn.c_proj"),
    ("ln_1", "ln_2"),
    ("mlp.c_fc", "mlp.c_proj"),
)
MASKS = r"h\.\d+\.attn\.(masked_)?bias"  # buffers of the causal mask
CONFIG = Fields(
    same={
        "vocabulary_size": "vocab_size",
        "dim": "n_embd",
        "num_layers": "n_layer",
        "num_heads": "n_head",
        "max_length": "n_positions",
        "epsilon": "layer_norm_epsilon",
        "dropout": "resid_pdrop",
        "attention_dropout": "attn_pdrop",
    },
    optional={"initializer_range": ("initializer_range", 0.02)},
    write=lambda config: {"embd_pdrop": config.dropout},
)
# Here, and here alone, "gelu" means the approximation.
_OLD, _NEW = {"gelu": "gelu_new"}, {"gelu_new": "gelu"}


def _read(c: Published) -> dict:
    name = _OLD.get(c["afn"], c["afn"])
    return {"activation": Published(c, afn=name).activation("afn")}


def _write(config: TransformerConfig) -> dict:
    if config.hidden_dim not in (None, 4 * config.dim):
        raise ValueError(
            f"GPT's feed-forward layers have 4 * dim features; got {config.hidden_dim} "
            f"for dim={config.dim}"
        )
    name = activation_name(config.activation)
    if name == "gelu":
        raise ValueError("GPT has the tanh approximation of gelu alone: gelu_tanh")
    return {"afn": _NEW.get(name, name), "embd_pdrop": config.dropout}


GPT = Family(
    model_type="openai-gpt",
    class_name="OpenAIGPT",
    config=CONFIG.extend(read=_read, write=_write),
    body={
        "tokens_embed.weight": "embedding.tokens.table",
        "positions_embed.weight": "embedding.position_layer.table",
        **BLOCKS,
    },
    prefix="transformer.",
    heads=heads.of_decoder("score"),
    transposed=False,
    ignored=(MASKS, "position_ids"),
)
