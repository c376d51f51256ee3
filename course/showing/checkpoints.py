"""Pictures of checkpoints: bytes as a ribbon, parameters by part, a kernel cut up.

The cells of notebooks show what is drawn here."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from course.datasets.published_models import SETTINGS, T5_SMALL

COLOURS = {
    "length": "#f4b183",
    "header": "#9dc3e6",
    "tokens": "#f4b183",
    "places": "#ffe699",
    "attention": "#9dc3e6",
    "feed_forward": "#a9d18e",
    "rest": "#bfbfbf",
}


def draw_bytes(data: bytes, words: Mapping[str, str]) -> None:
    """A safetensors file as a ribbon: length, header, tensors; small files only.

    Args:
        data: The whole file.
        words: What to call "length", "header" and "title".
    """
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    entries = {name: e for name, e in header.items() if name != "__metadata__"}
    blocks = [(0, 8, words["length"], COLOURS["length"])]
    blocks += [(8, end, words["header"], COLOURS["header"])]
    greens = plt.get_cmap("Greens")(np.linspace(0.25, 0.6, len(entries)))
    for green, (name, entry) in zip(greens, entries.items(), strict=True):
        first, last = entry["data_offsets"]
        shape = f"{name}\n{entry['dtype']} {entry['shape']}"
        blocks.append((end + first, end + last, shape, green))
    _, panel = plt.subplots(figsize=(11, 2.4), layout="constrained")
    for first, last, name, colour in blocks:
        panel.add_patch(
            plt.Rectangle((first, 0), last - first, 1, facecolor=colour, edgecolor="w")
        )
        middle = (first + last) / 2
        narrow = last - first < len(data) / 12
        panel.text(
            middle,
            1.12 if narrow else 0.5,
            name,
            ha="left" if narrow else "center",
            va="bottom" if narrow else "center",
            fontsize=9,
        )
    borders = sorted({edge for block in blocks for edge in block[:2]})
    panel.set_xticks(borders, list(map(str, borders)), fontsize=8)
    panel.set(xlim=(0, len(data)), ylim=(0, 1.5), yticks=[], title=words["title"])
    panel.spines[["left", "right", "top"]].set_visible(False)


def parts_of(settings: Mapping[str, Any]) -> dict[str, int]:
    """How many parameters lie in which part of a model of BERT's kind."""
    dim, narrow = settings["dim"], settings["embedding_dim"]
    layers = 1 if settings["shared_layers"] else settings["num_layers"]
    bridge = narrow * dim + dim if narrow != dim else 0
    norms = 2 * narrow * settings["embedding_norm"] + 2 * dim * settings["final_norm"]
    hidden = settings["hidden_dim"]
    places = settings["max_length"] + settings["num_token_types"]
    pooler = (dim * dim + dim) * settings["pooler"]
    return {
        "tokens": settings["vocabulary_size"] * narrow,
        "places": places * narrow,
        "attention": layers * 4 * (dim * dim + dim),
        "feed_forward": layers * (2 * dim * hidden + hidden + dim),
        "rest": bridge + norms + layers * 4 * dim + pooler,
    }


def parts_of_t5(settings: Mapping[str, Any]) -> dict[str, int]:
    """The same of a model of T5's kind: its decoder attends twice."""
    dim, layers = settings["dim"], settings["num_layers"]
    inner = settings["num_heads"] * settings["head_dim"]
    ups = 2 if settings["gated"] else 1
    return {
        "tokens": settings["vocabulary_size"] * dim,
        "places": 2 * settings["num_buckets"] * settings["num_heads"],
        "attention": 3 * layers * 4 * dim * inner,
        "feed_forward": 2 * layers * (ups + 1) * dim * settings["hidden_dim"],
        "rest": 5 * layers * dim + 2 * dim,
    }


def draw_parts(words: Mapping[str, str]) -> None:
    """Where the parameters of five published models lie, as stacked bars.

    Args:
        words: What to call the parts, the axis ("millions") and the "title".
    """
    models = {name: parts_of(SETTINGS[name]) for name in SETTINGS if name != "MiniLM"}
    models["T5 small"] = parts_of_t5(T5_SMALL)
    _, panel = plt.subplots(figsize=(10, 3.6), layout="constrained")
    for row, parts in enumerate(models.values()):
        left = 0.0
        for part, count in parts.items():
            panel.barh(row, count / 1e6, left=left, color=COLOURS[part])
            if count > 3e6:
                panel.text(
                    left + count / 2e6,
                    row,
                    f"{count / 1e6:.0f}",
                    ha="center",
                    va="center",
                    fontsize=8,
                )
            left += count / 1e6
        panel.text(left + 1, row, f"{left:.0f}", va="center", weight="bold")
    for part in parts:
        panel.barh(0, 0, color=COLOURS[part], label=words[part])
    panel.set_yticks(range(len(models)), list(models))
    panel.invert_yaxis()
    panel.set(xlabel=words["millions"], xlim=(0, 140), title=words["title"])
    panel.legend(bbox_to_anchor=(1.01, 1), loc="upper left", fontsize=8)


def draw_cuts(num_heads: int, size: int, titles: Sequence[str]) -> None:
    """The columns of one joined kernel, coloured by what three readings make of them.

    Args:
        num_heads: The number of attention heads.
        size: Columns of each head.
        titles: Of the readings: side by side, head by head, every third column.
    """
    columns = np.arange(3 * num_heads * size)
    kinds = (
        columns // (num_heads * size),
        columns // size % 3,
        columns % 3,
    )
    colours = ("#f4b183", "#9dc3e6", "#a9d18e")
    _, panels = plt.subplots(3, 1, figsize=(10, 3.6), layout="constrained")
    for panel, title, kind in zip(panels, titles, kinds, strict=True):
        for column in range(len(columns)):
            panel.add_patch(
                plt.Rectangle((column, 0), 0.92, 1, color=colours[kind[column]])
            )
            panel.text(
                column + 0.46, 0.5, "qkv"[kind[column]], ha="center", va="center"
            )
        panel.set(xlim=(0, len(columns)), ylim=(0, 1), xticks=[], yticks=[])
        panel.set_title(title, loc="left", fontsize=10)
        panel.spines[:].set_visible(False)


def draw_instructions(data: bytes, words: Mapping[str, str]) -> None:
    """A pickle as what it is: a list of instructions, those that call in red.

    Args:
        data: A pickle that is not run.
        words: What to call the "title"; by instruction, what it does.
    """
    import pickletools

    found = [(code.name, argument) for code, argument, _ in pickletools.genops(data)]
    rows = [(name, arg) for name, arg in found if name not in ("FRAME", "MEMOIZE")]
    _, panel = plt.subplots(figsize=(9, 0.3 * len(rows) + 0.6), layout="constrained")
    for row, (name, argument) in enumerate(rows):
        calls = name in ("GLOBAL", "STACK_GLOBAL", "REDUCE")
        colour = "#c0392b" if calls else "black"
        shown = "" if argument is None else repr(argument)
        panel.text(0, -row, name, color=colour, family="monospace", fontsize=9)
        panel.text(3.4, -row, shown, color=colour, family="monospace", fontsize=9)
        panel.text(6.2, -row, words.get(name, ""), color=colour, fontsize=9)
    panel.set(xlim=(-0.2, 10), ylim=(-len(rows) + 0.3, 1), title=words["title"])
    panel.axis("off")
