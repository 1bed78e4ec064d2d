"""Writes what ``predict`` found to a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.errors import MnistLabError, reason_of


class PredictionWriter(Callback):
    """One row per sample: its index, the label, the predicted class, and the probability given to it.

    Rows are written batch by batch, so the file grows with the run instead of the memory.
    Lightning's ``BasePredictionWriter`` is not used: it warns of every dataloader without a PyTorch batch sampler.
    """

    def __init__(self, path: Path, class_names: Sequence[str]) -> None:
        """Name the file.

        Args:
            path: The CSV file; an older one is replaced.
            class_names: Name of each class, by its number.
        """
        self.path = path
        self.class_names = list(class_names)
        self.rows = 0
        """How many samples were written."""

    def on_predict_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the file anew.

        Raises:
            MnistLabError: It cannot be written.
        """
        self.rows = 0
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerow(["index", "label", "predicted", "probability"])
        except OSError as error:
            raise MnistLabError(
                f"The predictions cannot be written to {self.path}: {reason_of(error)}. "
                "Name another file with --predictions."
            ) from error

    def on_predict_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Append the rows of one batch; ``outputs`` holds probabilities ``(N, C)``."""
        _, labels = batch
        probabilities, classes = outputs.cpu().max(dim=1)
        with self.path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for label, predicted, probability in zip(
                labels.tolist(), classes.tolist(), probabilities.tolist(), strict=True
            ):
                names = self.class_names
                writer.writerow([self.rows, names[label], names[predicted], f"{probability:.6f}"])
                self.rows += 1
