"""Training time: the training steps alone, with the wall time beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.callbacks.processor_load import ProcessorLoad


class TrainingTimer(Callback):
    """Measures the training steps only and logs ``time/*`` at the end of each epoch.

    On the CPU the clock runs from ``on_train_batch_start`` to ``on_train_batch_end``: cutting the batch (when it is
    unpacked in the step, as this package's batches are), forward, backward and optimizer. Validation, checkpoints,
    logging, drawing and the sanity check lie outside.

    On CUDA a step returns before its work is done, so the clock runs through from an epoch's first step to its last and
    the device is synchronised at both ends, never in between; it stands still during validation, while a checkpoint is
    written, and within ``paused``. What the loop, callbacks and loggers do between two steps is in that time, as far as
    the device is not busy meanwhile; to take it out would be to wait for the device at each step.

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
        self._started: float | None = None
        self._wall_before_s = 0.0
        self._wall_started: float | None = None
        self._epoch_samples = 0
        self._device: torch.device = torch.device("cpu")
        self._stage = "fit"

    @property
    def wall_s(self) -> float:
        """Seconds on the clock since training started, everything included; stands still once training is over."""
        running = 0.0 if self._wall_started is None else self._clock() - self._wall_started
        return self._wall_before_s + running

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Within, the clock stands still: for work inside a step that trains nothing, as recording a graph."""
        running = self._started is not None
        self._stop()
        yield
        # Not after an exception: the device may be what failed, and the run is over.
        if running:
            self._start()

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Note which stage begins."""
        self._stage = stage

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the wall clock."""
        self._device = trainer.strategy.root_device
        self._alone = trainer.world_size == 1
        self._wall_started = self._clock()

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start a new epoch at zero."""
        self.epoch_s = 0.0
        self._epoch_samples = 0
        self.load.clear()

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Let the clock run."""
        if self._started is None:
            if self._alone:
                self.load.start()
            self._start()

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Stop the clock, unless the device works asynchronously."""
        if self._device.type == "cpu":
            self._stop()
        self._epoch_samples += _samples_in(batch) * trainer.world_size

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Keep validation out of the training time."""
        self._stop()
        self.load.stop()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Log the epoch's times."""
        self._stop()
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
        self._stop_all()

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Stop both clocks; what was measured so far stands."""
        # The device may be what failed: no synchronisation here.
        self._device = torch.device("cpu")
        self._stop_all()

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed run goes on from.

        Asked for when a checkpoint is written, so the clock stops here until the next step.
        """
        self._stop()
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

    def _start(self) -> None:
        self._synchronize()
        self._started = self._clock()

    def _stop(self) -> None:
        if self._started is None:
            return
        self._synchronize()
        elapsed_s = self._clock() - self._started
        self._started = None
        self.train_s += elapsed_s
        self.epoch_s += elapsed_s

    def _stop_all(self) -> None:
        self._stop()
        self._wall_before_s = self.wall_s
        self._wall_started = None

    def _synchronize(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        elif self._device.type == "mps":
            torch.mps.synchronize()


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
