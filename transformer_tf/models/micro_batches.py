"""TensorFlow alone: the parts of a batch, computed at the same time."""

from collections.abc import Callable
from typing import Any

import keras

from transformer_tf.annotations import Tensor
from transformer_tf.arguments import check_size
from transformer_tf.projection import rows_in_parts


class MicroBatches:
    """Calls a model on the parts of a batch, each on a core of its own.

    Cores that share every operation of a small model wait for each other after each.
    Here a graph holds the model once for every part; the parts have nothing to wait
    for until their outputs are joined. For that TensorFlow has to keep one thread in
    each operation and run several operations at the same time, which is said before
    the program starts, here for two cores:

        TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=2 python serve.py

    Without that the outputs are the same, and less is gained. A batch of fewer rows
    than parts stays whole; its projections and feed-forward layers, which compute each
    position by itself, then take the positions in parts.

    For inference on a processor; an accelerator is faster with the whole batch.

    Args:
        call: A model, or a function of tensors, that computes each row of the batch
            from that row alone. Its weights may change later: the graph reads them.
        parts: How many parts: the number of cores.

    Call:
        *inputs, **named: Tensors or arrays with `batch` as their first axis, as `call`
            takes them. A graph is traced for the first sizes, and another one when an
            axis is first of another size, which then serves all sizes of that axis.

    Returns:
        What `call` gives: a tensor, or a tuple or dict of them, each with `batch` as
        its first axis.

    Raises:
        ValueError: `parts` is not positive, inputs whose first axes differ, a backend
            that is not TensorFlow.

    Example:
        >>> sizes = {"vocabulary_size": 9, "dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = SequenceClassifier(bert_config(**sizes), num_classes=3)
        >>> in_halves = MicroBatches(model, parts=2)
        >>> print(in_halves(ops.ones((5, 7), "int32")).shape)
        (5, 3)

    Source: https://arxiv.org/abs/1811.06965, section 2, where the parts of a batch keep
    several accelerators at work.
    """

    def __init__(self, call: Callable[..., Any], parts: int):
        if keras.backend.backend() != "tensorflow":
            raise ValueError(
                "a graph with parts that run at the same time needs Keras' tensorflow "
                f"backend; got {keras.backend.backend()}"
            )
        import tensorflow as tf

        self.call = call
        self.parts = check_size("parts", parts)
        self._graph = tf.function(self._compute, autograph=False, reduce_retracing=True)

    def __call__(self, *inputs: Tensor, **named: Tensor) -> Any:
        import tensorflow as tf

        inputs, named = tf.nest.map_structure(tf.convert_to_tensor, (inputs, named))
        rows = _rows(tf.nest.flatten((inputs, named)))
        is_small = rows is not None and rows < self.parts
        return self._graph(is_small, inputs, named)

    def _compute(self, is_small, inputs, named):
        import tensorflow as tf

        if is_small:
            with rows_in_parts(self.parts):
                return self.call(*inputs, **named)
        tensors = tf.nest.flatten((inputs, named))
        rows = _rows(tensors)
        if rows is None:
            rows = tf.shape(tensors[0])[0]
        ends = [rows * part // self.parts for part in range(self.parts + 1)]
        outputs = []
        for start, end in zip(ends, ends[1:]):
            some_inputs, some_named = tf.nest.map_structure(
                lambda x, start=start, end=end: x[start:end], (inputs, named)
            )
            outputs.append(self.call(*some_inputs, **some_named))
        return tf.nest.map_structure(lambda *parts: tf.concat(parts, 0), *outputs)


def _rows(tensors):
    """The size of the batch; None where it is not known before the graph runs."""
    shapes = [tuple(x.shape) if x.shape.rank is not None else (None,) for x in tensors]
    sizes = {shape[0] for shape in shapes if shape} - {None}
    if not shapes or not all(shapes) or len(sizes) > 1:
        raise ValueError(
            "inputs must have the same batch as their first axis; got shapes "
            f"{', '.join(map(str, shapes)) or 'of no inputs'}"
        )
    return sizes.pop() if sizes else None
