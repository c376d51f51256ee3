"""What a calculation tells, in numbers."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class ServingMemory:
    """Bytes that a forward pass needs at its peak.

    Attributes:
        weights: The weights.
        activations: What the layers compute, at the moment when most of it is held.
        cache: The key-value cache of generation, and the keys and values of a source; 0
            for a model that does not generate.

    Example:
        >>> memory = estimate_cost(gpt2_config(), kind="CausalLM", length=1000).serving
        >>> memory.weights, memory.total > memory.weights + memory.cache
        (497759232, True)
    """

    weights: int
    activations: int
    cache: int

    @property
    def total(self) -> int:
        return self.weights + self.activations + self.cache


@dataclasses.dataclass(frozen=True)
class TrainingMemory:
    """Bytes that a training step needs at its peak.

    Attributes:
        weights: The weights; under a mixed policy in float32.
        gradients: A gradient for each weight.
        slots: What the optimizer remembers of each weight.
        activations: What is kept for the backward pass, and what it is read with.
        rematerialized: The activations with `rematerialize=True`, which computes
            blocks a second time.

    Example:
        >>> memory = estimate_cost(bert_config(), kind="MaskedLM").training
        >>> memory.slots == 2 * memory.weights  # of AdamW
        True
        >>> memory.total_rematerialized < memory.total
        True
    """

    weights: int
    gradients: int
    slots: int
    activations: int
    rematerialized: int

    @property
    def total(self) -> int:
        """With all activations kept."""
        return self.weights + self.gradients + self.slots + self.activations

    @property
    def total_rematerialized(self) -> int:
        """With the activations of rematerialization in place of all."""
        return self.total - self.activations + self.rematerialized


@dataclasses.dataclass(frozen=True)
class Cost:
    """What a model costs, calculated from its configuration.

    Attributes:
        model: Its class and family.
        batch_size: Number of texts in a call.
        length: Number of tokens in each; of the source in an encoder-decoder.
        target_length: Number of target tokens in an encoder-decoder, else None.
        new_tokens: Number of tokens in a whole generation; 0 for a model that does
            not generate.
        dtype: The dtype policy.
        optimizer: The optimizer.
        parameters: {part: number of weights}, what is shared counted once.
        forward_flops: {part: floating-point operations} of a forward pass.
        training_flops: Of a training step: forward and backward pass.
        rematerialized_flops: Of one with `rematerialize=True`.
        token_flops: Of one more token of each text, with a full cache.
        generation_flops: Of reading the prompts and writing `new_tokens`.
        serving: A `ServingMemory`.
        training: A `TrainingMemory`.
        assumes: What the numbers take for granted, a sentence each.

    Example:
        >>> cost = estimate_cost(bert_config(), kind="MaskedLM", batch_size=8)
        >>> cost.parameters["embeddings"], cost.parameters["feed_forward"]
        (23835648, 56669184)
        >>> cost.as_dict()["parameters"]["total"]
        109514298
    """

    model: str
    batch_size: int
    length: int
    target_length: int | None
    new_tokens: int
    dtype: str
    optimizer: str
    parameters: dict[str, int]
    forward_flops: dict[str, int]
    training_flops: int
    rematerialized_flops: int
    token_flops: int
    generation_flops: int
    serving: ServingMemory
    training: TrainingMemory
    assumes: tuple[str, ...]

    @property
    def total_parameters(self) -> int:
        return sum(self.parameters.values())

    @property
    def total_forward_flops(self) -> int:
        return sum(self.forward_flops.values())

    def as_dict(self) -> dict[str, Any]:
        """All numbers by name, totals among them, as JSON can hold them."""
        found = dataclasses.asdict(self)
        found["assumes"] = list(self.assumes)
        found["parameters"]["total"] = self.total_parameters
        found["forward_flops"]["total"] = self.total_forward_flops
        found["serving"]["total"] = self.serving.total
        found["training"]["total"] = self.training.total
        found["training"]["total_rematerialized"] = self.training.total_rematerialized
        return found
