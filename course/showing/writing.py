"""The course's causal model at work: what it writes, and what it thinks of a text."""

import functools
from typing import Any

import numpy as np

from course.models import model_folder
from transformer_tf import Sampling, Temperature
from transformer_tf.checkpoints import from_pretrained


@functools.cache
def writer() -> Any:
    """The bilingual decoder of `course.models`, with its tokenizer."""
    return from_pretrained(model_folder("bilingual_decoder"))


def token_probabilities(text: str) -> tuple[list[str], np.ndarray]:
    """The tokens of a text, and how likely the model held each, given those before."""
    model = writer()
    ids = [0, *model.tokenizer.encode(text).ids][: model.config.max_length]
    logits = np.array(model(np.array([ids[:-1]], "int32")))[0].astype("float64")
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    likely = powers / powers.sum(axis=-1, keepdims=True)
    shown = [model.tokenizer.decode([number]) for number in ids[1:]]
    return shown, likely[np.arange(len(ids) - 1), ids[1:]]


def written(
    start: str, temperature: float | None, tokens: int = 40, seed: int = 0
) -> str:
    """What the model writes after a beginning, up to the end of that text.

    Args:
        start: How the text begins; it may be empty.
        temperature: Of the draw; None always takes the likeliest token.
        tokens: How many tokens at most.
        seed: Of the draw.
    """
    model = writer()
    prompt = [0, *model.tokenizer.encode(start).ids]
    cold = temperature is None
    ids = model.generate(
        [prompt],
        tokens,
        None if cold else Sampling(seed=seed),
        processors=[] if cold else [Temperature(temperature)],
        stop_ids=[0],
    )[0]
    return start + model.tokenizer.decode([int(n) for n in ids if n != 0])
