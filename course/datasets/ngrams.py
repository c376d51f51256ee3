"""Counts of n-grams as a language model: the rival that every decoder should beat.

Witten and Bell's smoothing: after a context that was seen c times and followed by t
different ids, a share t / (c + t) of the probability is given to the shorter context.
"""

import math
from collections import Counter, defaultdict

import numpy as np


class NgramModel:
    """Guesses the next id from the `order - 1` ids before it.

    Args:
        ids: Integers in [0, vocabulary): the text to count in.
        order: The longest n-gram; 1 ignores what comes before.
        vocabulary: How many different ids there may be.

    Source: https://doi.org/10.1109/18.87000 (Witten and Bell, 1991), method C.
    """

    def __init__(self, ids, order: int, vocabulary: int):
        self.order, self.vocabulary = order, vocabulary
        self.counts: dict[tuple, Counter] = defaultdict(Counter)
        text = [int(number) for number in ids]
        for place, number in enumerate(text):
            for length in range(min(order, place + 1)):
                self.counts[tuple(text[place - length : place])][number] += 1

    def probability(self, context, number: int) -> float:
        """How likely an id is after some others."""
        context = tuple(context)[-(self.order - 1) :] if self.order > 1 else ()
        found = 1 / self.vocabulary
        for length in range(len(context) + 1):
            followers = self.counts.get(context[len(context) - length :])
            if followers is None:
                break  # whatever is longer was not seen either
            seen, kinds = followers.total(), len(followers)
            found = (followers[number] + kinds * found) / (seen + kinds)
        return found

    def bits(self, ids) -> float:
        """The mean number of bits an id of a text."""
        text = [int(number) for number in ids]
        reach = self.order - 1
        total = sum(
            math.log2(self.probability(text[max(0, n - reach) : n], text[n]))
            for n in range(1, len(text))
        )
        return -total / max(1, len(text) - 1)

    def sample(self, start, count: int, rng: np.random.Generator) -> list[int]:
        """Continues some ids by drawing `count` more."""
        text = list(start)
        for _ in range(count):
            context = text[max(0, len(text) - self.order + 1) :]
            likely = [self.probability(context, n) for n in range(self.vocabulary)]
            text.append(
                int(rng.choice(self.vocabulary, p=np.divide(likely, sum(likely))))
            )
        return text[len(start) :]
