"""One body and four heads: training them together, measuring them, and their rivals.

TensorFlow's own. The body reads ids; the heads are the learner's layer.
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from course.datasets.four_tasks import NUM_CHOICES, FourTasks, Part
from course.models import model_folder
from transformer_tf.checkpoints import from_pretrained

LONGEST = 30  # tokens of an answer


def pretrained_body() -> Any:
    """The body of the course's bilingual encoder, without the head that fills masks."""
    return from_pretrained(model_folder("bilingual_encoder")).body


def states(body: Any, ids: Any, types: Any = None) -> Any:
    """[batch, length, dim] hidden states; id 0 is padding."""
    # Without the mask that Keras attaches: the heads are told what is real.
    return tf.identity(body(ids, padding_mask=ids > 0, token_types=types))


def learn(
    body: Any,
    heads: Any,
    tasks: FourTasks,
    steps: int = 400,
    rate: float = 1e-3,
    batch: int = 32,
    seed: int = 0,
) -> dict[str, list[float]]:
    """Trains body and heads on all four tasks at once; the loss is the sum of four.

    Args:
        body: An `Encoder`.
        heads: A layer: states, real -> intents, tags, spans, choices.
        tasks: What it learns from.
        steps: How many batches; each has `batch` rows of each task (an eighth of that
            for the choice, of which every row is four).
        rate: The learning rate at its highest; it warms up and falls along a cosine.
        batch: Rows a step.
        seed: Draws the batches.

    Returns:
        By task its loss at each step.
    """
    given = tasks.training.arrays
    first = given["ids"][:2]
    heads(states(body, first), first > 0)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=rate, warmup_steps=max(1, steps // 10)
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=0.01, clipnorm=1.0)
    variables = [*body.trainable_variables, *heads.trainable_variables]
    optimizer.build(variables)

    def read(ids, types=None):
        return heads(states(body, ids, types), ids > 0)

    @tf.function(jit_compile=True)
    def step(one):
        with tf.GradientTape() as tape:
            intents, tags, _, _ = read(one["ids"])
            _, _, spans, _ = read(one["span_ids"], one["span_types"])
            ids, types = (
                tf.reshape(one[name], (-1, one[name].shape[-1]))
                for name in ("choice_ids", "choice_types")
            )
            scores = tf.reshape(read(ids, types)[3], (-1, NUM_CHOICES))
            spans = tf.where(one["in_text"][:, None], spans, -1e9)
            kept = tf.cast(one["tags"] >= 0, tf.float32)
            token = cross_entropy(tf.maximum(one["tags"], 0), tags)
            losses = {
                "intents": tf.reduce_mean(cross_entropy(one["intents"], intents)),
                "tags": tf.reduce_sum(token * kept) / tf.reduce_sum(kept),
                "spans": tf.reduce_mean(cross_entropy(one["spans"], spans)),
                "choices": tf.reduce_mean(cross_entropy(one["choices"], scores)),
            }
            total = tf.add_n(list(losses.values()))
        optimizer.apply(tape.gradient(total, variables), variables)
        return losses

    chance, found = np.random.default_rng(seed), []
    for _ in range(steps):
        rows = {
            "ids": chance.integers(len(given["ids"]), size=batch),
            "span": chance.integers(len(given["spans"]), size=batch),
            "choice": chance.integers(len(given["choices"]), size=batch // 2),
        }
        found.append(step({n: tf.constant(given[n][rows[_kind(n)]]) for n in given}))
    return {name: [float(one[name]) for one in found] for name in found[0]}


def answers(body: Any, heads: Any, part: Part) -> dict[str, np.ndarray]:
    """The logits of the heads: "intents", "tags", "spans", "choices"."""
    given = part.arrays

    @tf.function
    def read(ids, types):
        return heads(states(body, ids, types), ids > 0)

    def of(ids, types, number):
        parts = range(0, len(ids), 200)
        found = [read(ids[n : n + 200], types[n : n + 200])[number] for n in parts]
        return np.concatenate([one.numpy() for one in found])

    alone = np.zeros_like(given["ids"])
    rows = given["choice_ids"].shape[-1]
    ids, types = (given[f"choice_{n}"].reshape(-1, rows) for n in ("ids", "types"))
    return {
        "intents": of(given["ids"], alone, 0),
        "tags": of(given["ids"], alone, 1),
        "spans": of(given["span_ids"], given["span_types"], 2),
        "choices": of(ids, types, 3),
    }


def predicted_tags(tasks: FourTasks, logits: np.ndarray) -> list[list[str]]:
    """The tags of words: those of their first pieces."""
    kept = tasks.testing.arrays["tags"] >= 0
    best = logits.argmax(axis=-1)
    return [
        [tasks.tags[n] for n in row[flags]]
        for row, flags in zip(best, kept, strict=True)
    ]


def scores(tasks: FourTasks, found: dict[str, np.ndarray], mine: Any) -> dict:
    """Percent right of each task, with the learner's `best_span` and `entity_f1`."""
    part, given = tasks.testing, tasks.testing.arrays
    spans = [
        tuple(mine.best_span(start, end, allowed, LONGEST)) == tuple(gold)
        for (start, end), allowed, gold in zip(
            found["spans"], given["in_text"], given["spans"], strict=True
        )
    ]
    choices = found["choices"].reshape(-1, NUM_CHOICES).argmax(axis=1)
    gold = [list(c.tags) for c in part.commands]
    said = [
        row + ["O"] * (len(one) - len(row))
        for one, row in zip(gold, predicted_tags(tasks, found["tags"]), strict=True)
    ]
    right = found["intents"].argmax(axis=-1) == given["intents"]
    return {
        "intents": 100 * float(right.mean()),
        "tags": 100 * float(mine.entity_f1(gold, said)),
        "spans": 100 * float(np.mean(spans)),
        "choices": 100 * float((choices == given["choices"]).mean()),
    }


def cross_entropy(targets: Any, logits: Any) -> Any:
    """Of whole numbers and logits, one value for each."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)


def _kind(name: str) -> str:
    kind = name.split("_")[0].rstrip("s")
    kind = "span" if name == "in_text" else kind
    return kind if kind in ("span", "choice") else "ids"
