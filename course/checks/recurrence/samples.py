"""What the exercises of this unit share: their folder, and inputs drawn for a cell."""

from course.checks.samples import floats

UNIT = "01_recurrence"


def parameters(rng, dim, units):
    """A kernel, a recurrent kernel and a bias, of which none is negligible."""
    return [
        floats(rng, dim, units, scale=0.6),
        floats(rng, units, units, scale=0.6),
        floats(rng, units, scale=0.6),
    ]
