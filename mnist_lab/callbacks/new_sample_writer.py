"""Writes what ``predict`` answers to samples of the user's own: a CSV file, and a sheet of the pictures."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from lightning.pytorch import LightningModule, Trainer
from numpy.typing import NDArray

from mnist_lab.callbacks.prediction_writer import PredictionWriter, spreadsheet_cell
from mnist_lab.own_files import OwnFiles


class NewSampleWriter(PredictionWriter):
    """One row per sample: its file or the number of its row, the predicted class, the probability given to it.

    Of pictures there is a sheet beside the file, with each as it was given and as the network sees it.

    Attributes:
        answers: Predicted class and probability of each sample, in their order.
    """

    def __init__(
        self,
        path: Path,
        class_names: Sequence[str],
        names: Sequence[str],
        *,
        pictures: NDArray[np.uint8] | None = None,
        files: Sequence[Path] = (),
        bright_is_ink: bool = True,
    ) -> None:
        """Name the file.

        Args:
            path: As ``PredictionWriter`` takes it.
            class_names: Likewise.
            names: What the samples are called.
            pictures: As the network sees them, ``(N, channels, height, width)``; None: rows of a table.
            files: Of the pictures as they were given; empty for rows of a table.
            bright_is_ink: Show high grey levels dark.
        """
        super().__init__(path, class_names)
        self.names = names
        self.files = files
        self.answers: list[tuple[str, float]] = []
        self._pictures = pictures
        self._bright_is_ink = bright_is_ink

    @staticmethod
    def sheet_of(path: Path) -> Path:
        """Return where the sheet to a CSV file goes."""
        return path.with_name(f"{path.name.removesuffix('.csv')}.png")

    def on_predict_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start anew."""
        super().on_predict_start(trainer, pl_module)
        self.answers = []

    def on_predict_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Append the rows of one batch, and keep the answers."""
        super().on_predict_batch_end(trainer, pl_module, outputs, batch, batch_idx, dataloader_idx)
        probabilities, classes = (part.tolist() for part in outputs.cpu().max(dim=1))
        self.answers += [(self.class_names[label], score) for label, score in zip(classes, probabilities, strict=True)]

    def on_predict_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Give the file its name, and draw the sheet.

        Raises:
            MnistLabError: One of them cannot be written.
        """
        super().on_predict_end(trainer, pl_module)
        if self._pictures is None:
            return
        from mnist_lab.pictures.answer_sheet import MOST, Answered, draw_answers, thumbnail

        first = zip(self.names, self.files, self._pictures, self.answers, strict=False)
        shown = draw_answers(
            [
                Answered(name, thumbnail(file), picture, *answer)
                for name, file, picture, answer in itertools.islice(first, MOST)
            ],
            of=len(self.names),
            bright_is_ink=self._bright_is_ink,
        )
        sheet = self.sheet_of(self.path)
        try:
            OwnFiles(sheet.parent, "--predictions").write({sheet.name: shown})
        except OSError as error:
            raise self._unwritable(error) from error

    def _headings(self) -> list[str]:
        return ["file" if self.files else "row", "predicted", "probability"]

    def _named(self, batch: Any, count: int) -> Iterable[list[Any]]:
        return ([spreadsheet_cell(name)] for name in self.names[self.rows : self.rows + count])
