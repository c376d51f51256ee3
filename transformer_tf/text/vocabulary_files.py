"""vocab.txt, vocab.json and merges.txt: vocabularies as BERT and GPT-2 publish them."""

import json
import re
from pathlib import Path

from transformer_tf.text.json_values import read_json
from transformer_tf.text.models.model import check_vocabulary


def read_lines(path):
    """The lines of a UTF-8 file, cut at line feeds only."""
    try:
        text = Path(path).read_bytes().decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 at byte {error.start}") from None
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def read_vocabulary_txt(path):
    """{token: id} of a vocab.txt: a token a line, its id the line's number from 0."""
    vocabulary: dict = {}
    for number, token in enumerate(read_lines(path)):
        if token in vocabulary:
            raise ValueError(
                f"{path} has {token!r} twice, in lines {vocabulary[token] + 1} and "
                f"{number + 1}: ids would shift"
            )
        vocabulary[token] = number
    if not vocabulary:
        raise ValueError(f"{path} is empty")
    return vocabulary


def is_cased(vocabulary):
    """Whether a vocabulary has capital letters outside its special tokens."""
    return any(
        token != token.lower()
        for token in vocabulary
        if not (token.startswith(("[", "<")) and token.endswith(("]", ">")))
    )


def write_vocabulary_txt(path, vocabulary):
    """Writes a vocab.txt."""
    tokens = sorted(vocabulary, key=vocabulary.get)
    if [vocabulary[token] for token in tokens] != list(range(len(tokens))):
        raise ValueError("vocab.txt cannot hold ids with holes: a line is an id")
    broken = [token for token in tokens if "\n" in token or token.endswith("\r")]
    if broken:
        raise ValueError(f"vocab.txt cannot hold {broken[0]!r}: it has a line break")
    Path(path).write_bytes("".join(f"{token}\n" for token in tokens).encode())


def read_vocabulary_json(path):
    """{token: id} of a vocab.json."""
    vocabulary = read_json(path)
    try:
        return check_vocabulary(vocabulary)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{path}: {error}") from None


def write_vocabulary_json(path, vocabulary):
    """Writes a vocab.json, in the order of the ids."""
    ordered = dict(sorted(vocabulary.items(), key=lambda item: item[1]))
    Path(path).write_text(json.dumps(ordered, ensure_ascii=False), encoding="utf-8")


def read_merges(path):
    """List of (left, right) of a merges.txt; a first line with #version is skipped."""
    merges = []
    for number, line in enumerate(read_lines(path), 1):
        if number == 1 and line.startswith("#version"):
            continue
        pair = tuple(line.split(" "))
        if len(pair) != 2 or not all(pair):
            raise ValueError(
                f"line {number} of {path} must be two pieces with a space between; "
                f"got {line!r}"
            )
        merges.append(pair)
    if not merges:
        raise ValueError(f"{path} holds no merges: it is empty, or was cut short")
    return merges


# Tokens that no merge makes, and that are no sign of a file that was cut short.
_APART = re.compile(r"<.*>|\[.*\]|madeupword\d+", re.DOTALL)


def check_complete(vocabulary, made, path, mark=""):
    """Raises a ValueError where a token of a vocabulary is made by no merge.

    Args:
        vocabulary: {token: id}.
        made: The tokens that merges make.
        path: The file of merges, for the error.
        mark: What single characters may have behind them.
    """
    made = set(made)
    for token in vocabulary:
        is_symbol = len(token.removesuffix(mark)) <= 1
        if not (is_symbol or token in made or _APART.fullmatch(token)):
            raise ValueError(
                f"{path} was cut short, or belongs to another vocabulary: no merge "
                f"makes {token!r}"
            )


def write_merges(path, merges):
    """Writes a merges.txt."""
    lines = ["#version: 0.2", *(f"{left} {right}" for left, right in merges)]
    Path(path).write_bytes("".join(f"{line}\n" for line in lines).encode())
