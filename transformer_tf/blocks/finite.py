"""What float16 can hold."""

import keras
from keras import ops

LARGEST_FLOAT16 = 65_504.0


def finite(x):
    """Clamps to the range of float16; another dtype is left as it is.

    Models trained in bfloat16, T5 above all, pass 65,504 in a few features. Infinity
    there would become NaN in the next normalisation or product.
    """
    if keras.backend.standardize_dtype(x.dtype) != "float16":
        return x
    return ops.clip(x, -LARGEST_FLOAT16, LARGEST_FLOAT16)
