"""The progress bar counts batches, whether they come one by one or in blocks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.callbacks import StepProgressBar
from mnist_lab.commands.configs import resolve_configs
from mnist_lab.commands.fit import FitCLI
from mnist_lab.commands.quiet import quieten_lightning


class Positions(Callback):
    """Notes where the bar stands after each call of the loop."""

    def __init__(self) -> None:
        self.completed: list[float] = []
        self.totals: set[float | None] = set()
        self.shown: list[set[str]] = []

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        bar = next(callback for callback in trainer.callbacks if isinstance(callback, StepProgressBar))  # type: ignore[attr-defined]
        assert bar.progress is not None
        (task,) = [task for task in bar.progress.tasks if task.id == bar.train_progress_bar_id]
        self.completed.append(task.completed)
        self.totals.add(task.total)
        self.shown.append(set(bar.get_metrics(trainer, pl_module)))


@pytest.mark.parametrize(
    ("steps", "completed"), [("5", [5, 10, 15, 20, 22]), ("1", list(range(1, 23)))], ids=["blocks", "one by one"]
)
def test_bar_counts_batches(steps: str, completed: list[int], tmp_path: Path) -> None:
    quieten_lightning()
    positions = Positions()
    config = ["--config", "fc.yaml", "--data.source", "Digits", "--trainer.max_epochs", "2"]
    more = ["--steps_per_execution", steps, "--trainer.default_root_dir", str(tmp_path)]
    # Given last, so that its hook comes after the bar's.
    FitCLI(resolve_configs([*config, *more, "--trainer.enable_progress_bar", "true"]), callbacks=[positions])
    assert positions.completed == completed * 2
    assert positions.totals == {22}
    # No version of the run's folder among the scores; none before the first validation.
    assert positions.shown[0] <= {"val/loss", "val/accuracy"}
    assert positions.shown[-1] == {"val/loss", "val/accuracy"}
