"""A block of a decoder that stands alone, from the pieces of units 03 to 05."""

import keras
from keras import ops

from course.pieces.library import library as mine


class CausalBlock(keras.layers.Layer):
    """A decoder block made of your pieces: attention that looks back, feed-forward.

    Args:
        num_heads: The number of attention heads.
        hidden_dim: Width inside the feed-forward layer.

    Call:
        x: [batch, length, dim] floats.

    Returns:
        [batch, length, dim] floats; each position depends on no later one.
    """

    def __init__(self, num_heads, hidden_dim, **kwargs):
        super().__init__(**kwargs)
        self.num_heads, self.hidden_dim = num_heads, hidden_dim

    def build(self, x_shape):
        dim = x_shape[-1]
        shapes = dict.fromkeys(("query", "key", "value", "mix"), (dim, dim))
        shapes |= {
            "wide_kernel": (dim, self.hidden_dim),
            "wide_bias": (self.hidden_dim,),
        }
        shapes |= {"narrow_kernel": (self.hidden_dim, dim), "narrow_bias": (dim,)}
        for norm in ("first", "second"):
            shapes |= {f"{norm}_scale": (dim,), f"{norm}_offset": (dim,)}
        self.inside = {}
        for name, shape in shapes.items():
            start = "ones" if name.endswith("scale") else "zeros"
            start = "glorot_uniform" if len(shape) == 2 else start
            self.inside[name] = self.add_weight(
                name=name, shape=shape, initializer=start
            )

    def call(self, x):
        w = {name: ops.convert_to_tensor(v) for name, v in self.inside.items()}
        normed = mine.layer_norm(x, w["first_scale"], w["first_offset"])
        query, key, value = (
            mine.split_heads(normed @ w[name], self.num_heads)
            for name in ("query", "key", "value")
        )
        places = ops.arange(x.shape[1])
        seen = places[:, None] >= places
        found, _ = mine.scaled_dot_product_attention(query, key, value, seen)
        x = x + mine.merge_heads(found) @ w["mix"]
        normed = mine.layer_norm(x, w["second_scale"], w["second_offset"])
        wide, narrow = (
            (w[f"{name}_kernel"], w[f"{name}_bias"]) for name in ("wide", "narrow")
        )
        return x + mine.feed_forward(normed, *wide, *narrow)
