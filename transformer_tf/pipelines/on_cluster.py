"""Many files on many machines: a pipeline over a Dask cluster, shard by shard."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from transformer_tf.pipelines.base import Pipeline
from transformer_tf.pipelines.command_line import items_of_lines, plain


@dataclasses.dataclass(frozen=True)
class Shard:
    """Some lines of a file, and where their answers go.

    Args:
        source: The file.
        first: The number of its first line, from 0.
        lines: Number of lines at most.
        target: The file of the answers; once it is there, they are all in it.
    """

    source: str
    first: int
    lines: int
    target: str


def map_over(
    cluster: Any,
    files: Iterable[str | os.PathLike[str]],
    pipeline: Pipeline,
    folder: str | os.PathLike[str],
    lines: int = 1000,
) -> list[Path]:
    """Answers every line of many files on the workers of a Dask cluster.

    Each worker reads the model once. Files are cut into shards; the answers of a shard
    are written under another name and renamed when they are whole, so a worker that is
    killed loses nothing: another does its shard, and a second call does only what is
    missing. All machines have to see the files, the model's folder and `folder`.

    Args:
        cluster: The address of a scheduler, a `distributed.Client`, or a cluster such
            as `distributed.LocalCluster`.
        files: Files with an input a line, as the command line reads them.
        pipeline: A pipeline whose model came from a folder; its options hold.
        folder: Where the answers go: `<name>.jsonl` for each file, a line of JSON for
            each line, in order.
        lines: How many lines a shard has.

    Returns:
        The files of answers, in the order of `files`.

    Raises:
        ValueError: The pipeline's model came from no folder; two files of one name; an
            input that the pipeline refuses (its file and line are named).
        ImportError: `distributed` is not installed (the `cluster` extra brings it).

    Example:
        >>> ner = pipeline("ner", "/shared/model", aggregation_strategy="first")
        >>> map_over("tcp://10.0.0.1:8786", ["/shared/a.txt"], ner, "/shared/answers")
        [PosixPath('/shared/answers/a.jsonl')]
    """
    if pipeline.folder is None:
        raise ValueError(
            "the pipeline's model came from no folder: save it, and make the pipeline "
            "from there, so that workers can read it"
        )
    sources = [Path(file).resolve() for file in files]
    targets = [Path(folder) / f"{source.name}.jsonl" for source in sources]
    if len(set(targets)) < len(targets):
        raise ValueError("two of the files have one name; answers need a name each")
    recipe = pipeline.task, os.path.abspath(pipeline.folder), _changes(pipeline)
    parts = Path(folder) / "shards"
    parts.mkdir(parents=True, exist_ok=True)
    shards = [_shards(source, parts, lines) for source in sources]
    missing = [s for of_file in shards for s in of_file if not os.path.exists(s.target)]
    _run(cluster, recipe, missing)
    for target, of_file in zip(targets, shards):
        _join(target, of_file)
    return targets


def answer_shard(recipe: tuple, shard: Shard) -> str:
    """What a worker does: answers a shard, and writes it whole or not at all."""
    answer = _make(*recipe[:2], json.dumps(recipe[2], sort_keys=True))
    temporary = f"{shard.target}.{os.getpid()}.part"
    try:
        with (
            open(shard.source, encoding="utf-8") as source,
            open(temporary, "w", encoding="utf-8") as target,
        ):
            chosen = islice(source, shard.first, shard.first + shard.lines)
            for found in answer(items_of_lines(chosen, shard.first, answer)):
                target.write(json.dumps(plain(found), ensure_ascii=False) + "\n")
            target.flush()
            os.fsync(target.fileno())
    except (TypeError, ValueError) as error:
        last = shard.first + shard.lines
        where = f"{shard.source}, lines {shard.first + 1} to {last}"
        raise ValueError(f"{where}: {error}") from None
    os.replace(temporary, shard.target)
    return shard.target


def _run(cluster: Any, recipe: tuple, shards: Sequence[Shard]) -> None:
    """All shards on the workers; the first that is refused ends the others."""
    from distributed import Client, as_completed

    given = isinstance(cluster, Client)
    client = cluster if given else Client(cluster, set_as_default=False)
    try:
        futures = [
            client.submit(answer_shard, recipe, shard, pure=False) for shard in shards
        ]
        try:
            for future in as_completed(futures, loop=client.loop):
                future.result()
        finally:
            client.cancel(futures)
    finally:
        if not given:
            client.close()


@lru_cache(maxsize=1)
def _make(task: str, folder: str, options: str) -> Pipeline:
    """The pipeline of this process, made once."""
    from transformer_tf.pipelines.making import pipeline

    return pipeline(task, folder, **json.loads(options))


def _changes(pipeline: Pipeline) -> dict[str, Any]:
    """The options that are not the defaults, as JSON holds them."""
    usual, given = pipeline.Options(), pipeline.options
    names = [field.name for field in dataclasses.fields(given)]
    changed = {
        n: getattr(given, n) for n in names if getattr(given, n) != getattr(usual, n)
    }
    try:
        json.dumps(changed)
    except TypeError as error:
        raise ValueError(f"an option that workers cannot be told: {error}") from None
    return changed


def _shards(source: Path, folder: Path, lines: int) -> list[Shard]:
    with source.open("rb") as file:
        count = sum(1 for _ in file)
    return [
        Shard(str(source), first, lines, str(folder / f"{source.name}.{first}.jsonl"))
        for first in range(0, count, lines)
    ]


def _join(target: Path, shards: Sequence[Shard]) -> None:
    """The answers of a file in order, whole or not at all."""
    temporary = target.with_suffix(".part")
    with temporary.open("wb") as out:
        for shard in shards:
            out.write(Path(shard.target).read_bytes())
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, target)
