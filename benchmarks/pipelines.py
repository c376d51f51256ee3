"""Pipelines beside transformers' model called as its pipeline does: real sentences.

Random weights of MiniLM's and BERT-base's shape. transformers 5 has no TensorFlow, so
the peer is its torch model in its own batching: row by row, which is how people call a
pipeline, and in batches by length, its best setting. It needs the `peers` extra.
"""

import json
import os
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.paired import Row, compare

TEXTS = 400
MINILM = {
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
}


def sentences(count):
    """Real sentences of mixed length."""
    from course.datasets.corpus import english

    found = [
        s.strip() + "." for text in english() for s in text.split(". ") if s.strip()
    ]
    return found[:count]


def made(folder, texts):
    """Writes a random model of MiniLM's shape, with a WordPiece tokenizer."""
    import torch
    import transformers

    from transformer_tf.text import WordPieceTokenizer

    tokenizer = WordPieceTokenizer.train(texts, 8000)
    tokenizer.save(folder / "tokenizer.json")
    settings = {"model_max_length": 512, "pad_token": "[PAD]", "cls_token": "[CLS]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    torch.manual_seed(0)
    config = transformers.BertConfig(vocab_size=len(tokenizer), **MINILM)
    transformers.BertModel(config).eval().save_pretrained(folder)


def peer(folder, texts, batch_size):
    """Mean vectors by torch, in batches of like length."""
    import torch
    import transformers

    model = transformers.AutoModel.from_pretrained(folder).eval()
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), pad_token="[PAD]"
    )
    order = sorted(range(len(texts)), key=lambda n: len(texts[n]))

    def run():
        vectors = np.zeros((len(texts), config_dim), "float32")
        with torch.inference_mode():
            for first in range(0, len(texts), batch_size):
                rows = order[first : first + batch_size]
                given = fast(
                    [texts[n] for n in rows], padding=True, return_tensors="pt"
                )
                given.pop("token_type_ids", None)
                states = model(**given).last_hidden_state
                mask = given["attention_mask"][:, :, None].float()
                mean = (states * mask).sum(1) / mask.sum(1)
                vectors[rows] = mean.numpy()
        return vectors

    config_dim = model.config.hidden_size
    return run


def rows(pairs):
    try:
        import torch
    except ImportError:
        return
    from transformer_tf import pipeline

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    texts = sentences(TEXTS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made(folder, texts)
        extract = pipeline("feature-extraction", folder, pooling="mean")
        for batch_size, target, work in (
            (1, 3.0, "as people call it, row by row"),
            (32, 1.1, "its best setting, batches by length"),
        ):
            theirs = peer(folder, texts, batch_size)
            apart = np.abs(theirs() - extract(texts)).max()
            found = compare(lambda: extract(texts), theirs, min(pairs, 5), warmup=2)
            yield Row(
                f"vectors of {TEXTS} sentences, MiniLM's shape; torch, {work}",
                f">= {target}x",
                f"{found}, largest difference {apart:.1e}",
                found.ratio >= target,
            )
