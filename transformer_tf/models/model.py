"""What whole models have in common: how Keras traces, exports and distributes them."""

from typing import Any

import keras

from transformer_tf.layer import Contract
from transformer_tf.models.changes import apply_changes, changes_of


class Model(Contract, keras.Model):
    """A Keras model whose inputs are ids and masks, which no float may stand for.

    Attributes:
        tokenizer: The `Tokenizer` of the checkpoint that the model was loaded from;
            None for a model that was built, or a checkpoint without one.
        checkpoint: A `Checkpoint`, what it was loaded from: its config.json, labels and
            problem type; None for a model that was built.
        generation_config: A `GenerationConfig`, what `generate` takes as given; None
            for none.
    """

    required_inputs: tuple[str, ...] = ("ids",)
    tokenizer: Any = None
    checkpoint: Any = None
    generation_config: Any = None

    @classmethod
    def from_pretrained(cls, name: Any, **options: Any) -> Any:
        """A model of this class from a published checkpoint.

        Args:
            name: As in `transformer_tf.from_pretrained`, which says more.
            options: The same as there.

        Returns:
            A built model. A head that the checkpoint lacks is new, with a warning.

        Raises:
            ValueError, FileNotFoundError: As there; a family without such a head.
        """
        # Checkpoints stand on models; only this door leads the other way.
        from transformer_tf.checkpoints import from_pretrained

        return from_pretrained(name, cls, **options)

    def save_pretrained(self, folder: Any, **options: Any) -> None:
        """Writes the model as it is published, for transformers and `from_pretrained`.

        Args:
            folder: As in `transformer_tf.save_pretrained`, which says more.
            options: The same as there: `max_shard_size`, `model_type`.

        Raises:
            ValueError, OSError: As there.
        """
        from transformer_tf.checkpoints import save_pretrained

        save_pretrained(self, folder, **options)

    def export(
        self,
        filepath,
        format="tf_saved_model",
        verbose=None,
        input_signature=None,
        **options,
    ):
        """Writes the model for serving, for any batch size and any length.

        Args:
            filepath: Where to.
            format: As `keras.Model.export` takes it: `tf_saved_model` for any sizes;
                `litert` (the exact `gelu` then needs its Flex delegate) and `onnx`
                (needs tf2onnx) with the fixed sizes of an `input_signature`. Models
                whose projections have biases also convert to ONNX for any sizes.
            verbose: Whether to report what was written.
            input_signature: What the served function takes. When left out: what the
                model was built on (a dict of inputs or ids alone), every axis of any
                size, ids as int32 and masks as booleans. (Keras would take floats.)
            options: See `keras.Model.export`.
        """
        if not self.built:
            self.build()
        if input_signature is None:
            input_signature = self.input_signature()
        super().export(filepath, format, verbose, input_signature, **options)

    def get_build_config(self):
        """What loading does before it loads weights; see `changes`."""
        config = super().get_build_config() or {}
        return {**config, "changes": changes_of(self)} if self.built else config

    def build_from_config(self, config):
        self.build()
        apply_changes(self, config.get("changes", {}))

    def input_signature(self):
        """Specs of what `call` takes, in order; see `export`."""
        return [input_spec(name) for name in self.required_inputs]

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Builds on the first replica's batch under a TensorFlow strategy.

        Keras averages the batches of all replicas to learn their shape: that makes
        floats of ids and fails on booleans.
        """
        strategy = self._distribute_strategy
        if iterator is not None and strategy is not None:
            for _, _, batches in iterator:
                data_batch = keras.tree.map_structure(
                    lambda x: strategy.experimental_local_results(x)[0], next(batches)
                )
                break
            iterator = None
        super()._maybe_symbolic_build(iterator, data_batch)


def input_spec(name, axes=2):
    """The spec of an input of any size: [batch, length] unless there are more axes."""
    if name == "memory" or name.endswith("embeddings"):
        return keras.InputSpec(shape=(None,) * 3, dtype="float32", name=name)
    axes = {"prefix_length": 1, "attention_mask": 3}.get(name, axes)
    dtype = "bool" if name.endswith("_mask") else "int32"
    return keras.InputSpec(shape=(None,) * axes, dtype=dtype, name=name)
