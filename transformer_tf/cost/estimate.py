"""The calculator: from a configuration to what running and training it costs."""

from __future__ import annotations

from typing import Any

from transformer_tf.arguments import check_choice, check_size, optional_size
from transformer_tf.cost import flops
from transformer_tf.cost.activations import serving_peak
from transformer_tf.cost.architecture import Architecture
from transformer_tf.cost.backward import training_peak
from transformer_tf.cost.cost import Cost, ServingMemory, TrainingMemory
from transformer_tf.cost.dtypes import DTYPES, Precision
from transformer_tf.cost.optimizers import SLOTS, slot_numbers
from transformer_tf.cost.reading import Reading
from transformer_tf.cost.source import read_architecture
from transformer_tf.cost.whole import cache_numbers, parameters, weight_shapes

USUAL_LENGTH, USUAL_NEW_TOKENS = 512, 128


def estimate_cost(
    source: Any,
    *,
    kind: str | None = None,
    batch_size: int = 1,
    length: int | None = None,
    target_length: int | None = None,
    new_tokens: int | None = None,
    global_positions: int | None = None,
    dtype: str = "float32",
    optimizer: str = "adamw",
) -> Cost:
    """What a model costs in parameters, operations and memory, by calculation.

    Nothing is built and no weight is read: a model larger than the memory costs no
    more to calculate than a small one.

    Args:
        source: A config.json, a folder, a `TransformerConfig` and more, as
            `read_architecture` takes it.
        kind: The name of the model's class; what `source` names when None.
        batch_size: Number of texts in a call.
        length: Number of tokens in each, in an encoder-decoder of the source; as many
            as the model reads, 512 at most, when None.
        target_length: Number of target tokens in an encoder-decoder; as many as in the
            source, if so many fit, when None.
        new_tokens: Number of tokens to generate; 128, if so many fit, when None.
        global_positions: Longformer's global positions in each text; those that the
            model's class chooses when None.
        dtype: The dtype policy, such as "mixed_bfloat16".
        optimizer: One of `SLOTS`, such as "adamw".

    Returns:
        A `Cost`.

    Raises:
        ValueError: An unknown family, class, dtype or optimizer; more tokens than the
            model reads.
        TypeError: A size that is no whole number.
        FileNotFoundError: There is no such configuration.

    Example:
        >>> cost = estimate_cost(gpt2_config(), kind="CausalLM", length=1024)
        >>> cost.total_parameters  # of the small GPT-2
        124439808
        >>> print(f"{cost.total_forward_flops:.3g}")
        2.77e+11

    Source: operations as in https://arxiv.org/abs/2204.02311, appendix B.
    """
    architecture = read_architecture(source, kind)
    precision = Precision.of(check_choice("dtype", dtype, DTYPES))
    check_choice("optimizer", optimizer, tuple(SLOTS))
    sizes = _Sizes(architecture, batch_size, length, target_length, new_tokens)
    readings = _readings(architecture, sizes, precision, global_positions)
    shapes = list(weight_shapes(architecture))
    by_part = parameters(architecture)
    weights = sum(by_part.values())
    scored, writes = sizes.scored, sizes.new_tokens > 0
    cached = _with_cache(readings, sizes) if writes else {}
    of_training = flops.training_step(architecture, readings, scored, False)
    slots = slot_numbers(optimizer, (shape for _, shape in shapes))
    return Cost(
        model=_name(architecture),
        batch_size=sizes.batch,
        length=sizes.length,
        target_length=sizes.target,
        new_tokens=sizes.new_tokens,
        dtype=dtype,
        optimizer=optimizer,
        parameters=by_part,
        forward_flops=flops.forward_by_part(architecture, readings, scored),
        training_flops=of_training,
        rematerialized_flops=flops.training_step(architecture, readings, scored, True),
        token_flops=flops.token(architecture, cached) if writes else 0,
        generation_flops=flops.generation(
            architecture, cached, sizes.prompt, sizes.new_tokens
        )
        if writes
        else 0,
        serving=ServingMemory(
            weights=weights * precision.weight_bytes,
            activations=serving_peak(architecture, readings, scored, precision),
            cache=cache_numbers(architecture, cached) * precision.bytes,
        ),
        training=TrainingMemory(
            weights=weights * precision.weight_bytes,
            gradients=weights * precision.weight_bytes,
            slots=slots * precision.weight_bytes,
            activations=training_peak(architecture, readings, scored, precision, False),
            rematerialized=training_peak(
                architecture, readings, scored, precision, True
            ),
        ),
        assumes=_assumptions(architecture, precision),
    )


