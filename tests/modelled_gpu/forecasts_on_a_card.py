"""The forecasts of ``forecasts.py`` on this machine's own GPU, against what its allocator reserves.

``python -m tests.modelled_gpu.forecasts_on_a_card --trainings 32 --seed 1`` prints the table. Here cuDNN carries out
the convolutions, whose workspaces are not known before.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import torch

from tests.modelled_gpu.forecasts import TRAININGS_A_PROCESS, Outcome, draw_fits
from tests.modelled_gpu.machine import REPOSITORY


def outcomes_of(fits: list[list[str]]) -> list[Outcome]:
    """Forecast and train, some to a process."""
    told: list[dict[str, Any]] = []
    for start in range(0, len(fits), TRAININGS_A_PROCESS):
        piece = fits[start : start + TRAININGS_A_PROCESS]
        done = subprocess.run(
            [sys.executable, "tests/modelled_gpu/fits.py", *map(json.dumps, piece)],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.PIPE,
            check=True,
            encoding="utf-8",
        )
        told += [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [Outcome(*pair) for pair in zip(fits, told, strict=True)]


def table(outcomes: list[Outcome], card: str) -> str:
    """Return the table in Markdown."""
    plain = [one for one in outcomes if not one.told["assumes"]]
    convolutions = [one for one in outcomes if one.told["assumes"]]

    def row(what: str, errors: Iterable[float]) -> str:
        ordered = sorted(errors)
        if not ordered:
            return f"| {what} | – |"
        middle = f"{statistics.median(ordered):+.1%}"
        return f"| {what} | {middle}, {ordered[0]:+.1%} to {ordered[-1]:+.1%} |"

    return "\n".join(
        [
            f"| forecasts of {len(outcomes)} random trainings, less what was reserved: median, range | {card} |",
            "|---|---|",
            row(f"without convolutions ({len(plain)})", (one.error for one in plain)),
            row(f"with convolutions of cuDNN's ({len(convolutions)})", (one.error for one in convolutions)),
        ]
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trainings", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not torch.cuda.is_available():
        parser.error("there is no CUDA GPU; on the modelled one: tests.modelled_gpu.forecasts")
    outcomes = outcomes_of(draw_fits(options.trainings, options.seed))
    for outcome in outcomes:
        sys.stdout.write(f"{outcome.error:+.2%} {outcome}\n")
    sys.stdout.write(f"{table(outcomes, torch.cuda.get_device_name())}\n\n{datetime.date.today()}, ")
    sys.stdout.write(f"torch {torch.__version__}, seed {options.seed}\n")


if __name__ == "__main__":
    main()
