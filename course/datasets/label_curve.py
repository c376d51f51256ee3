"""How good a classifier of commands gets with so many labels, begun in several ways.

TensorFlow's own. Everybody gets the same labelled commands and is tested on the same
ones, whose templates nobody has read.
"""

import functools
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from course.datasets.commands import Command
from course.datasets.four_heads import cross_entropy, pretrained_body, states
from course.datasets.four_tasks import padded
from course.datasets.rivals import WordCounts
from course.models import model_folder
from course.pieces.transfer import mean_pool
from transformer_tf import text

LENGTH, WARM_UP = 16, 20


@functools.cache
def _tokenizer() -> Any:
    return text.from_pretrained(model_folder("bilingual_encoder"))


def ids_of(commands: Sequence[Command]) -> np.ndarray:
    """[command, length] int32 for the course's bilingual encoder."""
    read = _tokenizer().encode_batch([one.text for one in commands])
    return padded([one.ids for one in read], LENGTH)


def word_accuracy(training: Sequence[Command], testing: Sequence[Command]) -> float:
    """Percent right of naive Bayes on words and pairs of words."""
    counts = WordCounts([c.words for c in training], [c.intent for c in training])
    return 100 * float(np.mean([counts.best(c.words) == c.intent for c in testing]))


class Beginner:
    """A body with a head for intents, which can begin anew as often as one likes.

    Args:
        names: The intents.
        steps: How many steps a training has.
        batch: Labelled commands a step.
    """

    def __init__(self, names: Sequence[str], steps: int = 200, batch: int = 32):
        self.names, self.steps, self.batch = list(names), steps, batch
        self.body = pretrained_body()
        self.pretrained = [w.numpy() for w in self.body.weights]
        self.head = keras.layers.Dense(len(names))
        self.head.build((None, self.body.config.dim))
        self.trainings = {frozen: self._training(frozen) for frozen in (True, False)}

    def accuracy(
        self,
        begins: str,
        training: Sequence[Command],
        testing: Sequence[Command],
        seed: int = 0,
    ) -> float:
        """Trains, and gives the percentage right.

        Args:
            begins: "scratch" (random weights), "frozen" (the body pretrained, the head
                alone learns) or "fine-tuned" (pretrained, and all of it learns).
            training, testing: Labelled commands.
            seed: Of random weights and of the order.
        """
        chance = np.random.default_rng(seed)
        self._begin(begins == "scratch", chance)
        frozen = begins == "frozen"
        step, optimizer, fresh = self.trainings[frozen]
        for variable, value in zip(optimizer.variables, fresh, strict=True):
            variable.assign(value)
        ids, targets = ids_of(training), self._targets(training)
        rate = 1e-2 if frozen else 1e-3
        for number in range(self.steps):
            rows = chance.integers(len(ids), size=self.batch)
            share = min(1, (number + 1) / WARM_UP) * (1 - number / self.steps)
            optimizer.learning_rate.assign(rate * share)
            step(tf.constant(ids[rows]), tf.constant(targets[rows]))
        found = np.concatenate(
            [
                self._logits(tf.constant(part)).numpy().argmax(axis=-1)
                for part in np.array_split(ids_of(testing), max(1, len(testing) // 200))
            ]
        )
        return 100 * float((found == self._targets(testing)).mean())

    def _begin(self, anew: bool, chance: np.random.Generator) -> None:
        """Matrices drawn as BERT's are; scales and offsets as they were."""
        for weight, value in zip(self.body.weights, self.pretrained, strict=True):
            if anew and value.ndim == 2:
                value = chance.normal(scale=0.02, size=value.shape)
            elif anew:
                value = np.full(value.shape, float(weight.path.endswith("gamma")))
            weight.assign(value)
        kernel, bias = self.head.weights
        kernel.assign(chance.normal(scale=0.02, size=kernel.shape))
        bias.assign(np.zeros(bias.shape))

    def _targets(self, commands: Sequence[Command]) -> np.ndarray:
        """[command] int32; -1 for an intent that was never learnt."""
        numbers = {name: n for n, name in enumerate(self.names)}
        return np.array([numbers.get(one.intent, -1) for one in commands], "int32")

    @functools.cached_property
    def _logits(self) -> Any:
        return tf.function(
            lambda ids: self.head(mean_pool(states(self.body, ids), ids > 0))
        )

    def _training(self, frozen: bool) -> tuple:
        """A compiled step, its optimizer, and that one's variables when new."""
        variables = list(self.head.trainable_variables)
        variables += [] if frozen else self.body.trainable_variables
        optimizer = keras.optimizers.Adam(1e-3, clipnorm=1.0)
        optimizer.build(variables)

        @tf.function(jit_compile=True)
        def step(ids, targets):
            with tf.GradientTape() as tape:
                logits = self.head(mean_pool(states(self.body, ids), ids > 0))
                loss = tf.reduce_mean(cross_entropy(targets, logits))
            optimizer.apply(tape.gradient(loss, variables), variables)

        return step, optimizer, [v.numpy() for v in optimizer.variables]
