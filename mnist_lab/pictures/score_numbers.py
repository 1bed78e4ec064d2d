"""The numbers behind score pictures as a file: what stays the same in its first line, then a line a picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from mnist_lab.language import say
from mnist_lab.pictures.bands import Band

if TYPE_CHECKING:
    from mnist_lab.pictures.score_picture import Scene

NUMBERS = "scores.jsonl"
_DIGITS = 4
When = Literal["before", "within", "after"]


class Moment(NamedTuple):
    """When a picture was drawn; ``str()`` says it."""

    when: When
    """Before training, amid an epoch, or after one."""
    epoch: int
    """Counted from 1."""
    step: int
    """Optimizer steps: of this epoch where it is amid one, else of the whole training."""

    def __str__(self) -> str:
        """Return the words of the current language."""
        if self.when == "before":
            return say("before training", "学習前")
        if self.when == "within":
            return say(
                "epoch {epoch}, step {step}", "エポック {epoch}、{step} ステップ", epoch=self.epoch, step=self.step
            )
        return say(
            "after epoch {epoch} (step {step})",
            "エポック {epoch} の後（{step} ステップ）",
            epoch=self.epoch,
            step=self.step,
        )


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of the series.

    Attributes:
        moment: When it was drawn.
        accuracy: Share of the samples that are recognised, 0 to 1.
        scores: The network's outputs ``(P, C)`` at the scene's positions.
    """

    moment: Moment
    accuracy: float
    scores: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ScoreFilm:
    """A whole series.

    Attributes:
        class_names: One a line.
        positions: Where on the x axis the outputs are drawn, ``(P,)``, rising.
        bands: Which part of the axis belongs to which class.
        is_measured: The x axis is a quantity with numbers.
        frames: At least one.
    """

    class_names: list[str]
    positions: NDArray[np.float32]
    bands: list[Band]
    is_measured: bool
    frames: list[Frame]


class ScoreNumbers:
    """Writes the file."""

    def __init__(self, path: Path, scene: Scene) -> None:
        """Name the file, which is begun with the first picture.

        Args:
            path: A new file.
            scene: What stays the same.
        """
        self._path = path
        self._scene = scene

    def add(self, moment: Moment, accuracy: float, scores: NDArray[np.float64]) -> None:
        """Add a picture.

        Raises:
            OSError: The file cannot be written.
        """
        lines = [] if self._path.exists() else [self._head()]
        lines.append({**moment._asdict(), "accuracy": accuracy, "scores": _rounded(scores)})
        with self._path.open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def _head(self) -> dict[str, Any]:
        scene = self._scene
        return {
            "class_names": list(scene.class_names),
            "positions": _rounded(scene.positions),
            "bands": [[band.label, float(band.start), float(band.end)] for band in scene.bands],
            "is_measured": scene.is_measured,
        }


def read_film(path: Path) -> ScoreFilm | None:
    """Return a series; None where there is none. A line that a crash has cut short is left out.

    Args:
        path: As ``ScoreNumbers`` wrote it.
    """
    try:
        first, *others = path.read_text(encoding="utf-8").splitlines()
        head = json.loads(first)
        classes, positions = list(map(str, head["class_names"])), np.array(head["positions"], np.float32)
        frames = [frame for line in others if (frame := _frame(line, (len(positions), len(classes)))) is not None]
        bands = [Band(int(label), float(start), float(end)) for label, start, end in head["bands"]]
        if not frames or positions.ndim != 1 or any(not 0 <= band.label < len(classes) for band in bands):
            return None
        return ScoreFilm(classes, positions, bands, bool(head["is_measured"]), frames)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _frame(line: str, shape: Sequence[int]) -> Frame | None:
    try:
        read = json.loads(line)
        scores = np.array(read["scores"], np.float32)
        accuracy = float(read["accuracy"])
        moment = Moment(read["when"], int(read["epoch"]), int(read["step"]))
    except (ValueError, KeyError, TypeError):
        return None
    sound = moment.when in get_args(When) and scores.shape == tuple(shape) and np.isfinite(scores).all()
    return Frame(moment, accuracy, scores) if sound else None


def _rounded(numbers: NDArray[np.float64]) -> Any:
    """Return lists of numbers that are told apart in a picture, and no more digits; what is no number is null."""
    if numbers.ndim > 1:
        return [_rounded(row) for row in numbers]
    return [float(f"{number:.{_DIGITS}g}") if np.isfinite(number) else None for number in numbers.tolist()]
