"""What the library needs of Keras beyond its public interface, all in one place.

Padding masks attached to tensors, attributes of tensors, the scope of symbolic calls,
automatic casts, the dropout of recurrent cells, first values of variables, and where
gradients of several devices are summed.
"""

from keras.src.backend import (
    AutocastScope,
    compute_output_spec,
    get_keras_mask,
    set_keras_mask,
)
from keras.src.backend.common.global_state import get_global_attribute
from keras.src.backend.common.symbolic_scope import in_symbolic_scope
from keras.src.backend.common.tensor_attributes import get_tensor_attr, set_tensor_attr
from keras.src.layers.rnn.dropout_rnn_cell import DropoutRNNCell

__all__ = [
    "AutocastScope",
    "DropoutRNNCell",
    "compute_output_spec",
    "get_global_attribute",
    "get_keras_mask",
    "get_tensor_attr",
    "gradients_come_summed",
    "in_symbolic_scope",
    "set_initializer",
    "set_keras_mask",
    "set_tensor_attr",
]


def set_initializer(variable, initializer):
    """Changes where a variable, made in a `StatelessScope`, gets its first value.

    Args:
        variable: A Keras variable, before the scope ends.
        initializer: A function of a shape and a dtype that gives a tensor.

    Raises:
        ValueError: the variable has a value already.
    """
    if variable._value is not None:
        raise ValueError(f"{variable.path} has its first value already")
    variable._initializer = initializer


def gradients_come_summed(optimizer):
    """Tells an optimizer that the gradients it is given are those of all replicas.

    Keras sums them itself, but only after it has clipped each replica's own and has
    looked there for numbers that are not finite; on one device it does so afterwards.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    inner._all_reduce_sum_gradients = lambda gradients_and_variables: (
        gradients_and_variables
    )
