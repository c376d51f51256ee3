"""What the exercises of this unit share: their folder, and drawn inputs."""

from course.checks.samples import floats

UNIT = "05_blocks"
PAPER = "https://arxiv.org/abs/1706.03762"


def norm_weights(rng, dim):
    """The scale and the offset of a normalisation, far from 1 and 0."""
    return {"gamma": 1 + floats(rng, dim, scale=0.4), "beta": floats(rng, dim)}


def projection_weights(rng, dim, units):
    return {
        "kernel": floats(rng, dim, units, scale=dim**-0.5),
        "bias": floats(rng, units, scale=0.5),
    }


def block_weights(rng, dim, hidden_dim, attentions=("attention",)):
    """Every weight of a block by the end of its path."""
    found = {}
    for attention in attentions:
        for name in ("query", "key", "value", "output"):
            drawn = projection_weights(rng, dim, dim)
            found |= under(f"{attention}/{name}", drawn)
        found |= under(f"{attention}_norm", norm_weights(rng, dim))
    found |= under(
        "feed_forward/up_projection", projection_weights(rng, dim, hidden_dim)
    )
    found |= under(
        "feed_forward/down_projection", projection_weights(rng, hidden_dim, dim)
    )
    return found | under("feed_forward_norm", norm_weights(rng, dim))


def under(path, weights):
    return {f"{path}/{name}": value for name, value in weights.items()}
