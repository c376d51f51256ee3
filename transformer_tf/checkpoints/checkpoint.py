"""What a model was loaded from, and what is said while it is loaded."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from transformer_tf.checkpoints.stored_tensor import StoredTensor

PROBLEM_TYPES = (
    "regression",
    "single_label_classification",
    "multi_label_classification",
)


class NewHead(UserWarning):
    """The checkpoint has no weights for a head: it starts at random, to be trained.

    Example:
        >>> import warnings
        >>> with warnings.catch_warnings(record=True) as found:
        ...     warnings.simplefilter("always")
        ...     model = TokenClassifier.from_pretrained("models/encoder", num_classes=3)
        >>> found[0].category.__name__, len(model.checkpoint.new)  # weights
        ('NewHead', 2)
    """


class UnusedWeights(UserWarning):
    """The checkpoint has weights that the model has no place for.

    Example:
        >>> import warnings
        >>> with warnings.catch_warnings(record=True) as found:
        ...     warnings.simplefilter("always")
        ...     body = Encoder.from_pretrained("models/classifier")
        >>> found[0].category.__name__, body.checkpoint.unused
        ('UnusedWeights', ('classifier.bias', 'classifier.weight'))
    """


class UnusedSettings(UserWarning):
    """The checkpoint asks for something that generation here cannot do.

    Example:
        >>> import warnings
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=6, **sizes))
        >>> save_pretrained(model, "grouped")
        >>> with open("grouped/generation_config.json", "w") as file:
        ...     written = file.write('{"num_beam_groups": 2}')
        >>> with warnings.catch_warnings(record=True) as found:
        ...     warnings.simplefilter("always")
        ...     model = from_pretrained("grouped")
        >>> found[0].category.__name__, model.generation_config.unsupported
        ('UnusedSettings', ('num_beam_groups',))
    """


class ApproximateModel(UserWarning):
    """What is written stands for a function near the model's, and not for the same.

    Example:
        >>> import warnings
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2, "activation": "gelu"}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=6, **sizes))
        >>> with warnings.catch_warnings(record=True) as found:
        ...     warnings.simplefilter("always")
        ...     save_to_preset(model, "near")  # KerasHub's GPT-2 has gelu by tanh
        >>> [warning.category.__name__ for warning in found]
        ['ApproximateModel']
    """


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """What a model was loaded from; `model.checkpoint`.

    Args:
        folder: The folder.
        config: Its config.json.
        unused: Published names that the model has no place for.
        new: Paths of weights that the checkpoint did not have.
        kept: Tensors by name that no output of ours needs (a pooler below a body), and
            that saving writes again.
        row: The row of its family's heads that it is.
        tokenizer: The tokenizer that it came with, None for none.

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> model.checkpoint.model_type, model.checkpoint.new, model.checkpoint.unused
        ('gpt2', (), ())
    """

    folder: str
    config: Mapping[str, Any]
    unused: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    kept: Mapping[str, StoredTensor] = dataclasses.field(default_factory=dict)
    row: str = ""
    tokenizer: Any = None

    @property
    def model_type(self) -> str:
        """The family, as config.json names it."""
        return self.config["model_type"]

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of a classifier's classes in order, from `id2label`; often none."""
        labels = self.config.get("id2label") or {}
        return tuple(labels[number] for number in sorted(labels, key=int))

    @property
    def problem_type(self) -> str:
        """What a classifier's scores mean, one of `PROBLEM_TYPES`.

        `regression`: the score is the answer. `single_label_classification`: a softmax
        over the classes. `multi_label_classification`: a sigmoid for each class.
        """
        told = self.config.get("problem_type")
        if told is not None:
            return told
        return PROBLEM_TYPES[0] if len(self.labels) == 1 else PROBLEM_TYPES[1]

    @property
    def task_settings(self) -> Mapping[str, Mapping[str, Any]]:
        """`task_specific_params`: settings of generation by task (T5: and a prefix)."""
        return self.config.get("task_specific_params") or {}
