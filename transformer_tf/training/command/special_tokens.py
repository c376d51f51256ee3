"""The ids that an objective needs of a tokenizer, whatever its family calls them."""

from __future__ import annotations

from typing import Any

from transformer_tf.training.command.keys import ConfigError

MASKS = ("[MASK]", "<mask>")
ENDS = ("<|endoftext|>", "</s>", "[SEP]", "<eos>", "<|end_of_text|>")
PADS = ("[PAD]", "<pad>")
SENTINEL = "<extra_id_{}>"


def end_id(tokenizer: Any, token: str) -> int:
    """The id that ends a text: that of a token, or of the first known one if "".

    Raises:
        ConfigError: The tokenizer has no such token.
    """
    return _first(tokenizer, (token,) if token else ENDS, "data.end_token")


def mask_id(tokenizer: Any) -> int:
    """The id that hides a token.

    Raises:
        ConfigError: The tokenizer has no mask.
    """
    return _first(tokenizer, MASKS, "objective.name='masked'")


def padding_id(tokenizer: Any) -> int:
    """The id that fills rows up; 0 for a tokenizer without one (it is masked)."""
    found = [tokenizer.token_to_id(token) for token in PADS]
    return next((number for number in found if number is not None), 0)


def sentinel_ids(tokenizer: Any) -> list[int]:
    """The sentinels of dropped spans, in order of use.

    Raises:
        ConfigError: The tokenizer has none.
    """
    _first(tokenizer, (SENTINEL.format(0),), "objective.name='spans'")
    found: list[int] = []
    while (number := tokenizer.token_to_id(SENTINEL.format(len(found)))) is not None:
        found.append(number)
    return found


def _first(tokenizer: Any, tokens: tuple[str, ...], key: str) -> int:
    found = [tokenizer.token_to_id(token) for token in tokens]
    for number in found:
        if number is not None:
            return number
    raise ConfigError(
        f"{key} needs the token {' or '.join(tokens)}, which the tokenizer has not"
    )
