"""TensorFlow's own: training small models that read one text and write another (T5)."""

import base64
import functools
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np

from course.models.saving import save
from course.pieces import chrf
from course.training import learn, rising_and_falling
from transformer_tf import Seq2SeqLM, UnigramTokenizer, t5_config
from transformer_tf.objectives import TokenCrossEntropy, teacher_forcing_shift
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


def learn_pairs(
    pairs: Sequence[tuple[str, str]],
    lengths: tuple[int, int],
    config: dict[str, Any],
    args: Namespace,
) -> None:
    """Learns a tokenizer and a model from pairs of texts, and saves both.

    Args:
        pairs: (text, what should be written).
        lengths: Of both the most tokens; longer texts are cut.
        config: config.json, as `published` gives it.
        args: Of `script_arguments`.
    """
    sources, targets = zip(*pairs)
    tokenizer = new_tokenizer([*sources, *targets], config["vocab_size"])
    model = new_model(config["vocab_size"])
    print(f"{len(pairs):,} pairs, {model.count_params():,} parameters", flush=True)
    read, write = (
        rows(tokenizer, texts, length)
        for texts, length in zip((sources, targets), lengths)
    )
    rate = rising_and_falling(3e-3, args.steps, args.steps // 10)
    learn(
        model,
        keras.optimizers.Adam(rate, beta_2=0.98, clipnorm=1.0),
        functools.partial(batches, read, write),
        args.steps,
        TokenCrossEntropy(label_smoothing=0.1),
        args.checkpoints,
    )
    save(args.folder, model, config, tokenizer)


def batches(
    sources: np.ndarray, targets: np.ndarray, size: int = 64, seed: int = 0
) -> Iterator[tuple[dict[str, Any], Any]]:
    """(inputs, targets) of pairs of rows, without end, in another order on every pass.

    Args:
        sources, targets: [text, length] int32, as `rows` gives them.
        size: How many pairs make a batch.
        seed: Orders the pairs.
    """
    for chosen in _orders(sources, targets, size, seed):
        source, target = _narrow(sources[chosen], targets[chosen])
        read, wanted = teacher_forcing_shift(target, start_id=PADDING)
        inputs = {"source_ids": source, "source_padding_mask": source != PADDING}
        yield {**inputs, "target_ids": read}, wanted


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


def _orders(sources, targets, size: int, seed: int) -> Iterator[np.ndarray]:
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
