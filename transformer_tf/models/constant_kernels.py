"""TensorFlow alone: a model whose kernels are constants of a graph."""

from typing import Any

import keras

from transformer_tf.annotations import Tensor
from transformer_tf.projection import constant_kernels


class ConstantKernels:
    """Calls a model, whose kernels become constants of the graph that is traced.

    On a processor TensorFlow multiplies by way of oneDNN, which lays a kernel out anew
    for its products. A variable may change, so that this is done at every call; a
    constant is laid out once. That counts in bfloat16, above all for few rows.

    Only the kernels of projections become constants. With all weights as constants
    TensorFlow's optimizer would take one way of writing a layer norm for another.

    For inference in a graph: `tf.function(ConstantKernels(model))`, or in parts, each
    on a core of its own, `MicroBatches(ConstantKernels(model), parts=2)`. Outside of a
    graph it is the model's own call. XLA gains nothing.

    Args:
        model: A model or layer of this library. What a graph holds is a copy of the
            kernels (in a graph with parts one for each), as they were when it was
            traced: later changes do not reach it, and there are no gradients. After
            a change trace a new one.

    Call:
        *inputs, **named: As `model` takes them.

    Returns:
        What `model` gives.

    Raises:
        TypeError: `model` is no layer. A function may hold graphs that were traced
            before, with variables.
        ValueError: a backend that is not TensorFlow; a model without weights yet.

    Example:
        >>> sizes = {"vocabulary_size": 9, "dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = SequenceClassifier(bert_config(**sizes), num_classes=3)
        >>> model.build()
        >>> in_halves = MicroBatches(ConstantKernels(model), parts=2)
        >>> print(in_halves(ops.ones((5, 7), "int32")).shape)
        (5, 3)

    Source: https://oneapi-src.github.io/oneDNN/dev_guide_matmul.html, of weights whose
    layout is left to the library.
    """

    def __init__(self, model: keras.layers.Layer):
        if keras.backend.backend() != "tensorflow":
            raise ValueError(
                "a graph that holds constants needs Keras' tensorflow backend; got "
                f"{keras.backend.backend()}"
            )
        if not isinstance(model, keras.layers.Layer):
            raise TypeError(
                f"model must be a layer or a model; got {type(model).__name__}. Wrap "
                "the model first, then compile or divide what it gives"
            )
        self.model = model

    def __call__(self, *inputs: Tensor, **named: Tensor) -> Any:
        if not self.model.built:
            raise ValueError(
                f"{self.model.name} has no weights yet that a graph could keep; build "
                "it, or call it once"
            )
        with constant_kernels():
            return self.model(*inputs, **named)
