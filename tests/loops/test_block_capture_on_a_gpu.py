"""Recorded blocks on a real GPU: the weights of single steps, and no wait for the GPU inside an epoch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.runs.run import Run
from mnist_lab.training.train_once import train_once

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(
        not torch.cuda.is_available(), reason=f"no CUDA GPU can be used here (torch {torch.__version__})"
    ),
]

SETTINGS = {
    "FC": ["--config", "fc.yaml"],
    "CNN": ["--config", "cnn.yaml"],
    "one cycle": [
        *("--config", "fc.yaml", "--lr_interval", "step", "--lr_scheduler", "OneCycleLR"),
        *("--lr_scheduler.max_lr", "0.01", "--lr_scheduler.total_steps", "66"),
        *("--lr_scheduler.cycle_momentum", "false"),
    ],
    "SGD, clipped": ["--config", "fc.yaml", "--optimizer", "SGD", "--trainer.gradient_clip_val", "0.5"],
}


class NoWaiting(Callback):
    """Makes any wait for the GPU between an epoch's first and last step an error, once all blocks are recorded."""

    def __init__(self) -> None:
        self.epochs = 0

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.current_epoch >= 2:
            self.epochs += 1
            torch.cuda.set_sync_debug_mode("error")

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        torch.cuda.set_sync_debug_mode("default")

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        torch.cuda.set_sync_debug_mode("default")


def train(folder: Path, args: list[str], *more: str, callbacks: list[Any] | None = None) -> Run:
    quieten_lightning()
    common = ["--data.source", "Digits", "--trainer.max_epochs", "3", "--trainer.log_every_n_steps", "5"]
    return train_once(
        resolve_configs([*args, *common, "--trainer.default_root_dir", str(folder), *more]), callbacks or []
    )


def weights(trial: Run) -> dict[str, torch.Tensor]:
    loaded: dict[str, torch.Tensor] = torch.load(
        trial.folder / "checkpoints" / "last.ckpt", weights_only=True, map_location="cpu"
    )["state_dict"]
    return loaded


@pytest.mark.parametrize("args", SETTINGS.values(), ids=SETTINGS.keys())
def test_recorded_steps_train_as_single_steps_do(
    args: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = train(tmp_path / "recorded", args)
    assert "No CUDA graph" not in capsys.readouterr().err
    single = train(tmp_path / "single", args, "--steps_per_execution", "1")
    for name, expected in weights(single).items():
        torch.testing.assert_close(weights(recorded)[name], expected, rtol=1e-2, atol=1e-3)
    assert recorded.record.test_accuracy == pytest.approx(single.record.test_accuracy, abs=0.02)


@pytest.mark.filterwarnings("ignore:Synchronization debug mode is a prototype feature")
def test_nothing_waits_for_the_gpu_inside_an_epoch(tmp_path: Path) -> None:
    watcher = NoWaiting()
    trial = train(tmp_path, SETTINGS["FC"], callbacks=[watcher])
    assert trial.record.status == "completed"
    assert watcher.epochs == 1
