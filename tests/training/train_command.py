"""A folder with texts, a tokenizer and a configuration, for tests of the command."""

import json
import os
import random
import subprocess
import sys

from tests.docs.pages import ROOT
from transformer_tf.text import BytePairTokenizer, WordPieceTokenizer

WORDS = "the a lamp door light kitchen turn on off open close is was red blue".split()
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "</s>")
SENTINELS = tuple(f"<extra_id_{number}>" for number in range(9))
SIZES = {"dim": 8, "num_layers": 1, "num_heads": 2, "hidden_dim": 16}
FAMILY = {"causal": "gpt2", "masked": "bert", "spans": "t5", "pairs": "bart"}


def sentences(count, seed=0):
    """Some sentences of one to nine words."""
    draw = random.Random(seed)
    return [" ".join(draw.choices(WORDS, k=draw.randint(1, 9))) for _ in range(count)]


def new_folder(folder):
    """Writes texts, pairs, tokens and tokenizers."""
    lines = sentences(60)
    (folder / "a.txt").write_text("\n".join(lines[:35]) + "\n\n", "utf-8")
    (folder / "b.txt").write_text("\r\n".join(lines[35:]), "utf-8")
    (folder / "held.txt").write_text("\n".join(sentences(40, 1)), "utf-8")
    pairs = [f"{line}\t{line[::-1]}" for line in lines]
    (folder / "pairs.txt").write_text("\n".join(pairs), "utf-8")
    tokenizer = BytePairTokenizer.train(lines, 300)
    tokenizer.add_tokens(["<pad>", "</s>", *SENTINELS])
    tokenizer.save(folder / "bytes.json")
    WordPieceTokenizer.train(lines, 90).save(folder / "pieces.json")


def values(folder, task="causal", steps=6, name="run", **changes):
    """Sections of a small configuration, with some of them changed.

    Args:
        folder: As `new_folder` wrote it.
        task: Its objective's name.
        steps: How many.
        name: Of the folder of checkpoints.
        changes: By section.
    """
    sections = {
        "data": {
            "files": ["pairs.txt"] if task == "pairs" else ["[ab].txt"],
            "tokenizer": "pieces.json" if task == "masked" else "bytes.json",
        },
        "model": {"family": FAMILY[task], **SIZES, "max_length": 16},
        "objective": {"name": task, "length": 12},
        "schedule": {"warmup_steps": 1},
        "training": {"steps": steps, "batch": 4, "compile": False},
        "checkpoints": {"folder": name, "every": 2},
    }
    if task == "spans":
        del sections["model"]["max_length"]
    for section, more in changes.items():
        sections[section] = {**sections.get(section, {}), **more}
    return sections


def written(folder, **arguments):
    """The path of a configuration in JSON, and its folder of checkpoints."""
    sections = values(folder, **arguments)
    name = sections["checkpoints"]["folder"]
    path = folder / f"{name}.json"
    path.write_text(json.dumps(sections), "utf-8")
    return path, folder / name


def start(path, **variables):
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "transformer_tf.train", str(path)],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": "tensorflow", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
