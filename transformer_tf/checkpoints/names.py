"""Tables of names: what a published file calls a weight, and what we call it.

`{n}` stands for a layer's number. Where one published matrix holds several of ours side
by side (GPT's query, key and value), the right-hand side is a tuple of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Names = dict[str, str | tuple[str, ...]]


def linear(published: str, ours: str) -> Names:
    """A dense layer: torch's `weight` and `bias`, Keras' `kernel` and `bias`."""
    return {
        f"{published}.weight": f"{ours}.kernel",
        f"{published}.bias": f"{ours}.bias",
    }


def layer_norm(published: str, ours: str) -> Names:
    return {f"{published}.weight": f"{ours}.gamma", f"{published}.bias": f"{ours}.beta"}


def rms_norm(published: str, ours: str) -> Names:
    return {f"{published}.weight": f"{ours}.scale"}


def attention(published: str, ours: str, query, key, value, output) -> Names:
    """Four projections; `published` is followed by each one's own name."""
    parts = {"query": query, "key": key, "value": value, "output": output}
    names: Names = {}
    for part, name in parts.items():
        names |= linear(published + name, f"{ours}.{part}_projection")
    return names


def fused_attention(published: str, ours: str, output: str) -> Names:
    """Query, key and value in one matrix, side by side, and the output projection."""
    parts = [f"{ours}.{part}_projection" for part in ("query", "key", "value")]
    return {
        f"{published}.weight": tuple(f"{part}.kernel" for part in parts),
        f"{published}.bias": tuple(f"{part}.bias" for part in parts),
        **linear(output, f"{ours}.output_projection"),
    }


def block(
    layer: str,
    ours: str,
    projections: Iterable[str],
    norms: Iterable[str],
    feed_forward: Iterable[str],
    *,
    cross: Iterable[str] = (),
    norm: Callable[[str, str], Names] = layer_norm,
) -> Names:
    """The layers of a block.

    Args:
        layer: What their published names begin with.
        ours: What our paths begin with.
        projections: Of attention: query, key, value, output; or the three in one and
            the output.
        norms: Of attention, of cross-attention where there is one, of the feed-forward
            layer.
        feed_forward: Up, down and, where it is gated, gate.
        cross: Of cross-attention: query, key, value, output.
        norm: `layer_norm` or `rms_norm`.
    """
    parts = [layer + part for part in projections]
    if len(parts) == 2:
        names = fused_attention(parts[0], f"{ours}attention", parts[1])
    else:
        names = attention("", f"{ours}attention", *parts)
    places = ["attention_norm", "feed_forward_norm"]
    if cross:
        names |= attention(layer, f"{ours}cross_attention", *cross)
        places.insert(1, "cross_attention_norm")
    for published, place in zip(norms, places, strict=True):
        names |= norm(layer + published, ours + place)
    dense = ("up_projection", "down_projection", "gate_projection")
    for published, place in zip(feed_forward, dense):
        names |= linear(layer + published, f"{ours}feed_forward.{place}")
    return names


def weights_by_name(names: Names, root: Any, layers: int) -> dict[str, tuple]:
    """The weights that a model has, by their published names.

    Args:
        names: A table of names.
        root: What the right-hand sides start from.
        layers: The largest number of layers that {n} counts.

    Returns:
        Published name -> tuple of (path, variable). What a model does not have (a
        bias, a projection that its sizes do not need) is left out.
    """
    found = {}
    for published, ours in names.items():
        paths = (ours,) if isinstance(ours, str) else ours
        for published_name, ours_of in number_layers(published, paths, layers):
            weights = [(path, _find(root, path)) for path in ours_of]
            if all(weight is not None for _, weight in weights):
                found[published_name] = tuple(weights)
    return found


def number_layers(published, paths, layers) -> Iterator[tuple[str, list[str]]]:
    if "{n}" not in "".join(paths):
        yield published, list(paths)
        return
    for number in range(layers):
        put = [text.replace("{n}", str(number)) for text in (published, *paths)]
        yield put[0], put[1:]


def _find(root, path: str):
    for part in path.split("."):
        if part.isdigit():
            root = root[int(part)] if int(part) < len(root) else None
        else:
            root = getattr(root, part, None)
        if root is None:
            return None
    return root
