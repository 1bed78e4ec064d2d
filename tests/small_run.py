"""A real training that takes a fraction of a second: the intervals, the perceptron, a quiet Trainer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lightning.pytorch import Trainer, seed_everything
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from mnist_lab.data import ClassificationDataModule, Intervals
from mnist_lab.models import Perceptron

# Of 700 intervals 583 are the training part, of which 535 train: 8 batches of 64 and one of 23.
STEPS = 9
TRAINING_SAMPLES = 535


def interval_data(**settings: Any) -> ClassificationDataModule:
    arguments: dict[str, Any] = {"batch_size": 64, "eval_batch_size": 33}
    return ClassificationDataModule(Intervals(num_samples=700), **(arguments | settings))


def perceptron(seed: int = 0) -> Perceptron:
    seed_everything(seed, verbose=False)
    return Perceptron((1,), 10)


def quiet_trainer(folder: Path, **settings: Any) -> Trainer:
    quiet: dict[str, Any] = {
        "accelerator": "cpu",
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "log_every_n_steps": 4,
        "max_epochs": 2,
    }
    return Trainer(default_root_dir=folder, **(quiet | settings))


def scalars_in(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Return step and value of each scalar that TensorBoard finds in the folder."""
    events = EventAccumulator(str(folder))
    events.Reload()
    return {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
