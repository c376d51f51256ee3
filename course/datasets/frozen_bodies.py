"""Bodies that are only read: a vector for each text, made once, and a head on top."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from course.datasets import minilm
from course.datasets.four_heads import pretrained_body, states
from course.datasets.rivals import WordCounts
from course.datasets.text_tasks import TextTask, words_of
from course.models import model_folder
from course.pieces.transfer import mean_pool
from transformer_tf import text
from transformer_tf.checkpoints import from_pretrained

LENGTH, BATCH = 64, 32
STEPS, RATE = 200, 0.03

# Learns from texts and the numbers of their classes, then gives others' numbers.
Reader = Callable[[Sequence[str], np.ndarray, Sequence[str]], np.ndarray]


class FrozenBody:
    """A body that stays as it is, its tokenizer, and vectors that it made already.

    Args:
        body: An `Encoder`: ids and padding mask in, hidden states out.
        tokenizer: Its own.

    Call it as a `Reader`: a head, a dense layer, learns on the vectors.
    """

    def __init__(self, body: Any, tokenizer: Any):
        self.tokenizer = tokenizer
        self.known: dict[str, np.ndarray] = {}
        self.pooled = tf.function(
            lambda ids: mean_pool(states(body, ids), ids > 0), reduce_retracing=True
        )

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """[text, dim] float32: the means of the hidden states, of length 1."""
        new = sorted(set(texts) - set(self.known))
        ids = [one.ids[:LENGTH] for one in self.tokenizer.encode_batch(new)]
        order = sorted(range(len(new)), key=lambda n: len(ids[n]))
        for first in range(0, len(order), BATCH):  # of like length: little padding
            chosen = order[first : first + BATCH]
            rows = np.zeros((len(chosen), len(ids[chosen[-1]])), "int32")
            for row, n in zip(rows, chosen, strict=True):
                row[: len(ids[n])] = ids[n]
            found = self.pooled(tf.constant(rows)).numpy()
            found /= np.linalg.norm(found, axis=1, keepdims=True)
            self.known.update(zip((new[n] for n in chosen), found, strict=True))
        return np.stack([self.known[one] for one in texts])

    def __call__(self, texts, numbers, others):
        known, unknown = self.vectors(texts), self.vectors(others)
        middle, spread = known.mean(axis=0), known.std() + 1e-6
        known, unknown = (known - middle) / spread, (unknown - middle) / spread
        kernel, bias = _train_head(known, numbers)
        return (unknown @ kernel + bias).argmax(axis=1)


def word_reader(texts, numbers, others) -> np.ndarray:
    """Naive Bayes on words and on pairs of words, a `Reader`."""
    return _predict_by_counts(words_of, texts, numbers, others)


def letter_reader(texts, numbers, others) -> np.ndarray:
    """Naive Bayes on letters and on pairs of letters, a `Reader`."""
    return _predict_by_counts(lambda one: list(one.lower()), texts, numbers, others)


@functools.cache
def own_body() -> FrozenBody:
    """The course's bilingual encoder, which has read commands for a house."""
    folder = model_folder("bilingual_encoder")
    return FrozenBody(pretrained_body(), text.from_pretrained(folder))


@functools.cache
def minilm_body() -> FrozenBody:
    """all-MiniLM-L6-v2, which has read English: 22 million weights.

    Raises:
        CourseError: the package is missing; says how to install it.
    """
    return FrozenBody(from_pretrained(minilm.published_folder()), minilm.tokenizer())


def right_by_labels(
    task: TextTask, readers: dict[str, Reader], counts: Sequence[int], draws: int = 3
) -> dict[str, np.ndarray]:
    """[count, draw] percent right for each reader, on the same labelled texts.

    Args:
        task: What there is to learn from, and to be tested on.
        readers: By their names.
        counts: How many texts of each class have labels.
        draws: How many times they are drawn.
    """
    names = list(task.training)
    others, gold = zip(*task.testing, strict=True)
    right = np.array([names.index(name) for name in gold])
    found = {name: np.zeros((len(counts), draws)) for name in readers}
    for row, count in enumerate(counts):
        for draw in range(draws):
            chance = np.random.default_rng(draw)
            texts = [
                task.training[name][n]
                for name in names
                for n in chance.permutation(len(task.training[name]))[:count]
            ]
            numbers = np.repeat(np.arange(len(names)), count)
            for name, read in readers.items():
                said = read(texts, numbers, others)
                found[name][row, draw] = 100 * np.mean(said == right)
    return found


def _predict_by_counts(parted, texts, numbers, others) -> np.ndarray:
    counts = WordCounts(map(parted, texts), map(str, numbers))
    return np.array([int(counts.best(parted(one))) for one in others])


def _train_head(x: np.ndarray, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kernel and bias of a dense layer: gradients of the cross entropy, and Adam."""
    x = np.concatenate([x, np.ones((len(x), 1), x.dtype)], axis=1)
    targets = np.eye(numbers.max() + 1, dtype=x.dtype)[numbers]
    kernel = np.zeros((x.shape[1], targets.shape[1]), x.dtype)
    mean, square = np.zeros_like(kernel), np.zeros_like(kernel)
    for step in range(1, STEPS + 1):
        logits = x @ kernel
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        gradient = x.T @ (shares - targets) / len(x)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        change = mean / (1 - 0.9**step)
        change /= np.sqrt(square / (1 - 0.999**step)) + 1e-8
        kernel -= RATE * change
    return kernel[:-1], kernel[-1]
