"""A block of a decoder that reads another text, from the pieces of units 03 to 05."""

import keras
from keras import ops

from course.pieces.library import library as mine


class WritingBlock(keras.layers.Layer):
    """A decoder block made of your pieces: it looks back, then at the source; pre-norm.

    Args:
        num_heads: Number of attention heads.
        hidden_dim: Width inside the feed-forward layer.

    Call:
        x: [batch, target, dim] floats.
        memory: [batch, source, dim] floats: what the encoder made of the source.
        seen: [batch, target, target] booleans: what of the target each position sees.
        read: [batch, target, source] booleans: what of the source it may read.

    Returns:
        x: [batch, target, dim] floats.
        weights: [batch, head, target, source] floats: of the cross-attention.
    """

    def __init__(self, num_heads, hidden_dim, **kwargs):
        super().__init__(**kwargs)
        self.num_heads, self.hidden_dim = num_heads, hidden_dim

    def build(self, x_shape, *other_shapes):
        dim = x_shape[-1]
        kinds = ("query", "key", "value", "mix")
        names = (f"{place}_{kind}" for place in ("self", "cross") for kind in kinds)
        shapes = dict.fromkeys(names, (dim, dim))
        shapes |= {
            "wide_kernel": (dim, self.hidden_dim),
            "wide_bias": (self.hidden_dim,),
        }
        shapes |= {"narrow_kernel": (self.hidden_dim, dim), "narrow_bias": (dim,)}
        for norm in ("first", "second", "third"):
            shapes |= {f"{norm}_scale": (dim,), f"{norm}_offset": (dim,)}
        self.inside = {}
        for name, shape in shapes.items():
            start = "ones" if name.endswith("scale") else "zeros"
            start = "glorot_uniform" if len(shape) == 2 else start
            self.inside[name] = self.add_weight(
                name=name, shape=shape, initializer=start
            )

    def attend(self, w, place, x, text, mask):
        """Queries of `x`, keys and values of `text`; `place` is "self" or "cross"."""
        query, key, value = (
            mine.split_heads(asked @ w[f"{place}_{kind}"], self.num_heads)
            for kind, asked in (("query", x), ("key", text), ("value", text))
        )
        found, weights = mine.scaled_dot_product_attention(
            query, key, value, mask[:, None]
        )
        return mine.merge_heads(found) @ w[f"{place}_mix"], weights

    def call(self, x, memory, seen, read):
        w = {name: ops.convert_to_tensor(v) for name, v in self.inside.items()}
        normed = mine.layer_norm(x, w["first_scale"], w["first_offset"])
        x = x + self.attend(w, "self", normed, normed, seen)[0]
        normed = mine.layer_norm(x, w["second_scale"], w["second_offset"])
        found, weights = self.attend(w, "cross", normed, memory, read)
        x = x + found
        normed = mine.layer_norm(x, w["third_scale"], w["third_offset"])
        wide, narrow = (
            (w[f"{name}_kernel"], w[f"{name}_bias"]) for name in ("wide", "narrow")
        )
        return x + mine.feed_forward(normed, *wide, *narrow), weights
