"""Text to learn to write from, and what a model's guesses at other text cost in bits.

A language model is judged by the bits that it would take to send a text to somebody who
has the same model: minus the base-2 logarithm of the probability of what came, over the
number of characters. It is one unit for decoders and n-grams, whatever their tokens.
"""

import dataclasses
import functools
import random
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from course.datasets.bilingual import home_sentences, other_sentences
from course.training import learn as learn_in_loop
from course.training import rising_and_falling
from transformer_tf import BytePairTokenizer

MOST = {"home": (350_000, 12_000), "other": (250_000, 12_000)}  # characters
END = 0  # the id of <|endoftext|>, which stands before every text


@dataclasses.dataclass(frozen=True)
class WritingTask:
    """Texts of one language, as tokens.

    Args:
        tokenizer: Learnt on the training texts; id 0 stands before every text.
        training: int32 array: the training texts one after the other.
        testing: The same of the testing texts, none of which is in training.
        characters: How many characters the testing texts have, with one for each end.
    """

    tokenizer: BytePairTokenizer
    training: np.ndarray
    testing: np.ndarray
    characters: int


def writing_task(language: str, pieces: int = 512, seed: int = 0) -> WritingTask:
    """Commands for a house, and other text (see `bilingual`).

    Args:
        language: "en" or "es".
        pieces: The size of the vocabulary.
        seed: Orders the texts and draws which templates are held out.

    Raises:
        CourseError: a package is missing; says how to install it.
    """
    training, testing = texts(language, seed)
    tokenizer = BytePairTokenizer.train(training, pieces)
    return WritingTask(
        tokenizer,
        training=stream(tokenizer, training),
        testing=stream(tokenizer, testing),
        characters=sum(len(text) + 1 for text in testing),
    )


def texts(language: str, seed: int = 0) -> tuple[list[str], list[str]]:
    """Texts for training and for testing, in any order, up to `MOST` characters."""
    chance = random.Random(seed)
    parts: tuple[list[str], list[str]] = ([], [])
    sources = {
        "home": home_sentences(language, seed=seed),
        "other": other_sentences(language),
    }
    for kind, found in sources.items():
        for part, lines, most in zip(parts, found, MOST[kind], strict=True):
            lines = sorted(lines)
            chance.shuffle(lines)
            part += _up_to(lines, most)
    for part in parts:
        chance.shuffle(part)
    return parts


def stream(tokenizer: Any, lines: Sequence[str]) -> np.ndarray:
    """int32 ids of some texts one after the other, END before each and at the end."""
    ids = [END]
    for line in lines:
        ids += [*tokenizer.encode(line).ids, END]
    return np.array(ids, "int32")


def learn(
    model,
    ids: np.ndarray,
    steps: int,
    rate: float,
    context: int = 64,
    batch: int = 32,
    seed: int = 0,
) -> list[float]:
    """Trains a causal model with Adam on windows drawn from a stream of tokens.

    Args:
        model: From [batch, length] ids to [batch, length, vocabulary] logits.
        ids: The stream.
        steps: How many batches.
        rate: The learning rate at its highest; it warms up, then falls along a cosine.
        context: The length of a window.
        batch: How many windows make a step.
        seed: Draws the windows.

    Returns:
        The mean loss of each fiftieth of the training, in nats per token.
    """
    schedule = rising_and_falling(rate, steps, steps // 20)
    optimizer = keras.optimizers.Adam(schedule, clipnorm=1.0)
    model(ids[None, :context])
    draws = functools.partial(windows, ids, context, batch, seed)
    losses = learn_in_loop(model, optimizer, draws, steps, verbose=False)
    return [float(np.mean(part)) for part in np.array_split(losses, min(50, steps))]


def windows(
    ids: np.ndarray, context: int, batch: int, seed: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(inputs, targets) of windows drawn from a stream of tokens, without end.

    Yields:
        Twice [batch, context] int32: windows, and the token after each of theirs.
    """
    chance = np.random.default_rng(seed)
    while True:
        begin = chance.integers(len(ids) - context, size=(batch, 1))
        window = ids[begin + np.arange(context + 1)]
        yield window[:, :-1], window[:, 1:]


def bits_a_character(
    model, ids: np.ndarray, characters: int, context: int = 64
) -> float:
    """What a stream of tokens costs under a model, each token scored once.

    Windows overlap by half, so that a token is judged with at least half a window of
    text before it (all there is, at the beginning).

    Args:
        model: From [batch, length] ids to [batch, length, vocabulary] logits.
        ids: The stream; what does not fill the last window is left out.
        characters: How many characters the stream has.
        context: The length of a window.
    """
    half = context // 2
    starts = range(0, len(ids) - context, half)
    windows = np.stack([ids[start : start + context + 1] for start in starts])

    @tf.function(jit_compile=True)
    def losses_of(windows):
        return tf.nn.sparse_softmax_cross_entropy_with_logits(
            windows[:, 1:], model(windows[:, :-1])
        )

    padded = np.concatenate([windows, windows[:1].repeat(-len(windows) % 32, axis=0)])
    parts = padded.reshape(-1, 32, context + 1)
    losses = np.concatenate([losses_of(tf.constant(part)).numpy() for part in parts])
    losses = losses[: len(windows)]
    scored = np.concatenate([losses[0], losses[1:, half:].ravel()])
    return float(scored.mean() / np.log(2) * (len(ids) - 1) / characters)


def _up_to(lines: Sequence[str], characters: int) -> list[str]:
    kept = []
    for line in lines:
        characters -= len(line)
        if characters < 0:
            break
        kept.append(line)
    return kept
