"""A small training on the CPU whose steps take memory of the fake GPU, as a network's would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.loggers import CSVLogger
from torch.utils.data import DataLoader, TensorDataset

from mnist_lab.callbacks import CudaMemoryGuard
from tests.gpu.fake_device import FakeCuda

BATCH_SIZE = 64


class FakeTraining(LightningModule):
    """Each step takes ``mib_per_sample`` times the batch on the fake GPU, and gives it back to the cache."""

    def __init__(self, cuda: FakeCuda, mib_per_sample: float = 1.0) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(4, 2)
        self.cuda_model = cuda
        self.mib_per_sample = mib_per_sample
        self.limits_seen: dict[str, float] = {}
        self.in_step: Callable[[int], None] = lambda step: None

    def configure_model(self) -> None:
        self.limits_seen.setdefault("configure_model", self.cuda_model.allocators[0].fraction)

    def on_fit_start(self) -> None:
        self.limits_seen["on_fit_start"] = self.cuda_model.allocators[0].fraction

    def training_step(self, batch: Any, batch_idx: int) -> torch.Tensor:
        self._take(batch)
        self.in_step(self.global_step)
        loss: torch.Tensor = self.layer(batch[0]).square().mean()
        return loss

    def validation_step(self, batch: Any, batch_idx: int) -> torch.Tensor:
        self._take(batch)
        return torch.zeros(())

    test_step = predict_step = validation_step

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.01)

    def _take(self, batch: Any) -> None:
        block = self.cuda_model.allocate(self.mib_per_sample * len(batch[0]))
        self.cuda_model.free(block)


class Clock:
    """Seconds that the test moves."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def loader(samples: int = 4 * BATCH_SIZE) -> DataLoader[Any]:
    generator = torch.Generator().manual_seed(0)
    return DataLoader(TensorDataset(torch.randn(samples, 4, generator=generator)), batch_size=BATCH_SIZE)


def guard_on(cuda: FakeCuda, clock: Clock | None = None, **arguments: Any) -> CudaMemoryGuard:
    guard = CudaMemoryGuard(**arguments)
    guard.cuda = cuda
    if clock is not None:
        guard.clock = clock
    return guard


def trainer_with(tmp_path: Path, *callbacks: Callback, epochs: int = 1, validate: bool = False) -> Trainer:
    return Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        callbacks=list(callbacks),
        logger=CSVLogger(tmp_path),
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        log_every_n_steps=1,
        limit_val_batches=None if validate else 0,
        num_sanity_val_steps=2 if validate else 0,
    )


def logged(tmp_path: Path) -> Iterator[dict[str, str]]:
    import csv

    for path in tmp_path.rglob("metrics.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
