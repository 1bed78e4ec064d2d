"""Writes what ``predict`` found to a CSV file."""

from __future__ import annotations

import contextlib
import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.errors import MnistLabError
from mnist_lab.language import say
from mnist_lab.own_files import OwnFiles, why_unwritten

# A spreadsheet takes text that begins with one of these for a formula, and would compute it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class PredictionWriter(Callback):
    """One row per sample: its index, the label, the predicted class, and the probability given to it.

    Rows are written batch by batch into a file beside it, which takes its name when all are there: the file grows with
    the run instead of the memory, and is never half of one. It is UTF-8 with a byte order
    mark: without it Excel takes it for another encoding.
    Lightning's ``BasePredictionWriter`` is not used: it warns of every dataloader without a PyTorch batch sampler.
    """

    def __init__(self, path: Path, class_names: Sequence[str], label_names: Sequence[str] | None = None) -> None:
        """Name the file.

        Args:
            path: The CSV file; an older one is replaced if it is still as this class wrote it.
            class_names: Name of each class, by the number of the network's output.
            label_names: Name of each class, by its number in the data; None: the same.
        """
        self.path = path
        self.class_names = [spreadsheet_cell(name) for name in class_names]
        self.label_names = self.class_names if label_names is None else [spreadsheet_cell(name) for name in label_names]
        self.rows = 0
        """How many samples were written."""
        self._partial = path.with_name(f".{path.name}-{os.getpid()}.part")

    def on_predict_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the file anew.

        Raises:
            UsageError: As ``check_predictions``.
            MnistLabError: It cannot be written, or several processes would each write a part of it.
        """
        if trainer.world_size > 1:
            raise MnistLabError(
                say(
                    "predict writes one file from one process, and --trainer.devices asks for {count}; give "
                    "--trainer.devices 1.",
                    "predict は 1 つのプロセスから 1 つのファイルに書き込みますが、--trainer.devices に {count} が"
                    "指定されています。--trainer.devices 1 を指定してください。",
                    count=trainer.world_size,
                )
            )
        check_predictions(self.path)
        self.rows = 0
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._partial.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerow(self._headings())
        except OSError as error:
            raise self._unwritable(error) from error

    def on_predict_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Append the rows of one batch; ``outputs`` holds probabilities ``(N, C)``.

        Raises:
            MnistLabError: The disk is full, or another program has opened the file.
        """
        probabilities, classes = (part.tolist() for part in outputs.cpu().max(dim=1))
        try:
            with self._partial.open("a", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(
                    [*first, self.class_names[predicted], f"{probability:.6f}"]
                    for first, predicted, probability in zip(
                        self._named(batch, len(classes)), classes, probabilities, strict=True
                    )
                )
        except OSError as error:
            raise self._unwritable(error) from error
        self.rows += len(classes)

    def on_predict_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Give the file its name.

        Raises:
            UsageError: As ``check_predictions``.
            MnistLabError: Another program has opened the older one.
        """
        try:
            _files_at(self.path).take(self._partial, self.path.name)
        except OSError as error:
            raise self._unwritable(error) from error

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Leave no half of a file."""
        with contextlib.suppress(OSError):
            self._partial.unlink()

    def _headings(self) -> list[str]:
        return ["index", "label", "predicted", "probability"]

    def _named(self, batch: Any, count: int) -> Iterable[list[Any]]:
        """Return what stands in each row before the prediction; ``self.rows`` are written already."""
        _, labels = batch
        return ([self.rows + place, self.label_names[label]] for place, label in enumerate(labels.tolist()))

    def _unwritable(self, error: OSError) -> MnistLabError:
        return MnistLabError(
            say(
                "The predictions cannot be written to {path}: {why}. Close it where it is open, or name another file "
                "with --predictions.",
                "予測結果を {path} に書き込めません：{why}。開いている場合は閉じるか、--predictions で別のファイルを"
                "指定してください。",
                path=self.path,
                why=why_unwritten(error),
            )
        )


def check_predictions(path: Path) -> None:
    """Look whether a file of predictions may be written.

    Raises:
        UsageError: There is a file of this name that this program has not written, or that was changed since.
    """
    _files_at(path).check([path.name])


def _files_at(path: Path) -> OwnFiles:
    return OwnFiles(path.parent, "--predictions")


def spreadsheet_cell(name: str) -> str:
    """Return a name so that a spreadsheet shows it and computes nothing; a number stays one."""
    if not name.startswith(_FORMULA):
        return name
    try:
        float(name)
    except ValueError:
        return f"'{name}"
    return name
