"""What the exercises of this unit share: their folder, and inputs drawn for a cell."""

UNIT = "01_recurrence"


def floats(rng, *shape, scale=1.0):
    """float32 values of that shape from a normal distribution."""
    return (scale * rng.normal(size=shape)).astype("float32")


def parameters(rng, dim, units):
    """A kernel, a recurrent kernel and a bias, of which none is negligible."""
    return [
        floats(rng, dim, units, scale=0.6),
        floats(rng, units, units, scale=0.6),
        floats(rng, units, scale=0.6),
    ]
