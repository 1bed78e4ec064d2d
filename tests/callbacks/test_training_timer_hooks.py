"""Training time without a training, by the hooks alone: what a device, a failure and several processes change in it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from mnist_lab.callbacks import TrainingTimer
from mnist_lab.callbacks.training_timer import _samples_in
from tests.callbacks.fake_clock import Clock
from tests.callbacks.queued_device import QueuedDevice


def stand_in(device: str, world_size: int = 1) -> Any:
    """What the timer asks of a trainer."""
    return SimpleNamespace(strategy=SimpleNamespace(root_device=torch.device(device)), world_size=world_size)


def through_an_epoch(timer: TrainingTimer, clock: Clock, trainer: Any, steps: int = 3) -> None:
    """Two seconds a step, one between steps, a checkpoint, validation, and the epoch's end."""
    batch = (torch.zeros(64, 1), torch.zeros(64))
    timer.on_train_epoch_start(trainer, None)  # type: ignore[arg-type]
    for index in range(steps):
        timer.on_train_batch_start(trainer, None, batch, index)  # type: ignore[arg-type]
        clock.pass_by(2)
        timer.on_train_batch_end(trainer, None, None, batch, index)  # type: ignore[arg-type]
        clock.pass_by(1)
    timer.state_dict()
    clock.pass_by(100)
    timer.on_validation_start(trainer, None)  # type: ignore[arg-type]
    clock.pass_by(100)
    timer.log_dict = lambda *_, **__: None  # type: ignore[attr-defined]
    timer.on_train_epoch_end(trainer, None)  # type: ignore[arg-type]
    clock.pass_by(100)


def test_on_cuda_the_gpu_passes_both_ends_of_a_step_and_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = QueuedDevice()
    monkeypatch.setattr(torch.cuda, "Event", gpu.event)
    timer, trainer = TrainingTimer(gpu.now_s), stand_in("cuda:0")
    timer.on_train_start(trainer, None)  # type: ignore[arg-type]
    for epoch in (1, 2):
        batch = (torch.zeros(64, 1), torch.zeros(64))
        timer.on_train_epoch_start(trainer, None)  # type: ignore[arg-type]
        for index in range(3):
            timer.on_train_batch_start(trainer, None, batch, index)  # type: ignore[arg-type]
            gpu.launch(2, launching_s=0.25)
            if index == 1:
                with timer.paused():
                    gpu.launch(500)
            timer.on_train_batch_end(trainer, None, None, batch, index)  # type: ignore[arg-type]
            gpu.host_works(600)  # callbacks and loggers, while the GPU has nothing to do
        assert gpu.waits == epoch - 1
        timer.state_dict()
        gpu.host_works(100)
        timer.on_validation_start(trainer, None)  # type: ignore[arg-type]
        gpu.launch(100)
        gpu.host_works(200)
        timer.log_dict = lambda *_, **__: None  # type: ignore[attr-defined]
        timer.on_train_epoch_end(trainer, None)  # type: ignore[arg-type]
        assert timer.epoch_s == pytest.approx(3 * 2.25)
        assert timer.train_s == pytest.approx(epoch * 3 * 2.25)
        assert timer.samples_per_s == pytest.approx(192 / 6.75)


def test_failed_cuda_device_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = QueuedDevice()
    monkeypatch.setattr(torch.cuda, "Event", gpu.event)
    timer, trainer = TrainingTimer(gpu.now_s), stand_in("cuda:0")
    timer.on_train_start(trainer, None)  # type: ignore[arg-type]
    timer.on_train_epoch_start(trainer, None)  # type: ignore[arg-type]
    timer.on_train_batch_start(trainer, None, None, 0)  # type: ignore[arg-type]
    gpu.launch(2)
    timer.on_train_batch_end(trainer, None, None, None, 0)  # type: ignore[arg-type]
    gpu.host_works(3)
    timer.on_train_batch_start(trainer, None, None, 1)  # type: ignore[arg-type]
    timer.on_exception(trainer, None, RuntimeError("CUDA error"))  # type: ignore[arg-type]
    assert gpu.waits == 0
    assert (timer.train_s, timer.wall_s) == (2, 3)


def test_samples_of_all_processes_are_counted() -> None:
    clock = Clock()
    timer, trainer = TrainingTimer(clock), stand_in("cpu", world_size=4)
    timer.on_train_start(trainer, None)  # type: ignore[arg-type]
    assert timer.samples_per_s is None
    through_an_epoch(timer, clock, trainer)
    assert timer.train_s == 6
    assert timer.samples_per_s == 3 * 64 * 4 / 6


class Sized:
    def __len__(self) -> int:
        return 12


@pytest.mark.parametrize(
    ("batch", "samples"),
    [
        (torch.zeros(5, 2), 5),
        ((torch.zeros(6, 1, 28, 28), torch.zeros(6)), 6),
        ([torch.zeros(7, 3)], 7),
        ({"inputs": torch.zeros(8, 3), "labels": torch.zeros(8)}, 8),
        ({"names": ["one", "two"], "inputs": torch.zeros(2, 3)}, 2),
        (({"inputs": torch.zeros(9, 3)}, torch.zeros(9)), 9),
        (Sized(), 12),
        ([], 0),
        (None, 0),
        (torch.tensor(3.0), 1),
    ],
)
def test_samples_are_counted_in_any_batch(batch: Any, samples: int) -> None:
    assert _samples_in(batch) == samples
