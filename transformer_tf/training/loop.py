"""TensorFlow's own. A training that goes on where it was, after whatever happened."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable
from typing import Any

import tensorflow as tf

from transformer_tf.training.report import EVERY, Report
from transformer_tf.training.step import new_step
from transformer_tf.training.stopping import Stopped, stop_signals
from transformer_tf.training.training_folder import State, TrainingFolder

Batches = Callable[[State], Iterable[tuple[Any, ...]]]


def train(
    model: Any,
    optimizer: Any,
    loss: Any,
    batches: Batches,
    steps: int,
    *,
    parts: int = 1,
    compile: bool = True,
    folder: TrainingFolder | None = None,
    every: int = 500,
    evaluate: Callable[[], float] | None = None,
    evaluate_every: int = 500,
    said: Any = None,
    verbose: bool = True,
) -> list[float]:
    """Trains a model, from the newest checkpoint of a folder if there is one.

    Under a `tf.distribute` strategy in force, on all its devices: see `new_step`. Every
    process gives the same batches, and the first alone writes.

    Args:
        model, optimizer: Built, in the strategy's scope.
        loss, parts, compile: As of `new_step`.
        batches: From a `State` to its batches: (inputs, targets), or (inputs, targets,
            place), the place in the data after the batch.
        steps: How many updates in all.
        folder: Where checkpoints go, and logs; None for neither.
        every: Steps between checkpoints; one more follows the last step.
        evaluate: Gives the loss on held-out data.
        evaluate_every: Steps between evaluations.
        said: Written into checkpoints; see `State`.
        verbose: Whether progress is printed.

    Returns:
        The loss of each step that was made now.

    Raises:
        Stopped: Ctrl-C or SIGTERM came; a checkpoint was written.
        ValueError: The checkpoint is of another model.

    Example:
        >>> from transformer_tf.objectives import causal_shift
        >>> sizes = {"vocabulary_size": 50, "dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(**sizes, hidden_dim=16, max_length=16))
        >>> model.build()
        >>> optimizer = keras.optimizers.Adam(0.01)
        >>> optimizer.build(model.trainable_variables)
        >>> batches = [causal_shift(np.arange(1, 11)[None])] * 5
        >>> loss = TokenCrossEntropy()
        >>> losses = train(
        ...     model, optimizer, loss, lambda state: batches, 5, verbose=False
        ... )
        >>> len(losses), losses[-1] < losses[0]
        (5, True)
    """
    state = State(said=said)
    is_first = _is_first()
    if folder is not None and (found := folder.state()) is not None:
        state = dataclasses.replace(found, said=said)
        folder.restore(model, optimizer)
    if folder is not None and is_first:
        folder.clear()
    report = Report(
        steps,
        folder.folder if folder is not None and is_first else None,
        state.step,
        verbose and is_first,
    )
    try:
        with stop_signals() as signals:
            run = _Run(model, optimizer, report, state, folder if is_first else None)
            step = new_step(model, optimizer, loss, parts, compile)
            read = iter(batches(state) if state.step < steps else ())
            while run.state.step < steps and not signals:
                begun = time.perf_counter()
                inputs, targets, *place = next(read)
                report.waited += time.perf_counter() - begun
                run.take(step(inputs, targets), place)
                report.begin()  # the first step has compiled the program
                done = run.state.step
                if evaluate is not None and done % evaluate_every == 0:
                    run.fetch()
                    report.write(done, evaluation=(value := evaluate()))
                    report.show(done, evaluation=value)
                if done % every == 0:
                    run.save()
            if run.saved < run.state.step:
                run.save()
            if signals:
                raise Stopped(signals[0], run.state.step)
    finally:
        report.close()
    return run.losses


class _Run:
    """A training that runs: its state, and losses that were not fetched yet."""

    def __init__(self, model, optimizer, report: Report, state: State, folder):
        self.model, self.optimizer, self.report = model, optimizer, report
        self.state, self.folder, self.saved = state, folder, state.step
        self.waiting: list[tuple[int, Any]] = []
        self.losses: list[float] = []

    def take(self, loss, place) -> None:
        """After a step: its loss, and the place in the data."""
        step = self.state.step + 1
        here = tuple(place[0].numpy().tolist()) if place else (step, 0)
        self.state = dataclasses.replace(self.state, step=step, place=here)
        self.waiting.append((step, loss))
        if step % EVERY == 0:
            self.fetch()

    def fetch(self) -> None:
        """Losses from the device to the log."""
        if not self.waiting:
            return
        for step, loss in self.waiting:
            self.losses.append(float(loss))
            self.report.write(step, loss=self.losses[-1])
        self.waiting = []
        rate = float(self.optimizer.learning_rate)
        self.report.show(self.state.step, loss=self.losses[-1], rate=rate)

    def save(self) -> None:
        self.fetch()
        self.report.flush()
        self.saved = self.state.step
        if self.folder is not None:
            self.folder.save(self.model, self.optimizer, self.state)


def _is_first() -> bool:
    """Whether this process writes: the first of a cluster, or the only one."""
    resolver = tf.distribute.get_strategy().cluster_resolver
    if resolver is None or not resolver.cluster_spec():
        return True
    task = resolver.task_type, resolver.task_id
    return task == ("chief", 0) or (
        task == ("worker", 0) and "chief" not in resolver.cluster_spec().jobs
    )
