"""A cost as text, for people."""

from __future__ import annotations

from transformer_tf.cost.cost import Cost
from transformer_tf.cost.spanish import in_language

_WIDTH = 44
_PREFIXES = ("", "k", "M", "G", "T", "P", "E", "Z", "Y")


def render(cost: Cost, language: str = "en") -> str:
    """The table that the command prints.

    Args:
        cost: What was calculated.
        language: "en" or "es".
    """

    def say(text: str) -> str:
        return in_language(text, language)

    serving, training = cost.serving, cost.training
    lines = [_title(cost, language), "", _row(say("parameters"), "")]
    lines += [_row(f"  {say(part)}", f"{n:,}") for part, n in _parts(cost.parameters)]
    lines += [_row(f"  {say('total')}", f"{cost.total_parameters:,}"), ""]
    lines.append(_row(say("operations (FLOPs)"), ""))
    forward = cost.forward_flops
    lines += [_row(f"  {say(part)}", in_si(n)) for part, n in _parts(forward)]
    rows = [
        ("forward pass", cost.total_forward_flops),
        ("training step", cost.training_flops),
        ("the same, rematerialized", cost.rematerialized_flops),
    ]
    if cost.new_tokens:
        rows.append(("one more token, with a cache", cost.token_flops))
    lines += [_row(f"  {say(name)}", in_si(number)) for name, number in rows]
    if cost.new_tokens:
        name = say("generation of {} tokens").format(cost.new_tokens)
        lines.append(_row(f"  {name}", in_si(cost.generation_flops)))
    lines += ["", _row(say("memory for serving"), "")]
    parts = [("weights", serving.weights), ("activations", serving.activations)]
    if cost.new_tokens:
        parts.append(("key-value cache", serving.cache))
    lines += [_row(f"  {say(name)}", in_bytes(n)) for name, n in parts]
    lines.append(_row(f"  {say('total')}", in_bytes(serving.total)))
    lines += ["", _row(say("memory for training"), "")]
    for name, number in (
        ("weights", training.weights),
        ("gradients", training.gradients),
        (say("slots of {}").format(cost.optimizer), training.slots),
        ("activations", training.activations),
        ("total", training.total),
        ("activations, rematerialized", training.rematerialized),
        ("total, rematerialized", training.total_rematerialized),
    ):
        lines.append(_row(f"  {say(name)}", in_bytes(number)))
    lines += ["", say("This assumes:")]
    lines += [f"* {say(sentence)}" for sentence in cost.assumes]
    return "\n".join(lines)


def _title(cost: Cost, language: str) -> str:
    length = f"{cost.length:,}"
    if cost.target_length is not None:
        length = f"{length} -> {cost.target_length:,}"
    said = in_language("{}, batch {} x length {}, {}", language)
    return said.format(cost.model, cost.batch_size, length, cost.dtype)


def _parts(numbers: dict[str, int]) -> list[tuple[str, int]]:
    return [(part, number) for part, number in numbers.items() if number]


def _row(name: str, number: str) -> str:
    return f"{name:<{_WIDTH}}{number:>16}".rstrip()


def in_si(number: float) -> str:
    """A number with three digits and a prefix: 2.77e11 is "277 G".

    Example:
        >>> from transformer_tf.cost.table import in_si
        >>> in_si(276_700_000_000), in_si(512)
        ('277 G', '512')
    """
    power = 0
    while number >= 999.5 and power < len(_PREFIXES) - 1:
        number, power = number / 1000, power + 1
    digits = max(0, 3 - len(str(int(number))))
    text = f"{number:.{digits}f}" if power else f"{number:.0f}"
    return f"{text} {_PREFIXES[power]}".rstrip()


def in_bytes(number: float) -> str:
    """The same with the unit, in powers of 1000: 5e8 is "500 MB"."""
    text = in_si(number)
    return f"{text}B" if text[-1:].isalpha() else f"{text} B"
