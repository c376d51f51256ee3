"""How a published config.json says rotary positions, read and written."""

from __future__ import annotations

from typing import Any

from transformer_tf.checkpoints.published import Published
from transformer_tf.models import TransformerConfig


def read_rotary(c: Published) -> dict[str, Any]:
    """The fields of a `TransformerConfig`, from the keys of any year."""
    rope = c.get("rope_parameters") or c.get("rope_scaling") or {}
    scaling = {k: v for k, v in rope.items() if k != "rope_theta"}
    plain = scaling.get("rope_type", scaling.get("type", "default")) == "default"
    return {
        "rotary_base": c.get("rope_theta") or rope.get("rope_theta", 10_000.0),
        "rotary_scaling": None if plain else scaling,
    }


def write_rotary(config: TransformerConfig) -> dict[str, Any]:
    """The inverse of `read_rotary`, in the key of today."""
    rope = {"rope_theta": float(config.rotary_base), "rope_type": "default"}
    return {"rope_parameters": rope | dict(config.rotary_scaling or {})}
