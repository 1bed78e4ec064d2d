"""Trainings for the modelled GPU: networks, batches and a Trainer, with the guard or without, told as one line of JSON.

``python -m tests.modelled_gpu.program tests/modelled_gpu/trainings.py '{"network": "wide", "batch_size": 20000}'``
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor, nn

from mnist_lab.callbacks import CudaMemoryGuard
from mnist_lab.gpu import explanation
from mnist_lab.gpu.residency import TOLERANCE_BYTES
from tests.modelled_gpu.machine import Machine, this_machine

WARNED = "CudaMemoryGuard: PyTorch's allocator has taken"
GONE_ELSEWHERE = "memory has gone elsewhere, into memory shared with the CPU"


class Training(NamedTuple):
    """What is trained, and under which circumstances."""

    network: str = "wide"
    batch_size: int = 64
    optimizer: str = "Adam"
    guarded: bool = True
    steps: int = 3
    device: int = 0
    others_mib: tuple[int, ...] = ()
    """What other programs hold during each step; the last one stays."""
    guard: dict[str, Any] = {}  # noqa: RUF012 - read only
    weights: bool = False
    """Whether the outcome has a digest of the weights."""
    seed: int = 0
    lifted: bool = False
    """Whether the guard's limit is lifted before each step, so that what it watches for happens."""


def wide(width: int = 4096) -> nn.Module:
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 10)
    )


def deep(width: int = 1024, layers: int = 9) -> nn.Module:
    hidden = [layer for _ in range(layers - 1) for layer in (nn.Linear(width, width), nn.ReLU())]
    return nn.Sequential(nn.Flatten(), nn.Linear(784, width), nn.ReLU(), *hidden, nn.Linear(width, 10))


def convolutional(channels: int = 16) -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(1, channels, 3), nn.ReLU(), nn.Conv2d(channels, channels, 3), nn.ReLU(), nn.Flatten()),
        nn.Linear(channels * 24 * 24, 10),
    )


def residual(channels: int = 8) -> nn.Module:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.way = nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU())

        def forward(self, x: Tensor) -> Tensor:
            changed: Tensor = self.way(x)
            return x + changed

    blocks = [Block() for _ in range(3)]
    return nn.Sequential(
        nn.Conv2d(1, channels, 3), *blocks, nn.AdaptiveAvgPool2d(8), nn.Flatten(), nn.Linear(64 * channels, 10)
    )


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "wide": wide,
    "deep": deep,
    "convolutional": convolutional,
    "residual": residual,
    "small": lambda: wide(128),
    "huge": lambda: wide(20000),
}
OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "Adam": lambda p: torch.optim.Adam(p, fused=True),
    "AdamW": torch.optim.AdamW,
    "SGD": lambda p: torch.optim.SGD(p, lr=0.01),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, foreach=False),
}


class Module(LightningModule):
    """A LightningModule that knows nothing of this project."""

    def __init__(self, network: str, optimizer: str) -> None:
        super().__init__()
        self.network = NETWORKS[network]()
        self.optimizer = optimizer

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        loss: Tensor = nn.functional.cross_entropy(self.network(batch[0]), batch[1])
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return OPTIMIZERS[self.optimizer](self.parameters())


class OtherPrograms(Callback):
    """Moves what other programs hold before each step, as between two looks of the guard."""

    def __init__(self, machine: Machine, others_mib: tuple[int, ...], device: int) -> None:
        self.machine, self.others_mib, self.device = machine, others_mib, device

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        if self.others_mib:
            self.machine.others_hold(self.others_mib[min(batch_idx, len(self.others_mib) - 1)], self.device)


class LiftsTheLimit(Callback):
    """Lifts the guard's limit before each step, and counts the looks that let shared memory pass."""

    def __init__(self, machine: Machine, device: int) -> None:
        self.machine, self.device, self.passed = machine, device, 0

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        torch.cuda.set_per_process_memory_fraction(1.0, self.device)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        self.passed += self.machine.counters(self.device).shared_bytes > TOLERANCE_BYTES


class Batches:
    """Equal batches on the CPU, made once."""

    def __init__(self, batch_size: int, steps: int, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        labels = torch.randint(0, 10, (batch_size,), generator=generator)
        inputs = torch.zeros(1, 1, 28, 28).expand(batch_size, 1, 28, 28)
        self.batch, self.steps = (inputs, labels), steps

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Any:
        return iter([self.batch] * self.steps)


def train(training: Training) -> dict[str, Any]:
    """Train; return how it ended, the report, and what the modelled GPU counted."""
    machine = this_machine()
    assert machine is not None, "not on a modelled machine"
    torch.manual_seed(training.seed)
    module = Module(training.network, training.optimizer)
    guard = CudaMemoryGuard(**{"check_interval_s": 1e-6, **training.guard})
    callbacks = [OtherPrograms(machine, training.others_mib, training.device), *([guard] if training.guarded else [])]
    lifts = LiftsTheLimit(machine, training.device)
    callbacks += [lifts] if training.lifted else []  # its looks come after the guard's
    before = machine.counters(training.device)
    outcome: dict[str, Any] = {"ended": "trained", "report": None, "limit_bytes": None}
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            Trainer(
                accelerator="gpu",
                devices=[training.device],
                max_epochs=1,
                callbacks=callbacks,
                logger=False,
                enable_checkpointing=False,
                enable_progress_bar=False,
                enable_model_summary=False,
            ).fit(module, Batches(training.batch_size, training.steps, training.seed))
    except torch.OutOfMemoryError as error:
        halted = "halted the run" in str(error)
        outcome |= {"ended": "halted" if halted else "out of memory", "report": explanation(error)}
        error.__traceback__ = None
    sys.stderr.write(said.getvalue())
    outcome["warned"] = WARNED in said.getvalue()
    outcome["looks that let shared memory pass"] = lifts.passed
    if training.weights and outcome["ended"] == "trained":
        outcome["weights"] = digest(module)
    outcome["reserved_bytes"] = torch.cuda.max_memory_reserved(training.device)
    outcome["spilled"] = machine.counters(training.device).spilled_requests - before.spilled_requests
    outcome["asked"] = machine.counters(training.device).requests - before.requests
    return outcome


def digest(module: nn.Module) -> str:
    """Return a digest of all weights, to the bit."""
    state = hashlib.sha256()
    for parameter in module.parameters():
        state.update(parameter.detach().cpu().numpy().tobytes())
    return state.hexdigest()


def clean_up(device: int = 0) -> None:
    """Give all memory back, so that the next training starts as the first."""
    import gc

    gc.collect()
    torch.cuda.init()  # type: ignore[no-untyped-call]  # the first time there is nothing to give back
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(device)


def quieten() -> None:
    """Have Lightning and PyTorch say nothing that is not asked for here."""
    warnings.filterwarnings("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)


def main(arguments: list[str]) -> None:
    """Train what each argument describes, one after the other; print a line for each."""
    quieten()
    for argument in arguments:
        given = json.loads(argument)
        clean_up(given.get("device", 0))
        print(json.dumps(train(Training(**given))), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
