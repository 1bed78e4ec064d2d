"""Is a digit that is drawn large, small or beside the middle recognised as it is in MNIST?

Run from the checkout: ``python -m benchmarks.own_pictures --config cnn.yaml --data.source.root data --ckpt_path best``,
with the options of ``lightning predict``. Test digits of MNIST are written as PNG of 280×280 pixels, black on white:
the digit's field of 28×28 is enlarged to leave a margin of 0 to a quarter of the picture on each side, and then shifted
by up to a quarter of the picture in each direction, as far as no ink leaves the picture. ``lightning predict --images``
answers, and ``lightning predict`` for the test set. Stated is the accuracy on the same digits, as they are and as
pictures. With ``--check`` a difference over 1 point ends with exit code 1. Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE_PX = 280
MOST_PX = SIDE_PX // 4
MOST_POINTS = 1.0
_SMOOTHLY = {"bicubic": Image.Resampling.BICUBIC, "nearest": Image.Resampling.NEAREST}


def main(args: Sequence[str] | None = None) -> None:
    """Write the pictures, ask twice, compare."""
    options, given = _parser().parse_known_args(args)
    from mnist_lab.main import main as lightning

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        common = ["predict", *given]
        if code := lightning([*common, "--predictions", str(folder / "test.csv")]):
            sys.exit(code)
        answers = _column(folder / "test.csv", "index", "predicted")
        labels = _column(folder / "test.csv", "index", "label")
        chosen = np.random.default_rng(options.seed).choice(len(labels), options.count, replace=False).tolist()
        digits = _test_digits(given)
        generator = np.random.default_rng(options.seed + 1)
        (folder / "pictures").mkdir()
        for index in chosen:
            picture = drawn_large(digits[index], generator, options.enlarged)
            Image.fromarray(picture).save(folder / "pictures" / f"{index}.png")
        if code := lightning([*common, "--images", str(folder / "pictures"), "--predictions", str(folder / "own.csv")]):
            sys.exit(code)
        own = {Path(name).stem: answer for name, answer in _column(folder / "own.csv", "file", "predicted").items()}
    wanted = [str(index) for index in chosen]
    as_they_are, as_pictures = (_right(found, labels, wanted) for found in (answers, own))
    print(
        f"{len(wanted)} test digits: {100 * as_they_are:.1f} % right as they are, {100 * as_pictures:.1f} % as "
        f"pictures of {SIDE_PX}×{SIDE_PX} pixels ({options.enlarged})"
    )
    result = {"count": len(wanted), "as_they_are": as_they_are, "as_pictures": as_pictures, "seed": options.seed}
    print(json.dumps({"benchmark": "own_pictures", "enlarged": options.enlarged, **result}))
    if options.check and 100 * abs(as_they_are - as_pictures) > MOST_POINTS:
        sys.exit(f"The accuracies differ by more than {MOST_POINTS:g} point.")


def drawn_large(digit: NDArray[np.uint8], generator: np.random.Generator, enlarged: str) -> NDArray[np.uint8]:
    """Return a digit of MNIST as somebody might draw it: black on white, of any size, anywhere.

    Args:
        digit: ``(28, 28)``, 255 where there is ink.
        generator: Chooses margin and shift.
        enlarged: bicubic or nearest.

    Returns:
        uint8 ``(280, 280)``.
    """
    margin = int(generator.integers(0, MOST_PX + 1))
    field = SIDE_PX - 2 * margin
    ink = np.asarray(Image.fromarray(digit).resize((field, field), _SMOOTHLY[enlarged]))
    places = []
    for axis, shift in enumerate(generator.integers(-MOST_PX, MOST_PX + 1, 2).tolist()):
        inked = np.flatnonzero(ink.max(axis=1 - axis))
        place = int(np.clip(margin + shift, -inked[0], SIDE_PX - 1 - inked[-1]))
        places.append((place, int(inked[0]), int(inked[-1]) + 1))
    (top, first_row, end_row), (left, first_column, end_column) = places
    picture = np.full((SIDE_PX, SIDE_PX), 255, dtype=np.uint8)
    cut = ink[first_row:end_row, first_column:end_column]
    picture[top + first_row : top + end_row, left + first_column : left + end_column] = 255 - cut
    return picture


def _test_digits(given: Sequence[str]) -> NDArray[np.uint8]:
    """Return the test pictures of the data that the options name, ``(N, 28, 28)``."""
    from mnist_lab.cli.configs import resolve_configs
    from mnist_lab.training.training_cli import TrainingCLI

    datamodule = TrainingCLI("predict", resolve_configs(given)).datamodule
    datamodule.prepare_data()
    datamodule.setup()
    digits: NDArray[np.uint8] = datamodule.samples("test").inputs[:, 0].numpy()
    return digits


def _column(path: Path, key: str, value: str) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row[key]: row[value] for row in csv.DictReader(file)}


def _right(answers: Mapping[str, str], labels: Mapping[str, str], wanted: Sequence[str]) -> float:
    return sum(answers[index] == labels[index] for index in wanted) / len(wanted)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.own_pictures", description=__doc__, allow_abbrev=False)
    parser.add_argument("--count", type=int, default=1000, help="test digits")
    parser.add_argument("--seed", type=int, default=0, help="chooses the digits, their margins and shifts")
    parser.add_argument("--enlarged", choices=sorted(_SMOOTHLY), default="bicubic")
    parser.add_argument("--check", action="store_true", help="end with exit code 1 over 1 point of difference")
    return parser


if __name__ == "__main__":
    main()
