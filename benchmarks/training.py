"""How long does one epoch take: a hand-written loop, the same tuned, ours, and the two usual ways?

Run from the checkout: ``python -m benchmarks.training --root data``. Every contestant has a process of its own; they
take turns, so that a drifting machine hurts all alike. One epoch each warms up and is not counted. Ends with one line
of JSON.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from benchmarks.contestants import CONTESTANTS, NAMES, Outcome, Task, serve
from mnist_lab.runs.processor_name import cpu_name
from mnist_lab.training.run_facts import versions

ACCURACY_TOLERANCE = 0.01  # between the medians after one epoch


def main(args: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _parser().parse_args(args)
    workers = start("benchmarks.contestants", options.contestants, options.root)
    results = []
    try:
        for model in options.models:
            for batch_size in options.batch_sizes:
                outcomes = measure(workers, model, batch_size, options.repeats, options.root)
                results.append({"model": model, "batch_size": batch_size, **summary(outcomes)})
                check(results[-1])
                Console(width=100).print(table(results[-1], options.repeats, NAMES))
    finally:
        for pipe, process in workers.values():
            pipe.send(None)
            process.join(10)
    conditions = {"cpu": cpu_name(), "threads": torch.get_num_threads(), "platform": platform.platform(), **versions()}
    print(
        json.dumps({"benchmark": "training", "repeats": options.repeats, "conditions": conditions, "results": results})
    )


def measure(workers: dict[str, Any], model: str, batch_size: int, repeats: int, root: Path) -> dict[str, list[Outcome]]:
    """Let the contestants take turns; the first round warms up."""
    outcomes: dict[str, list[Outcome]] = {name: [] for name in workers}
    for repeat in range(repeats + 1):
        for name, (pipe, _) in workers.items():
            pipe.send(Task(model, batch_size, seed=repeat, root=root))
            outcome = pipe.recv()
            if isinstance(outcome, Exception):
                raise outcome
            if repeat:
                outcomes[name].append(outcome)
    return outcomes


def summary(outcomes: dict[str, list[Outcome]]) -> dict[str, Any]:
    """Return medians, spread, and the ratios of the rounds to (a)'s."""
    found: dict[str, Any] = {}
    for name, list_of in outcomes.items():
        times = [outcome.epoch_s for outcome in list_of]
        found[name] = {
            "epoch_s": statistics.median(times),
            "min_s": min(times),
            "max_s": max(times),
            "steps": sorted({outcome.steps for outcome in list_of}),
            "accuracy": statistics.median(outcome.accuracy for outcome in list_of),
            "ratio_to": {
                other: statistics.median(
                    mine.epoch_s / theirs.epoch_s for mine, theirs in zip(list_of, outcomes[other], strict=True)
                )
                for other in outcomes
                if other != name
            },
        }
    return {"contestants": found}


def check(result: dict[str, Any]) -> None:
    """Make sure that all did the same work.

    Raises:
        AssertionError: Different numbers of steps, or an accuracy that stands apart.
    """
    contestants = result["contestants"]
    steps = {name: entry["steps"] for name, entry in contestants.items()}
    assert len({tuple(value) for value in steps.values()}) == 1, f"different numbers of steps: {steps}"
    accuracies = {name: entry["accuracy"] for name, entry in contestants.items()}
    spread = max(accuracies.values()) - min(accuracies.values())
    assert spread <= ACCURACY_TOLERANCE, f"accuracies differ by {spread:.3f}: {accuracies}"


def table(result: dict[str, Any], repeats: int, names: dict[str, str]) -> Table:
    """Return one table for the terminal."""
    contestants = result["contestants"]
    steps = contestants[next(iter(contestants))]["steps"][0]
    title = f"{result['model'].upper()}, batch {result['batch_size']}, {steps} steps an epoch, n = {repeats}"
    shown = Table(title=title, title_justify="left")
    for heading in ("", "epoch [s], median", "min to max", "ours / this", "test accuracy [%]"):
        shown.add_column(heading.replace("[", "\\["), justify="left" if not heading else "right")
    for name, entry in contestants.items():
        ratio = contestants.get("c", entry)["ratio_to"].get(name)
        shown.add_row(
            f"({name}) {names[name]}",
            f"{entry['epoch_s']:.3f}",
            f"{entry['min_s']:.3f} to {entry['max_s']:.3f}",
            "" if ratio is None else f"{ratio:.2f}",
            f"{entry['accuracy'] * 100:.2f}",
        )
    return shown


def start(module: str, names: Sequence[str], root: Path) -> dict[str, Any]:
    """Start a process for each contestant; each gets one pipe.

    Args:
        module: Has them in ``CONTESTANTS``.
        names: Which ones.
        root: Folder that holds MNIST/raw.
    """
    context = multiprocessing.get_context("spawn")
    workers = {}
    for name in names:
        here, there = context.Pipe()
        process = context.Process(target=serve, args=(there, module, name, root), daemon=True)
        process.start()
        workers[name] = (here, process)
    return workers


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("data"), help="folder that holds MNIST/raw")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--models", nargs="+", default=["fc", "cnn"], choices=["fc", "cnn", "pytorch_examples"])
    parser.add_argument("--batch_sizes", nargs="+", type=int, default=[64, 256])
    parser.add_argument("--contestants", nargs="+", default=list(CONTESTANTS), choices=list(CONTESTANTS))
    return parser


if __name__ == "__main__":
    main()
