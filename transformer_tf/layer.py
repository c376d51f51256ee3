"""What the library's layers and models have in common beyond Keras' own."""

import inspect
from functools import cache

import keras

from transformer_tf.spelling import CALL_NAMES, CONSTRUCTOR_NAMES, refuse_foreign_names


class Contract:
    """What Keras asks of any layer, and errors that name this library's spelling.

    Mixed into `Layer` and into whole models. A layer says in `compute_output_shape`
    what follows from the shapes of its inputs alone; what else decides (options such
    as `return_weights`) is found by tracing `call`.
    """

    def __new__(cls, *args, **kwargs):
        # Before Python says which of our own arguments are missing.
        refuse_foreign_names(cls.__name__, kwargs, parameters(cls), CONSTRUCTOR_NAMES)
        return super().__new__(cls, *args, **kwargs)

    def __call__(self, *args, **kwargs):
        if kwargs:
            known = self._call_signature.parameters
            refuse_foreign_names(f"calling {self.name}", kwargs, known, CALL_NAMES)
        return super().__call__(*args, **kwargs)

    def compute_output_spec(self, *args, **kwargs):
        """Shapes and dtypes of the outputs, options of the call included."""
        if self.built:
            return keras.Operation.compute_output_spec(self, *args, **kwargs)
        return super().compute_output_spec(*args, **kwargs)

    def compute_mask(self, inputs, previous_mask=None):
        """Which positions of the output are real: those of the input."""
        return previous_mask


class Layer(Contract, keras.layers.Layer):
    """A Keras layer that keeps the contract."""


@cache
def parameters(cls):
    """Names of all arguments that a class and its bases take."""
    bases = [base for base in cls.__mro__ if "__init__" in vars(base)]
    return {name for b in bases for name in inspect.signature(b.__init__).parameters}
