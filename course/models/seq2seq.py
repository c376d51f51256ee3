"""TensorFlow's own: training small models that read one text and write another (T5)."""

import base64
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from course.pieces import chrf
from transformer_tf import Seq2SeqLM, UnigramTokenizer, t5_config
from transformer_tf.objectives import TokenCrossEntropy
from transformer_tf.text import (
    NormalizerSequence,
    Pattern,
    Precompiled,
    Replace,
    sentence_piece_normalizer,
)

PADDING, END = 0, 1
SPECIAL = ("<pad>", "</s>", "<unk>")
SIZES = {"dim": 96, "num_layers": 2, "num_heads": 4, "head_dim": 24, "hidden_dim": 192}


def new_model(vocabulary_size: int, dropout: float = 0.1) -> Seq2SeqLM:
    """A small T5 with random weights."""
    # Only of what each layer adds: drawing for attention costs more than it helps.
    rates = {"dropout": dropout, "attention_dropout": 0.0, "activation_dropout": 0.0}
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


def published(vocabulary_size: int) -> dict[str, Any]:
    """config.json of `new_model`, under T5's names."""
    return {
        "model_type": "t5",
        "architectures": ["T5ForConditionalGeneration"],
        "vocab_size": vocabulary_size,
        "d_model": SIZES["dim"],
        "num_layers": SIZES["num_layers"],
        "num_decoder_layers": SIZES["num_layers"],
        "num_heads": SIZES["num_heads"],
        "d_kv": SIZES["head_dim"],
        "d_ff": SIZES["hidden_dim"],
        "relative_attention_num_buckets": 32,
        "relative_attention_max_distance": 128,
        "layer_norm_epsilon": 1e-6,
        "dropout_rate": 0.1,
        "feed_forward_proj": "relu",
        "tie_word_embeddings": True,
        "is_encoder_decoder": True,
        "pad_token_id": PADDING,
        "eos_token_id": END,
        "decoder_start_token_id": PADDING,
    }


def new_tokenizer(texts: Sequence[str], vocabulary_size: int) -> UnigramTokenizer:
    """Pieces learnt on some texts.

    Texts are normalized as T5's are, which a graph can do too: pipelines are exported.
    """
    packed = sentence_piece_normalizer("nmt_nfkc").packed
    normalizer = NormalizerSequence(
        [
            Precompiled(base64.b64encode(packed).decode()),
            Replace(Pattern(regex=" {2,}"), " "),
        ]
    )
    return UnigramTokenizer.train(
        texts, vocabulary_size, SPECIAL, normalizer, longest=12
    )


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

    start, losses = time.time(), []
    for chosen in itertools.islice(_batches(sources, targets, batch, seed), steps):
        losses.append(float(step(*_narrow(sources[chosen], targets[chosen]))))
        if len(losses) % 500 == 0:
            seconds = time.time() - start
            loss_now = np.mean(losses[-200:])
            print(f"step {len(losses)}: {loss_now:.3f}, {seconds:.0f} s", flush=True)
    return [float(np.mean(part)) for part in np.array_split(losses, min(50, steps))]


def scores(write: Callable, pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """The share exactly right, capitals apart, and the mean chrF, both in %.

    Args:
        write: From texts to what is written for them.
        pairs: (text, what should be written).
    """
    texts, right = zip(*pairs)
    found = write(list(texts))
    same = [a.lower() == b.lower() for a, b in zip(found, right)]
    similar = [chrf(a, b) for a, b in zip(found, right)]
    return 100 * float(np.mean(same)), float(np.mean(similar))


def _batches(sources, targets, size: int, seed: int) -> Iterator[np.ndarray]:
    """Numbers of pairs, in another order on every pass; texts of a batch are as long.

    Among twenty batches drawn at random the pairs are sorted by length, so that little
    of a step is spent on padding.
    """
    chance = np.random.default_rng(seed)
    lengths = np.maximum(
        *((part != PADDING).sum(axis=1) for part in (sources, targets))
    )
    while True:
        batches = []
        order = chance.permutation(len(sources))
        for pool in np.array_split(order, max(1, len(order) // (20 * size))):
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            batches += [pool[n : n + size] for n in range(0, len(pool), size)]
        full = [one for one in batches if len(one) == size]
        yield from (full[number] for number in chance.permutation(len(full)))


def _narrow(*both: np.ndarray) -> list[np.ndarray]:
    """Rows without columns of padding; of three widths, so that XLA compiles thrice."""
    longest = max(int((ids != PADDING).sum(axis=1).max()) for ids in both)
    width = next((width for width in (8, 12) if longest <= width), None)
    return [ids[:, :width] for ids in both]
