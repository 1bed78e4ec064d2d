"""How does the time of an epoch grow with the samples, the batch size and the width? And the memory?

Run from the checkout: ``python -m benchmarks.growth --root data --picture docs/benchmarks_growth.png``. Every point is
a run of two epochs through the command line's own path, in a process of its own; the second epoch counts. The exponent
is the slope of a least-squares line in log-log scale, with its standard error. Memory is the largest resident size of
the process on the CPU (not known on Windows), and the peak of PyTorch's allocator on a GPU. Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from mnist_lab.data import MNIST, Samples
from mnist_lab.data.source import Source
from mnist_lab.training.run_facts import device_facts, versions

FEW = 6_000


class ResizedMNIST(Source):
    """MNIST with as many training samples as wanted: the first ones, or all of them again and again."""

    def __init__(self, root: str = "data", samples: int = 60_000) -> None:
        self.root = root
        self.samples = samples
        self._whole = MNIST(root=root)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one picture."""
        return self._whole.input_shape

    @property
    def class_names(self) -> list[str]:
        """The ten digits."""
        return self._whole.class_names

    @property
    def location(self) -> str:
        """MNIST's folder."""
        return self._whole.location

    def prepare(self) -> None:
        """Bring MNIST to disk."""
        self._whole.prepare()

    def is_on_disk(self) -> bool:
        """Say whether MNIST is on disk."""
        return self._whole.is_on_disk()

    def load(self) -> tuple[Samples, Samples]:
        """Return the resized training set and the test set."""
        train, test = self._whole.load()
        return train.take(torch.arange(self.samples) % len(train)), test


class Point(NamedTuple):
    """One measurement to make."""

    model: str
    varied: str
    value: int
    args: tuple[str, ...]


def points() -> list[Point]:
    """Return what is measured."""
    sizes = [("fc", 600_000), ("fc", 200_000), ("fc", 60_000), ("fc", 20_000), ("fc", 6_000)]
    sizes += [("cnn", samples) for model, samples in sizes[1:]]
    batch_sizes = [(model, size) for model in ("fc", "cnn") for size in (16, 64, 256, 1_024, 4_096)]
    few = f"--data.source.samples={FEW}"
    return [
        *(Point(model, "samples", count, (f"--data.source.samples={count}",)) for model, count in sizes),
        *(Point(model, "batch size", size, (f"--data.batch_size={size}",)) for model, size in batch_sizes),
        *(Point("fc", "width", width, (f"--model.hidden=[{width}]",)) for width in (16, 64, 256, 1_024, 2_048)),
        *(Point("cnn", "width", width, (f"--model.channels=[{width},{width}]", few)) for width in (2, 4, 8, 16, 32)),
    ]


def measure(point: Point, root: Path) -> dict[str, Any]:
    """Train two epochs and return the second one's time in seconds and the memory in MiB (None: not known)."""
    from mnist_lab.cli.configs import resolve_configs
    from mnist_lab.cli.quiet import quieten_lightning
    from mnist_lab.training.train_once import train_once

    quieten_lightning()
    with tempfile.TemporaryDirectory() as folder:
        source = [
            "--data.source",
            "benchmarks.growth.ResizedMNIST",
            f"--data.source.root={root}",
            "--data.fallback=null",
        ]
        common = ["--trainer.max_epochs=2", "--trainer.limit_val_batches=1", "--trainer.default_root_dir", folder]
        args = ["--config", f"{point.model}.yaml", *source, *point.args, *common]
        trial = train_once(resolve_configs(args))
        memory_mib = _gpu_peak_mib(trial.folder) if torch.cuda.is_available() else _resident_peak_mib()
    return {**point._asdict(), "epoch_s": trial.record.epochs[1].epoch_s, "memory_mib": memory_mib}


def exponent(values: Sequence[float], times: Sequence[float]) -> tuple[float, float]:
    """Return the slope of log time over log value by least squares, and its standard error."""
    x, y = np.log(values), np.log(times)
    slope, intercept = np.polyfit(x, y, 1)
    residuals = y - (slope * x + intercept)
    spread = math.sqrt(float((residuals**2).sum()) / (len(x) - 2) / float(((x - x.mean()) ** 2).sum()))
    return float(slope), spread


def draw(results: Sequence[dict[str, Any]], picture: Path) -> dict[str, Any]:
    """Draw time and memory over each quantity and return the exponents."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogFormatter, NullFormatter

    labels = {"samples": "training samples", "batch size": "batch size [samples]", "width": "width [nodes or channels]"}
    figure = Figure(figsize=(10, 6), layout="constrained")
    rows = figure.subplots(2, 3)
    found = {}
    for column, varied in enumerate(labels):
        for model, marker, shade in (("fc", "o", "#0072B2"), ("cnn", "s", "#E69F00")):
            chosen = [result for result in results if (result["model"], result["varied"]) == (model, varied)]
            if len(chosen) < 3:
                continue
            values = [result["value"] for result in chosen]
            slope, error = exponent(values, [result["epoch_s"] for result in chosen])
            found[f"{model}, {varied}"] = {"exponent": slope, "standard_error": error}
            name = f"{model.upper()}, exponent {slope:.2f} ± {error:.2f}"
            style = {"marker": marker, "color": shade, "linestyle": "-" if model == "fc" else "--"}
            rows[0, column].loglog(values, [result["epoch_s"] for result in chosen], label=name, **style)
            # None becomes NaN here, which leaves a gap in the line.
            memory_mib = np.array([result["memory_mib"] for result in chosen], dtype=float)
            rows[1, column].semilogx(values, memory_mib, label=model.upper(), **style)
        rows[0, column].set(xlabel=labels[varied], ylabel="training time per epoch [s]")
        rows[1, column].set(xlabel=labels[varied], ylabel="peak memory [MiB]")
        rows[0, column].margins(y=0.3)
        rows[0, column].legend(fontsize="small", loc="upper left" if varied == "width" else "best")
        rows[0, column].yaxis.set_major_formatter(LogFormatter(labelOnlyBase=False))
        rows[0, column].yaxis.set_minor_formatter(NullFormatter())
        rows[1, column].set_ylim(bottom=0)
        for axes in rows[:, column]:
            axes.grid(visible=True, which="major", alpha=0.4)
    figure.savefig(picture, dpi=110)
    return found


def main(args: Sequence[str] | None = None) -> None:
    """Measure, draw and print."""
    options = _parser().parse_args(args)
    context = multiprocessing.get_context("spawn")
    results = []
    for point in points():
        with context.Pool(1) as pool:
            results.append(pool.apply(measure, (point, options.root.resolve())))
        print(f"{point.model} {point.varied} {point.value}: {results[-1]['epoch_s']:.3f} s", flush=True)
    exponents = draw(results, options.picture)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    conditions = {**device_facts(device, "32-true"), **versions()}
    found = {"conditions": conditions, "exponents": exponents, "results": results}
    print(json.dumps({"benchmark": "growth", **found}, allow_nan=False))


def _gpu_peak_mib(run: Path) -> float:
    from benchmarks.contestants import scalar

    return scalar(run, "memory/peak_mib")


def _resident_peak_mib() -> float | None:
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("data"), help="folder that holds MNIST/raw")
    parser.add_argument("--picture", type=Path, default=Path("benchmarks_growth.png"))
    return parser


if __name__ == "__main__":
    main()
