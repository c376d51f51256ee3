"""Longformer (https://arxiv.org/abs/2004.05150): RoBERTa with windows and globals."""

import dataclasses

from transformer_tf.checkpoints.families import bert, roberta
from transformer_tf.checkpoints.names import Names, linear
from transformer_tf.checkpoints.published import Published
from transformer_tf.models import TransformerConfig


def windows(c: Published, layers: str) -> tuple[int, ...]:
    """How far each layer sees: half of the published window to either side."""
    sizes = c["attention_window"]
    sizes = [sizes] * c[layers] if isinstance(sizes, int) else sizes
    for size in sizes:
        if size % 2 or size < 2:
            raise ValueError(f"attention_window must be even; config.json has {sizes}")
    return tuple(size // 2 + 1 for size in sizes)


def by_global(published: str) -> Names:
    """The projections of global positions."""
    names: Names = {}
    for part in ("query", "key", "value"):
        ours = f"blocks.{{n}}.attention.global_{part}_projection"
        names |= linear(f"{published}{part}_global", ours)
    return names


def windows_as_published(config: TransformerConfig) -> list[int]:
    """The inverse of `windows`.

    Raises:
        ValueError: A layer sees any distance.
    """
    sizes = [config.window_of_layer(n) for n in range(config.num_layers)]
    if None in sizes:
        raise ValueError(f"Longformer needs a window for each layer; got {sizes}")
    return [2 * (size - 1) for size in sizes if size is not None]


_CONFIG = roberta.CONFIG.extend(
    fixed={"global_attention": True},
    optional={"separator_id": ("sep_token_id", None)},
    read=lambda c: {
        **roberta.CONFIG.read(c),
        "window": windows(c, "num_hidden_layers"),
    },
    write=lambda config: {
        **roberta.CONFIG.write(config),
        "attention_window": windows_as_published(config),
    },
)
LONGFORMER = dataclasses.replace(
    roberta.ROBERTA,
    model_type="longformer",
    class_name="Longformer",
    config=_CONFIG,
    body={**bert.BERT.body, **by_global(f"{bert.LAYER}attention.self.")},
    prefix="longformer.",
    heads={k: v for k, v in roberta.ROBERTA.heads.items() if k != "CausalLM"},
)
