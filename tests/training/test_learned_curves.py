"""One-dimensional classes: what shape the learned curves must have, and what shape they get."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.data import Intervals
from mnist_lab.training.train_once import fit_config
from mnist_lab.training.training_cli import TrainingCLI

TWICE = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]
STEP = 0.01


def curves(folder: Path, config: str, *args: str) -> tuple[NDArray[np.float64], float]:
    """Train a config and return its outputs at 0, 0.01, … 10, and the test accuracy."""
    quieten_lightning()
    more = ["--trainer.default_root_dir", str(folder), "--trainer.limit_val_batches=0", *args]
    cli = TrainingCLI("fit", resolve_configs(["--config", config, *more]), quiet=True)
    record = fit_config(cli, quiet=True).record
    axis = torch.linspace(0, 10, round(10 / STEP) + 1).unsqueeze(1)
    with torch.no_grad():
        outputs = cli.model.eval()(cli.datamodule.standardisation.apply(axis))
    assert record.test_accuracy is not None
    return outputs.double().numpy(), record.test_accuracy


def has_its_top_inside(curve: NDArray[np.float64], interval: int) -> bool:
    """Say whether a curve, followed from the interval before to the one behind, is highest in between: a hill.

    A border may be missed by two hundredths.
    """
    first, last = max(interval - 1, 0), min(interval + 2, 10)
    top = first + STEP * int(curve[round(first / STEP) : round(last / STEP) + 1].argmax())
    return interval - 0.02 <= top <= interval + 1.02


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
def test_five_labels_twice_become_ten_hills(seed: int, tmp_path: Path) -> None:
    outputs, accuracy = curves(tmp_path, "intervals5.yaml", f"--seed_everything={seed}")
    assert accuracy > 0.95
    hills = [has_its_top_inside(outputs[:, label], interval) for interval, label in enumerate(TWICE)]
    assert hills == [True] * 10


def test_ten_intervals_are_learned(tmp_path: Path) -> None:
    _, accuracy = curves(tmp_path, "perceptron.yaml")
    assert accuracy > 0.93


def test_straight_lines_suffice_for_ten_intervals_and_not_for_five_labels_twice() -> None:
    # Lines c and c + 1 cross at c + 1: each is the highest in its own interval.
    slopes = torch.arange(10.0)
    offsets = -slopes * (slopes + 1) / 2
    for split in Intervals().load():
        assert torch.equal((split.inputs * slopes + offsets).argmax(dim=1), split.labels)
    # The highest of lines is convex, so each line is it on one stretch: no more than five of ten intervals are right.
    chance = torch.Generator().manual_seed(0)
    test = Intervals(TWICE).load()[1]
    for _ in range(200):
        lines, places = torch.randn(5, generator=chance), 30 * torch.rand(5, generator=chance)
        right = (test.inputs * lines - lines * places / 3).argmax(dim=1) == test.labels
        assert right.float().mean() <= 0.55
