"""The backend's own part of generation: TensorFlow's or JAX's compiler, nothing else.

Everything that is compiled here is written with `keras.ops`; TensorFlow is imported
only where it is the backend.
"""

import threading
import weakref
from typing import Any

import keras

from transformer_tf.fast_form import replaced_methods


class CompiledPrograms:
    """The compiled programs of one model, and how often they were traced.

    Threads share them: the first to need a program compiles it, the others wait. A
    model that was changed (quantized, given LoRA, other layers or policies) is traced
    anew.

    Args:
        model: The model; held weakly.

    Attributes:
        trace_count: How many programs have been traced so far.
    """

    def __init__(self, model):
        self.model = weakref.ref(model)
        self.trace_count = 0
        self._programs = {}
        self._structure = None
        self._lock = threading.Lock()

    def run(self, key, function, arguments, jit_compile):
        """Runs `function(model, arguments)`, compiled when its bucket is new.

        Args:
            key: Tells the function from others; what else its trace depends on.
            function: The program.
            arguments: A tree of arrays; their shapes are the bucket.
            jit_compile: Whether XLA compiles it (TensorFlow only).
        """
        shapes = [(leaf.shape, leaf.dtype) for leaf in keras.tree.flatten(arguments)]
        key = (key, tuple((tuple(shape), str(dtype)) for shape, dtype in shapes))
        program = self._program((key, jit_compile))
        if program.call is None:
            with program.lock:
                if program.call is None:
                    call = self._trace(function, arguments, jit_compile)
                    result = call(arguments)  # XLA compiles when it is first run
                    program.call = call
                    return result
        return program.call(arguments)

    def _program(self, key):
        """The program of this key, for the model as it is now."""
        model = build_once(self.model())
        with self._lock:
            structure = structure_of(model)
            if structure != self._structure:
                self._structure, self._programs = structure, {}
            return self._programs.setdefault(key, _Program())

    def _trace(self, function, arguments, jit_compile):
        def traced(arguments):
            self.trace_count += 1
            return function(self.model(), arguments)

        return _compile(traced, self.model, arguments, jit_compile)


class _Program:
    """One compiled program, None until the first call that needs it has run."""

    def __init__(self):
        self.lock = threading.Lock()
        self.call = None


_BUILDING = threading.Lock()


def build_once(model):
    """The model, built: built while it is traced it would be another one afterwards."""
    with _BUILDING:
        if isinstance(model, keras.Model) and not model.built:
            model.build()
    return model


def structure_of(model):
    """What a trace depends on beside values: layers, methods, policies, weights."""
    if not isinstance(model, keras.Model):
        return None
    return tuple(
        (
            id(layer),
            layer.dtype_policy.name,
            type(layer),
            type(layer).call,
            tuple(replaced_methods(layer).items()),
            tuple(id(variable) for variable in layer._trainable_variables),
            tuple(id(variable) for variable in layer._non_trainable_variables),
        )
        for layer in model._flatten_layers()
    )


def _compile(traced, model, arguments, jit_compile):
    backend = keras.backend.backend()
    if backend == "tensorflow":
        return _compile_with_tensorflow(traced, arguments, jit_compile)
    if backend == "jax":
        return _compile_with_jax(traced, model)
    return traced


def _compile_with_tensorflow(traced, arguments, jit_compile):
    """One concrete function a bucket, so that TensorFlow never retraces by itself."""
    import tensorflow as tf

    def specification(leaf):
        return tf.TensorSpec(leaf.shape, leaf.dtype)

    function = tf.function(traced, jit_compile=jit_compile, autograph=False)
    concrete = function.get_concrete_function(
        keras.tree.map_structure(specification, arguments)
    )

    def call(arguments):
        return concrete(keras.tree.map_structure(tf.convert_to_tensor, arguments))

    return call


def _compile_with_jax(traced, model):
    """Variables enter as arguments: as constants they would be compiled in."""
    import jax

    @jax.jit
    def with_variables(values, arguments):
        pairs = zip(model().variables, values)
        with keras.StatelessScope(state_mapping=list(pairs)):
            return traced(arguments)

    def call(arguments):
        return with_variables([v.value for v in model().variables], arguments)

    return call


_PROGRAMS: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def programs_of(model):
    """The compiled programs of this model, kept as long as it lives."""
    return _PROGRAMS.setdefault(model, CompiledPrograms(model))  # one for all threads


def trace_count(model: Any):
    """How many programs generation has traced for this model so far.

    Prompts, batches and lengths fall into the shapes of `Buckets`; once each bucket
    in use has been seen, the count stays as it is.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=16, **sizes))
        >>> written = generate(model, [[5, 3]], 4)
        >>> trace_count(model)
        1
        >>> written = generate(model, [[3, 4, 7]], 2)  # the same bucket
        >>> trace_count(model)
        1
    """
    return programs_of(model).trace_count
