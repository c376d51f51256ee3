"""Finding texts by the words they share: the honest rival of a model's vectors."""

import collections
import math
import re
from collections.abc import Sequence

import numpy as np


def word_scores(queries: Sequence[str], texts: Sequence[str]) -> np.ndarray:
    """[query, text] floats: cosine of tf-idf vectors, which count weighted words.

    A word counts the more, the more often a text has it, by the logarithm, and the
    fewer texts have it. Words of the queries that no text has count for nothing.

    Source: https://doi.org/10.1016/0306-4573(88)90021-0
    """
    bags = [collections.Counter(_words(text)) for text in texts]
    numbers = {word: n for n, word in enumerate(sorted(set().union(*bags)))}
    spread = np.array([sum(word in bag for bag in bags) for word in numbers])
    rarity = np.log(len(texts) / spread)

    def vectors(counted):
        found = np.zeros((len(counted), len(numbers)))
        for row, bag in zip(found, counted, strict=True):
            for word, count in bag.items():
                if word in numbers:
                    row[numbers[word]] = 1 + math.log(count)
        found *= rarity
        length = np.linalg.norm(found, axis=1, keepdims=True)
        return found / np.where(length == 0, 1, length)

    asked = [collections.Counter(_words(query)) for query in queries]
    return vectors(asked) @ vectors(bags).T


def ranks(scores: np.ndarray, right: Sequence[int]) -> np.ndarray:
    """[query] integers: how many texts score higher than the right one."""
    own = scores[np.arange(len(right)), np.asarray(right)]
    return (scores > own[:, None]).sum(axis=1)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())
