"""Training small models that read one text and write another (T5's kind)."""

import time
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from transformer_tf import Seq2SeqLM, UnigramTokenizer, t5_config
from transformer_tf.objectives import TokenCrossEntropy

PADDING, END = 0, 1
SPECIAL = ("<pad>", "</s>", "<unk>")
SIZES = {"dim": 96, "num_layers": 2, "num_heads": 4, "head_dim": 24, "hidden_dim": 192}


def new_model(vocabulary_size: int, dropout: float = 0.1) -> Seq2SeqLM:
    """A small T5 with random weights."""
    shares = ("dropout", "attention_dropout", "activation_dropout")
    rates = dict.fromkeys(shares, dropout)
    model = Seq2SeqLM(t5_config(vocabulary_size=vocabulary_size, **SIZES, **rates))
    model.build()
    # As T5 begins: scores of attention are not divided, so queries start small.
    for weight in model.weights:
        if "/tokens/" in weight.path:
            weight.assign(keras.random.normal(weight.shape))
        elif len(weight.shape) == 2 and weight.path.endswith("kernel"):
            divisor = SIZES["head_dim"] if "query" in weight.path else 1
            spread = (weight.shape[0] * divisor) ** -0.5
            weight.assign(keras.random.normal(weight.shape, stddev=spread))
    return model


def new_tokenizer(texts: Sequence[str], vocabulary_size: int) -> UnigramTokenizer:
    """Pieces learnt on some texts."""
    return UnigramTokenizer.train(texts, vocabulary_size, SPECIAL, longest=12)


def rows(tokenizer, texts: Sequence[str], length: int) -> np.ndarray:
    """[text, length] int32: each text, cut if it is longer, and its end; padding."""
    ids = np.full((len(texts), length), PADDING, "int32")
    for row, text in zip(ids, texts, strict=True):
        found = [n for n in tokenizer.encode(text).ids if n != END][: length - 1]
        row[: len(found) + 1] = [*found, END]
    return ids


def learn(
    model: Seq2SeqLM,
    sources: np.ndarray,
    targets: np.ndarray,
    steps: int,
    rate: float,
    batch: int = 64,
    smoothing: float = 0.1,
    seed: int = 0,
) -> list[float]:
    """Trains on pairs of rows with Adam, in another order on every pass.

    Args:
        model: Built; its start id is PADDING.
        sources, targets: [text, length] int32, as `rows` gives them.
        steps: How many batches.
        rate: The learning rate at its highest; it warms up, then falls along a cosine.
        batch: How many pairs make a step.
        smoothing: As of `TokenCrossEntropy`.
        seed: Orders the pairs.

    Returns:
        The mean loss of each fiftieth of the training.
    """
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=rate, warmup_steps=steps // 10
    )
    optimizer = keras.optimizers.Adam(schedule, beta_2=0.98, clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    loss = TokenCrossEntropy(label_smoothing=smoothing)

    @tf.function(jit_compile=True)
    def step(source, target):
        start = tf.zeros_like(target[:, :1])
        inputs = {
            "source_ids": source,
            "source_padding_mask": source != PADDING,
            "target_ids": tf.concat([start, target[:, :-1]], axis=1),
        }
        with tf.GradientTape() as tape:
            logits = model(inputs, training=True)
            value = loss(tf.where(target == PADDING, -100, target), logits)
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(value, variables), variables)
        return value

    chance, order, losses = np.random.default_rng(seed), np.arange(0), []
    start = time.time()
    for number in range(steps):
        if len(order) < batch:
            order = np.concatenate([order, chance.permutation(len(sources))])
        chosen, order = order[:batch], order[batch:]
        losses.append(float(step(sources[chosen], targets[chosen])))
        if (number + 1) % 500 == 0:
            seconds = time.time() - start
            loss_now = np.mean(losses[-200:])
            print(f"step {number + 1}: {loss_now:.3f}, {seconds:.0f} s", flush=True)
    return [float(np.mean(part)) for part in np.array_split(losses, min(50, steps))]
