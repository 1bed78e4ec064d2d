"""Forecasts of random trainings against what the real allocator reserves: networks, data and optimizers by a seed.

``python -m tests.modelled_gpu.forecasts --trainings 100`` prints the table.
"""

from __future__ import annotations

import datetime
import itertools
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch

from tests.modelled_gpu.kept_pieces import GO_ON, KeptPieces, options_of
from tests.modelled_gpu.machine import MIB, Gpu, Machine

TRAININGS_A_PROCESS = 10
MOST_SAMPLES = 20000  # that a training sees; the modelled kernels of a convolution are launched sample by sample
BATCH_SIZES = (16, 64, 100, 256, 1000, 2048, 4000, 8192)
OPTIMIZERS: tuple[list[str], ...] = (
    [],
    ["--optimizer=Adam"],
    ["--optimizer=Adam", "--optimizer.fused=false"],
    ["--optimizer=Adam", "--optimizer.foreach=false", "--optimizer.fused=false", "--optimizer.amsgrad=true"],
    ["--optimizer=AdamW"],
    ["--optimizer=SGD", "--optimizer.lr=0.1"],
    ["--optimizer=SGD", "--optimizer.lr=0.1", "--optimizer.momentum=0.9", "--optimizer.fused=false"],
    ["--optimizer=RMSprop"],
    ["--optimizer=Adagrad"],
    ["--optimizer=NAdam"],
)


class Outcome(NamedTuple):
    """One training, forecast and trained."""

    arguments: list[str]
    told: dict[str, Any]

    @property
    def error(self) -> float:
        """How far the forecast is from what was reserved, as a share of that; above 0 it is more."""
        return float(self.told["forecast_bytes"] / self.told["reserved_bytes"] - 1)


def draw_fit(draw: random.Random) -> list[str]:
    """Draw a training as arguments of ``fit``."""
    channels, side = draw.choice(((1, 28), (1, 28), (3, 32)))
    count, batch_size = draw.choice((6000, 12000, 30000)), draw.choice(BATCH_SIZES)
    batch_size = min(batch_size, count * 11 // 12)
    batches = max(MOST_SAMPLES // batch_size, 1)
    return [
        "--data.source=tests.modelled_gpu.invented.Pictures",
        f"--data.source.count={count}",
        f"--data.source.channels={channels}",
        f"--data.source.side={side}",
        f"--data.batch_size={batch_size}",
        f"--data.memory={draw.choice(('auto', 'auto', 'auto', 'host'))}",
        *_draw_network(draw, channels),
        *draw.choice(OPTIMIZERS),
        f"--trainer.max_epochs={draw.choice((1, 2, 3))}",
        f"--trainer.limit_train_batches={min(batches, draw.choice((3, 40, 120)))}",
        f"--steps_per_execution={draw.choice(('null', 'null', '1', '7'))}",
    ]


def _draw_network(draw: random.Random, channels: int) -> list[str]:
    kind = draw.choice(("FC", "FC", "CNN", "CNN", "foreign"))
    if kind == "FC":
        widths = [draw.choice((64, 128, 500, 1024, 2048, 4096)) for _ in range(draw.randint(1, 4))]
        return ["--model=FC", f"--model.hidden={widths}", f"--model.dropout={draw.choice((0.0, 0.3))}"]
    if kind == "CNN":
        convolutions = [draw.choice((4, 8, 16, 32)) for _ in range(draw.randint(1, 3))]
        kernel = draw.choice((3, 5))
        return [
            "--model=CNN",
            f"--model.channels={convolutions}",
            f"--model.kernel_size={kernel}",
            f"--model.padding={kernel // 2}",
            f"--model.pooling={draw.choice((1, 2))}",
            f"--model.hidden={[draw.choice((64, 128, 512))]}",
            f"--model.activation={draw.choice(('ReLU', 'Tanh', 'GELU'))}",
        ]
    return [
        "--model=tests.modelled_gpu.invented.ForeignNet",
        f"--model.channels={draw.choice((8, 16, 32))}",
        f"--model.depth={draw.randint(1, 4)}",
        f"--model.in_channels={channels}",
    ]


def run_forecasts(count: int, seed: int, kept: KeptPieces | None = None) -> Iterator[Outcome]:
    """Forecast and train so many, some to a process; fewer where the time for ``kept`` is over.

    Raises:
        RuntimeError: A process failed; the message has what it said.
    """
    fits = draw_fits(count, seed)

    def run(start: int) -> list[dict[str, Any]]:
        piece = fits[start : start + TRAININGS_A_PROCESS]
        with tempfile.TemporaryDirectory() as folder:
            machine = Machine(Path(folder), Gpu(mib=65536))
            done = machine.run("tests/modelled_gpu/fits.py", *map(json.dumps, piece), timeout_s=900)
            machine.close()
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if done.returncode:
            raise RuntimeError(f"{piece[len(lines)]}: {done.stderr}")
        return lines

    pieces = (kept or KeptPieces()).pieces(range(0, count, TRAININGS_A_PROCESS), run)
    yield from map(Outcome, fits, itertools.chain.from_iterable(pieces))


def draw_fits(count: int, seed: int) -> list[list[str]]:
    """Draw so many trainings."""
    draw = random.Random(seed)
    return [draw_fit(draw) for _ in range(count)]


def table(outcomes: list[Outcome]) -> str:
    """Return the table in Markdown."""
    errors = [abs(outcome.error) for outcome in outcomes]
    exact = sum(error == 0 for error in errors)
    seconds = [outcome.told["forecast_s"] for outcome in outcomes]
    reserved = [outcome.told["reserved_bytes"] / MIB for outcome in outcomes]
    return "\n".join(
        [
            f"| forecasts of {len(outcomes)} random trainings | real allocator, modelled driver |",
            "|---|---|",
            f"| error of the reserved peak: median, worst | {statistics.median(errors):.1%}, {max(errors):.1%} |",
            f"| exact to the byte | {exact} of {len(outcomes)} |",
            f"| reserved peaks: from, median, to | {min(reserved):,.0f}, {statistics.median(reserved):,.0f}, "
            f"{max(reserved):,.0f} MiB |",
            f"| time of a forecast: median, longest | {statistics.median(seconds):.1f}, {max(seconds):.1f} s |",
        ]
    )


def main() -> int:
    """Print the table; return 1 where a forecast is further off than the documents say."""
    options, kept = options_of("forecasts", 10, __doc__)
    outcomes = []
    for outcome in run_forecasts(options.trainings, options.seed, kept):
        outcomes.append(outcome)
        if outcome.error:
            sys.stdout.write(f"{outcome.error:+.2%} {outcome}\n")
    if len(outcomes) < options.trainings:
        sys.stdout.write(f"{len(outcomes)} of {options.trainings} trainings so far\n{table(outcomes)}\n")
        return GO_ON
    sys.stdout.write(f"{table(outcomes)}\n\n{datetime.date.today()}, torch {torch.__version__}, seed {options.seed}\n")
    errors = [abs(outcome.error) for outcome in outcomes]
    return int(statistics.median(errors) > 0.02 or max(errors) > 0.1)


if __name__ == "__main__":
    sys.exit(main())
