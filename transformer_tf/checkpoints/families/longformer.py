"""Longformer (https://arxiv.org/abs/2004.05150): RoBERTa with windows and globals."""

import dataclasses

from transformer_tf.checkpoints.families import bert, roberta
from transformer_tf.checkpoints.family import Published
from transformer_tf.checkpoints.names import Names, linear


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


def config(c: Published) -> dict:
    return roberta.config(c) | {
        "window": windows(c, "num_hidden_layers"),
        "global_attention": True,
        "separator_id": c.get("sep_token_id"),
    }


LONGFORMER = dataclasses.replace(
    roberta.ROBERTA,
    model_type="longformer",
    config=config,
    body={**bert.BERT.body, **by_global(f"{bert.LAYER}attention.self.")},
    prefix="longformer.",
)
