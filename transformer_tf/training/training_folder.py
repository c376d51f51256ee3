"""TensorFlow's own. A training's folder: whole checkpoints, and where to go on."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import keras

from transformer_tf.checkpoints.replacing import new_folder
from transformer_tf.checkpoints.restoring import restore_weights
from transformer_tf.checkpoints.safetensors import read_safetensors, write_safetensors
from transformer_tf.checkpoints.saving import save_pretrained, write_json

_NAME = re.compile(r"step-(\d+)")


@dataclasses.dataclass(frozen=True)
class State:
    """How far a training is.

    Args:
        step: Updates made.
        place: Where in the data the next batch starts; what it means is the data's.
        said: What the training was told, to be compared when it goes on.
    """

    step: int = 0
    place: tuple[int, int] = (0, 0)
    said: Any = None


class TrainingFolder:
    """Checkpoints `step-00000500` and so on, each of them whole or not there.

    A checkpoint is what `save_pretrained` writes, for `from_pretrained` and for
    transformers, and beside it what going on needs: training.safetensors (variables of
    the optimizer, random states) and training.json (a `State`). It is written under
    another name and gets its own when it is whole and on the disk.

    Args:
        folder: Made when the first checkpoint is written.
        keep: How many checkpoints stay, the newest ones.
        model_type: As of `save_pretrained`.
    """

    def __init__(self, folder: Path, keep: int = 2, model_type: str | None = None):
        self.folder, self.keep, self.model_type = Path(folder), keep, model_type

    def checkpoints(self) -> list[Path]:
        """All of them, the oldest first."""
        paths = self.folder.glob("step-*") if self.folder.is_dir() else ()
        return sorted(
            (path for path in paths if _NAME.fullmatch(path.name)),
            key=lambda path: int(path.name.removeprefix("step-")),
        )

    def clear(self) -> None:
        """Removes what a killed process had begun to write, or to remove."""
        for path in self.folder.glob(".*") if self.folder.is_dir() else ():
            if ".partial-" in path.name or path.name.endswith(".old"):
                shutil.rmtree(path, ignore_errors=True)

    def state(self) -> State | None:
        """That of the newest checkpoint; None where there is none."""
        found = self.checkpoints()
        if not found:
            return None
        values = json.loads((found[-1] / "training.json").read_text("utf-8"))
        return State(values["step"], tuple(values["place"]), values["said"])

    def save(self, model: Any, optimizer: Any, state: State) -> Path:
        """Writes a checkpoint, and removes old ones.

        Raises:
            OSError: The disk is full, or the folder cannot be written.
        """
        place = self.folder / f"step-{state.step:08}"
        with new_folder(place) as partial:
            save_pretrained(model, partial, model_type=self.model_type)
            arrays = {
                name: keras.ops.convert_to_numpy(variable)
                for name, variable in _variables(model, optimizer).items()
            }
            write_safetensors(partial / "training.safetensors", arrays)
            write_json(partial / "training.json", dataclasses.asdict(state))
            for path in (*partial.iterdir(), partial):
                _to_disk(path)
        for old in self.checkpoints()[: -self.keep]:
            aside = old.with_name(f".{old.name}.old")  # half of one is none
            os.rename(old, aside)
            shutil.rmtree(aside, ignore_errors=True)
        return place

    def restore(self, model: Any, optimizer: Any) -> None:
        """Gives a built model and optimizer the values of the newest checkpoint.

        Raises:
            ValueError: They are not those that the checkpoint was written of.
        """
        newest = self.checkpoints()[-1]
        restore_weights(model, newest, self.model_type)
        stored = read_safetensors(newest / "training.safetensors")
        variables = _variables(model, optimizer)
        if set(stored) != set(variables):
            names = sorted(set(stored) ^ set(variables))
            raise ValueError(
                f"{newest} was written of another model or optimizer: {names[0]}"
            )
        for name, variable in variables.items():
            variable.assign(stored[name].numpy())


def _variables(model: Any, optimizer: Any) -> dict[str, Any]:
    """The random states of the model, and the optimizer's variables.

    By number: Keras' names have numbers that another process counts otherwise.
    """
    random = [v for v in model.variables if "seed_generator" in v.path]
    named = [("random", random), (type(optimizer).__name__, optimizer.variables)]
    return {
        f"{owner}.{number:05}": variable
        for owner, variables in named
        for number, variable in enumerate(variables)
    }


def _to_disk(path: Path) -> None:
    """Waits until a file or folder would survive a loss of power."""
    if path.is_dir() and os.name == "nt":
        return
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
