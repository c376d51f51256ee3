"""Trains the bilingual writer: `python -m course.models.bilingual_writer.train`.

TensorFlow's own (a compiled step). Every draw has a seed; a machine with other
processors rounds differently, so the figures move in the third digit.
"""

import functools
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from course.datasets.four_tasks import padded
from course.datasets.house_reports import report, sentence
from course.models.saving import save
from course.models.tuning import tokenizer
from course.training import learn, rising_and_falling, script_arguments
from transformer_tf import Seq2SeqLM, bart_config, pipeline
from transformer_tf.objectives import causal_shift

LENGTH, START, END = 72, 2, 3  # the longest text; [CLS] begins one and [SEP] ends it
EXAMPLES = 20_000
PREFIXES = {
    "translation_en_to_es": "translate english to spanish: ",
    "translation_es_to_en": "translate spanish to english: ",
    "summarization": "summarize: ",
}
PUBLISHED = {
    "model_type": "bart",
    "architectures": ["BartForConditionalGeneration"],
    "vocab_size": 3000,
    "d_model": 128,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 256,
    "decoder_ffn_dim": 256,
    "max_position_embeddings": LENGTH,
    "activation_function": "gelu",
    "scale_embedding": False,
    "dropout": 0.0,
    "attention_dropout": 0.0,
    "activation_dropout": 0.0,
    "init_std": 0.02,
    "pad_token_id": 0,
    "bos_token_id": START,
    "decoder_start_token_id": START,
    "eos_token_id": END,
    "task_specific_params": {
        task: {"prefix": prefix, "max_length": 40, "num_beams": 1}
        for task, prefix in PREFIXES.items()
    },
}


def new_model() -> Seq2SeqLM:
    """The model with random weights."""
    model = Seq2SeqLM(
        bart_config(
            vocabulary_size=PUBLISHED["vocab_size"],
            dim=PUBLISHED["d_model"],
            num_layers=PUBLISHED["encoder_layers"],
            num_heads=PUBLISHED["encoder_attention_heads"],
            hidden_dim=PUBLISHED["encoder_ffn_dim"],
            max_length=LENGTH,
            start_id=START,
            dropout=0.0,
            attention_dropout=0.0,
        )
    )
    model.build()
    return model


def example(chance: random.Random, testing: bool) -> tuple[str, str, str]:
    """(task, text, what is wanted) of one of the three tasks, in either language."""
    task = chance.choice(sorted(PREFIXES))
    if task == "summarization":
        long, short = report(chance, testing)
        language = chance.choice(("en", "es"))
        return task, getattr(long, language), getattr(short, language)
    pair = sentence(chance, testing)
    there, here = (pair.en, pair.es), (pair.es, pair.en)
    return task, *(there if task.endswith("es") else here)


def rows(reader: Any, texts: Sequence[str]) -> np.ndarray:
    """[text, LENGTH] ids: [CLS], pieces, [SEP]."""
    encodings = reader.encode_batch(list(texts))
    longest = max(len(encoding) for encoding in encodings)
    if longest > LENGTH:
        raise ValueError(f"a text has {longest} tokens, more than {LENGTH}")
    return padded([encoding.ids for encoding in encodings], LENGTH)


def batches(
    sources: np.ndarray, targets: np.ndarray
) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray]]:
    """(inputs, targets) of pairs drawn at random, of few widths: XLA compiles each."""
    chance = np.random.default_rng(0)
    while True:
        chosen = chance.integers(len(sources), size=64)
        width = -(-int((targets[chosen] > 0).sum(axis=1).max()) // 12) * 12
        deep = -(-int((sources[chosen] > 0).sum(axis=1).max()) // 24) * 24
        source, target = sources[chosen, :deep], targets[chosen, :width]
        read, wanted = causal_shift(target)
        yield (
            {
                "source_ids": source,
                "target_ids": read,
                "source_padding_mask": source > 0,
                "target_padding_mask": read > 0,
            },
            wanted,
        )


def measure(folder: Path, count: int = 300, seed: int = 1) -> dict[str, float]:
    """Exact matches in %, by task and by the language that is read."""
    chance, found = random.Random(seed), {}
    for task in PREFIXES:
        write = pipeline(task, folder)
        key = "summary_text" if task == "summarization" else "translation_text"
        for language in ("en", "es") if task == "summarization" else (task[12:14],):
            pairs = []
            for _ in range(count):
                if task == "summarization":
                    source, target = report(chance, testing=True)
                else:
                    source = target = sentence(chance, testing=True)
                wanted = language if task == "summarization" else task[-2:]
                pairs.append((getattr(source, language), getattr(target, wanted)))
            said = write([text for text, _ in pairs], batch_size=50)
            right = [a[key] == b for a, (_, b) in zip(said, pairs, strict=True)]
            found[f"{task} {language}"] = 100 * float(np.mean(right))
    return found


def main() -> None:
    args = script_arguments(__file__, __doc__, steps=2500)
    keras.utils.set_random_seed(0)
    chance, reader = random.Random(0), tokenizer()
    examples = [example(chance, testing=False) for _ in range(EXAMPLES)]
    sources = rows(reader, [PREFIXES[task] + text for task, text, _ in examples])
    targets = rows(reader, [text for *_, text in examples])
    model = new_model()
    print(f"{model.count_params():,} parameters", flush=True)
    rate = rising_and_falling(2e-3, args.steps, args.steps // 10)
    learn(
        model,
        keras.optimizers.AdamW(rate, weight_decay=0.01, clipnorm=1.0),
        functools.partial(batches, sources, targets),
        args.steps,
        checkpoints=args.checkpoints,
    )
    save(args.folder, model, PUBLISHED, reader)
    for name, share in measure(args.folder).items():
        print(f"| {name} | {share:.1f} |", flush=True)


if __name__ == "__main__":
    main()
