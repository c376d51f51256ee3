"""What the library's layers and models have in common beyond Keras' own."""

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

import keras

from transformer_tf.keras_internals import AutocastScope, compute_output_spec
from transformer_tf.shapes import refuse_ragged
from transformer_tf.spelling import CALL_NAMES, CONSTRUCTOR_NAMES, refuse_foreign_names

if TYPE_CHECKING:
    from keras.layers import Layer as MixedInto
else:
    MixedInto = object


class Contract(MixedInto):
    """What Keras asks of any layer, and errors that name this library's spelling.

    Mixed into `Layer` and into whole models. A layer says in `compute_output_shape`
    what follows from the shapes of its inputs alone; what else decides (options such
    as `return_weights`) is found by tracing `call`.
    """

    def __new__(cls, *args, **kwargs):
        kind: Any = cls
        # Before Python says which of our own arguments are missing.
        refuse_foreign_names(kind.__name__, kwargs, parameters(kind), CONSTRUCTOR_NAMES)
        return super().__new__(cls, *args, **kwargs)

    def __call__(self, *args, **kwargs):
        kind: Any = type(self)
        spelled_out = call_signature(kind)
        if spelled_out is not None:
            self._call_signature = spelled_out
        if kwargs:
            known = self._call_signature.parameters
            refuse_foreign_names(f"calling {self.name}", kwargs, known, CALL_NAMES)
        names = self._call_signature.parameters
        given = {**dict(zip(names, args)), **kwargs}
        refuse_ragged(given, "to_tensor(), and say by a padding mask what is real")
        return super().__call__(*args, **kwargs)

    def compute_output_spec(self, *args, **kwargs):
        """Shapes and dtypes of the outputs, options of the call included."""
        if not self.built:
            return super().compute_output_spec(*args, **kwargs)
        # Only tensors are traced: layers and masks among the arguments stay what they
        # are, which Keras does not guarantee under JAX.
        given = keras.tree.flatten((args, kwargs))
        places = [n for n, x in enumerate(given) if isinstance(x, keras.KerasTensor)]

        def call(*tensors):
            leaves = list(given)
            for place, tensor in zip(places, tensors):
                leaves[place] = tensor
            arguments, options = keras.tree.pack_sequence_as((args, kwargs), leaves)
            return self.call(*arguments, **options)

        # As in a call, weights are read in the dtype that the layer computes in.
        with AutocastScope(self.compute_dtype if self.autocast else None):
            return compute_output_spec(call, *(given[place] for place in places))

    def compute_mask(self, inputs, previous_mask=None):
        """Which positions of the output are real: those of the input."""
        return previous_mask


class Layer(Contract, keras.layers.Layer):
    """A Keras layer that keeps the contract."""

    def check_built(self):
        """For methods beside `call` that use the weights, and do not make them."""
        if not self.built:
            raise ValueError(f"build {self.name} before its projections are used")


@cache
def parameters(cls):
    """Names of all arguments that a class and its bases take."""
    bases = [base for base in cls.__mro__ if "__init__" in vars(base)]
    return {name for b in bases for name in inspect.signature(b.__init__).parameters}


@cache
def call_signature(cls):
    """The signature of a `call` that passes **options on, with those spelled out.

    Keras takes **options for one argument, which may not hold tensors beside other
    values; a subclass that extends `call` need not repeat all it does not touch.

    Returns:
        The signature without `self`; None where Keras' own is right.
    """
    named: dict[str, Any] = {}
    others: dict[str, Any] = {}
    is_first = True
    for base in (base for base in cls.__mro__ if "call" in vars(base)):
        _, *parameters = inspect.signature(base.call).parameters.values()
        for one in parameters:
            if one.kind is one.VAR_POSITIONAL:
                others.setdefault(one.name, one)
            elif one.kind is not one.VAR_KEYWORD and one.name not in named:
                named[one.name] = (
                    one if is_first else one.replace(kind=one.KEYWORD_ONLY)
                )
        if parameters[-1].kind is not parameters[-1].VAR_KEYWORD:
            break
        is_first = False
    if is_first:
        return None
    in_order = sorted([*named.values(), *others.values()], key=lambda one: one.kind)
    return inspect.Signature(in_order)