class _Sizes:
    """How many tokens there are, checked against what the model reads."""

    def __init__(self, architecture, batch_size, length, target_length, new_tokens):
        self.batch = check_size("batch_size", batch_size)
        most = architecture.max_length(architecture.stacks[0])
        self.length = optional_size("length", length) or _usual(USUAL_LENGTH, most)
        _check_most("length", self.length, most)
        self.target = self._target(architecture, target_length)
        last = architecture.max_length(architecture.stacks[-1])
        # A decoder begins with the text, or with a start token.
        self.prompt = 1 if architecture.reads_source else self.length
        self.new_tokens = self._new_tokens(architecture, new_tokens, last)

    def _target(self, architecture: Architecture, target_length) -> int | None:
        given = optional_size("target_length", target_length)
        if not architecture.reads_source:
            if given is not None:
                raise ValueError(
                    "target_length is for encoder-decoders; got "
                    f"{given} for a {architecture.kind} on a {architecture.body}"
                )
            return None
        if architecture.kind not in ("Seq2SeqLM", "EncoderDecoder"):
            if given not in (None, self.length):
                raise ValueError(
                    f"a {architecture.kind} reads the same text on both sides: "
                    f"target_length must be {self.length} or left out; got {given}"
                )
            return self.length
        most = architecture.max_length("Decoder")
        target = given or _usual(self.length, most)
        _check_most("target_length", target, most)
        return target

    def _new_tokens(self, architecture: Architecture, new_tokens, most) -> int:
        given = optional_size("new_tokens", new_tokens)
        if not architecture.generates:
            if given is not None:
                raise ValueError(
                    f"new_tokens is for models that generate; got {given} for a "
                    f"{architecture.kind}"
                )
            return 0
        free = None if most is None else most - self.prompt
        if given is not None and free is not None and given > free:
            raise ValueError(
                f"behind {self.prompt} tokens there is room for {free} more of the "
                f"{most} that the model reads; got new_tokens={given}: give fewer, or "
                "a smaller length"
            )
        return given if given is not None else _usual(USUAL_NEW_TOKENS, free)

    @property
    def scored(self) -> int:
        """Number of positions that a head for tokens scores."""
        return self.length if self.target is None else self.target


def _usual(size: int, most: int | None) -> int:
    return size if most is None else min(size, most)


def _check_most(name: str, size: int, most: int | None) -> None:
    if most is not None and size > most:
        raise ValueError(
            f"{name} must not exceed the model's max_length of {most}; got {size}"
        )


def _readings(
    architecture: Architecture, sizes: _Sizes, precision: Precision, global_positions
) -> dict[str, Reading]:
    config, first = architecture.config, architecture.stacks[0]
    seeing = optional_size("global_positions", global_positions, minimum=0)
    if not config.global_attention:
        if seeing is not None:
            raise ValueError(
                "global_positions is for models with global_attention; got "
                f"{seeing} for a {architecture.kind} without"
            )
        seeing = 0
    elif seeing is None:
        seeing = min(sizes.length, architecture.global_positions)
    elif seeing > sizes.length:
        raise ValueError(
            f"there are {sizes.length} positions; got global_positions={seeing}"
        )
    reading = Reading(
        sizes.batch, sizes.length, dtype=precision.dtype, global_positions=seeing
    )
    found = {first: reading}
    if sizes.target is not None:
        found["Decoder"] = Reading(
            sizes.batch, sizes.target, source=sizes.length, dtype=precision.dtype
        )
    return found


def _with_cache(readings: dict[str, Reading], sizes: _Sizes) -> dict[str, Reading]:
    """The same with room for the prompt and what is written."""
    *before, last = readings
    found = {stack: readings[stack] for stack in before}
    return found | {last: readings[last].behind(sizes.prompt + sizes.new_tokens)}


def _name(architecture: Architecture) -> str:
    kind, body = architecture.kind, architecture.body
    told = kind if kind == body else f"{kind} on {body}"
    return f"{told} ({architecture.model_type})" if architecture.model_type else told


def _assumptions(architecture: Architecture, precision: Precision) -> tuple[str, ...]:
    found = [
        "operations are those of matrix products, two for each weight and vector",
        "activations are as XLA plans them, which `fit` and `generate` use",
        "no padding, and every position is scored",
    ]
    if architecture.generates:
        found.append("greedy or sampled; beams multiply the batch")
        found.append("the cache has just enough slots; Buckets rounds their number up")
    if architecture.config.global_attention:
        found.append("few positions of each text are global")
    if precision.is_mixed:
        found.append("a mixed policy keeps weights, gradients and slots in float32")
    return tuple(found)
