"""What `python -m transformer_tf.train --help` and `--example` print."""

from __future__ import annotations

import argparse
import dataclasses
import textwrap
from pathlib import Path

from transformer_tf.training.command.settings import SECTIONS
from transformer_tf.training.command.spanish import in_language

DESCRIPTION = (
    "Trains a model on texts, as a configuration says. A training that was stopped or\n"
    "killed goes on with the same command, from its newest checkpoint, as if nothing\n"
    "had happened."
)
MODEL = (
    "a family: albert, bart, bert, gpt2, led, llama, longformer, t5, transformer_xl",
    "in place of a family: a folder with a checkpoint to go on from, or course/NAME",
    "of a family: fields of TransformerConfig, such as dim, num_layers, num_heads",
)
EPILOG = """\
Paths start from the configuration's folder. The folder of checkpoints gets
step-00000500 and so on, each a checkpoint that from_pretrained reads; log.jsonl, the
loss of every step; and tensorboard. Ctrl-C writes a checkpoint before it stops.

On several machines every one runs the same command, with training.devices = "machines"
and its TF_CONFIG; checkpoints.folder is one that all of them see. Where one fails, all
are started again.

Exit status: 0 done, 1 refused or failed (the error stream says why), 2 wrong
arguments, 130 stopped by Ctrl-C, 143 by SIGTERM.
"""
EXAMPLE = """\
[data]
files = ["texts/*.txt"]
tokenizer = "tokenizer.json"

[model]
family = "gpt2"
dim = 96
num_layers = 3
num_heads = 4
max_length = 128

[objective]
name = "causal"
length = 128

[optimizer]
rate = 1e-3

[schedule]
warmup_steps = 100

[training]
steps = 2000
batch = 16

[checkpoints]
folder = "run"
every = 200
"""


def new_parser(language: str) -> argparse.ArgumentParser:
    """The parser of the command line, which speaks a language ("en" or "es")."""

    def say(text: str) -> str:
        return in_language(text, language)

    parser = argparse.ArgumentParser(
        prog="python -m transformer_tf.train",
        usage=f"%(prog)s config {say('[options]')}",
        description=say(DESCRIPTION),
        epilog=f"{key_table(language)}\n\n{say(EPILOG)}".replace("%", "%%"),
        formatter_class=_Spanish if language == "es" else _Plain,
        add_help=False,
    )
    first = parser.add_argument_group(say("arguments"))
    first.add_argument(
        "config", nargs="?", type=Path, help=say("a file of TOML, or of JSON (.json)")
    )
    options = parser.add_argument_group(say("options"))
    options.add_argument("-h", "--help", action="help", help=say("show this help"))
    options.add_argument(
        "--example",
        action="store_true",
        help=say("print a configuration to begin with"),
    )
    return parser


def key_table(language: str) -> str:
    """Every section and key, with what it does and what it is by itself."""

    def entry(name: str, help: str, default: str = "") -> str:
        told = in_language(help, language) + default
        return textwrap.fill(
            told, 88, initial_indent=f"  {name:<17}", subsequent_indent=" " * 19
        )

    names = ("family", "checkpoint", "...")
    model = [entry(name, help) for name, help in zip(names, MODEL)]
    parts = []
    for section, kind in SECTIONS.items():
        lines = [f"[{section}]"]
        for field in dataclasses.fields(kind):
            value = field.default
            shown = str(value).lower() if isinstance(value, bool) else value
            default = "" if value in ("", ()) else f" ({shown})"
            lines.append(entry(field.name, field.metadata["help"], default))
        parts.append("\n".join(lines))
    parts.insert(1, "\n".join(["[model]", *model]))
    return "\n\n".join(parts)


_Plain = argparse.RawDescriptionHelpFormatter


class _Spanish(_Plain):
    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, "uso: ")
