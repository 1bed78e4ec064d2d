"""Training time: the training steps alone, with the wall time beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.callbacks.stopwatch import ClockStopwatch, Stopwatch, stopwatch_of
from mnist_lab.runs.processor_load import ProcessorLoad


class TrainingTimer(Callback):
    """Measures the training steps only and logs ``time/*`` at the end of each epoch.

    That is from ``on_train_batch_start`` to ``on_train_batch_end``: cutting the batch (when it is unpacked in the step,
    as this package's batches are), forward, backward and optimizer. Validation, checkpoints, logging, callbacks,
    drawing and the sanity check lie outside.

    On a GPU a step returns before its work is done. There both ends are events in the GPU's own queue, and it is waited
    for once, when the epoch's time is asked for, never between steps.

    Beside the times stands how much of the processor other programs took while it trained, ``time/others_cpu``, where a
    single process trains: of several, each is another program to the others.

    Place it before other callbacks, so that their work at the end of a step is not counted.

    Attributes:
        train_s: Training time in seconds since the start of the run, resumed runs included.
        epoch_s: Training time of the current or last epoch in seconds.
        samples_per_s: Training samples per second of training time in the last finished epoch; None before that.
        load: What the processor did besides in the current or last epoch.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Start at zero.

        Args:
            clock: Returns seconds; only differences count.
        """
        self.train_s = 0.0
        self.epoch_s = 0.0
        self.samples_per_s: float | None = None
        self.load = ProcessorLoad()
        self._alone = False
        self._clock = clock
        self._watch: Stopwatch = ClockStopwatch(clock)
        self._wall_before_s = 0.0
        self._wall_started: float | None = None
        self._epoch_samples = 0
        self._stage = "fit"

    @property
    def wall_s(self) -> float:
        """Seconds on the clock since training started, everything included; stands still once training is over."""
        running = 0.0 if self._wall_started is None else self._clock() - self._wall_started
        return self._wall_before_s + running

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Within, the clock stands still: for work inside a step that trains nothing, as recording a graph."""
        running = self._watch.running
        self._watch.stop()
        yield
        # Not after an exception: the device may be what failed, and the run is over.
        if running:
            self._watch.start()

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Note which stage begins."""
        self._stage = stage

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the wall clock."""
        self._alone = trainer.world_size == 1
        self._watch = stopwatch_of(trainer.strategy.root_device, self._clock)
        self._wall_started = self._clock()

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start a new epoch at zero."""
        self.epoch_s = 0.0
        self._epoch_samples = 0
        self.load.clear()

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Let the clock run."""
        if self._alone:
            self.load.start()
        self._watch.start()

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Stop the clock."""
        self._watch.stop()
        self._epoch_samples += _samples_in(batch) * trainer.world_size

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Add up what there is before anybody asks for it."""
        self._add(self._watch.take_s())
        self.load.stop()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Log the epoch's times."""
        self._add(self._watch.take_s())
        self.load.stop()
        self.samples_per_s = self._epoch_samples / self.epoch_s if self.epoch_s > 0 else None
        times = {"time/train_s": self.train_s, "time/epoch_s": self.epoch_s, "time/wall_s": self.wall_s}
        if self.samples_per_s is not None:
            times["time/samples_per_s"] = self.samples_per_s
        if (others_cpu := self.load.so_far.others_cpu) is not None:
            times["time/others_cpu"] = others_cpu
        self.log_dict(times, rank_zero_only=True)  # type: ignore[attr-defined]

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stop both clocks."""
        self._add(self._watch.take_s())
        self._stop_wall()

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Stop both clocks; what was measured so far stands."""
        self._add(self._watch.take_known_s())
        self._stop_wall()

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed run goes on from."""
        self._add(self._watch.take_s())
        return {
            "train_s": self.train_s,
            "epoch_s": self.epoch_s,
            "epoch_samples": self._epoch_samples,
            "wall_s": self.wall_s,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a checkpoint's times; one that is loaded to be tested changes nothing."""
        if self._stage != "fit":
            return
        self.train_s = state_dict["train_s"]
        # A run resumed amid an epoch goes on with it: no epoch starts there.
        self.epoch_s = state_dict["epoch_s"]
        self._epoch_samples = state_dict["epoch_samples"]
        self._wall_before_s = state_dict["wall_s"]

    def _add(self, seconds: float) -> None:
        self.train_s += seconds
        self.epoch_s += seconds

    def _stop_wall(self) -> None:
        self._wall_before_s = self.wall_s
        self._wall_started = None


def _samples_in(batch: Any) -> int:
    """Return the number of samples: of the first tensor in a tuple, list or dict, else the batch's own length."""
    tensor = _first_tensor(batch)
    if tensor is not None:
        return tensor.shape[0] if tensor.ndim else 1
    return len(batch) if hasattr(batch, "__len__") else 0


def _first_tensor(batch: Any) -> torch.Tensor | None:
    if isinstance(batch, torch.Tensor):
        return batch
    if isinstance(batch, dict):
        batch = tuple(batch.values())
    parts = batch if isinstance(batch, (tuple, list)) else ()
    return next((found for part in parts if (found := _first_tensor(part)) is not None), None)
