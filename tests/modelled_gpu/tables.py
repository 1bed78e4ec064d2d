"""The guard over random trainings on modelled GPUs: ``python -m tests.modelled_gpu.tables --trainings 300``.

Each training is run twice in one process, with the guard and without. Networks, optimizers, batch sizes, memory,
drivers, allocator settings and other programs are drawn by a seed. Other programs take or give back at most half the
headroom between two looks of the guard, and a driver that spills begins inside the headroom. With ``--keep FILE
--most-s 170`` it stops after so long, and the same command goes on.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

from mnist_lab.gpu.budget import default_headroom_bytes
from tests.modelled_gpu.kept_pieces import GO_ON, KeptPieces, options_of
from tests.modelled_gpu.machine import MIB, Gpu, Machine, Platform

TRAININGS_A_PROCESS = 15
STEPS = 4
WEIGHTS = 3  # trainings with right numbers, a network each: small, convolutional, residual
ALLOCATORS = ("", "", "expandable_segments:True", "backend:cudaMallocAsync", "garbage_collection_threshold:0.8")
PLATFORMS: tuple[tuple[Platform, bool], ...] = (("WSL2", True), ("WDDM", True), ("Linux", False), ("TCC", False))
BATCH_SIZES = (64, 1000, 4000, 8192, 20000, 50000, 120000)


class Pair(NamedTuple):
    """One training, with the guard and without."""

    gpu: Gpu
    allocator: str
    training: dict[str, Any]
    guarded: dict[str, Any]
    unguarded: dict[str, Any]

    @property
    def is_false_halt(self) -> bool:
        """Whether the guard ended a run whose need is within the first limit, while others left that free."""
        if self.guarded["ended"] == "trained" or self.unguarded["ended"] != "trained":
            return False
        others_mib = max(self.gpu.others_mib, *self.training["others_mib"])
        left = (self.gpu.mib - self.gpu.context_mib - others_mib) * MIB - headroom_bytes(self.gpu)
        # Late kernels count too; the run is given the benefit of all that there are.
        left -= 1024 * self.gpu.kernel_kib * MOST_KERNELS
        return bool(self.unguarded["reserved_bytes"] <= left)


MOST_KERNELS = 400


def headroom_bytes(gpu: Gpu) -> int:
    """Return what the guard leaves free by default."""
    return default_headroom_bytes(gpu.mib * MIB, gpu.spills)


def draw_gpu(draw: random.Random, platforms: Sequence[tuple[Platform, bool]] = PLATFORMS) -> tuple[Gpu, Platform]:
    """Draw a GPU and its driver."""
    platform, spills = draw.choice(platforms)
    gpu = Gpu(mib=draw.choice((2048, 3072, 4096, 6144, 8192)), spills=spills, kernel_kib=draw.choice((0, 16, 64)))
    margin_mib = draw.randint(0, headroom_bytes(gpu) // 4 // MIB)
    return dataclasses.replace(gpu, spill_margin_mib=margin_mib, others_mib=draw.randint(0, gpu.mib // 5)), platform


def draw_training(draw: random.Random, gpu: Gpu) -> dict[str, Any]:
    """Draw a training, and what other programs hold while it runs."""
    others_mib, most_mib = [gpu.others_mib], headroom_bytes(gpu) // 2 // MIB
    for _ in range(STEPS - 1):
        moved = draw.choice((0, 0, draw.randint(-most_mib, most_mib)))
        others_mib.append(min(max(others_mib[-1] + moved, 0), gpu.mib // 2))
    return {
        "network": draw.choice(("wide", "deep", "convolutional", "residual", "small")),
        "batch_size": draw.choice(BATCH_SIZES),
        "optimizer": draw.choice(("Adam", "AdamW", "SGD", "momentum")),
        "steps": STEPS,
        "others_mib": others_mib,
        "seed": draw.randint(0, 10**6),
    }


class Process(NamedTuple):
    """What is trained in one process."""

    gpu: Gpu
    platform: Platform
    allocator: str
    trainings: list[dict[str, Any]]


def draw_processes(count: int, seed: int, platforms: Sequence[tuple[Platform, bool]] = PLATFORMS) -> list[Process]:
    """Draw so many trainings, a few to a process."""
    draw, processes = random.Random(seed), []
    for start in range(0, count, TRAININGS_A_PROCESS):
        gpu, platform = draw_gpu(draw, platforms)
        allocator = draw.choice(ALLOCATORS)
        trainings = [draw_training(draw, gpu) for _ in range(min(TRAININGS_A_PROCESS, count - start))]
        processes.append(Process(gpu, platform, allocator, trainings))
    return processes


def run_pairs(count: int, seed: int, kept: KeptPieces | None = None) -> Iterator[Pair]:
    """Run so many trainings with the guard and without; fewer where the time for ``kept`` is over."""
    processes = draw_processes(count, seed)

    def run(index: int) -> list[dict[str, Any]]:
        gpu, platform, allocator, trainings = processes[index]
        both = [{**training, "guarded": guarded} for training in trainings for guarded in (True, False)]
        return run_on(gpu, platform, both, allocator)

    pieces = (kept or KeptPieces()).pieces(range(len(processes)), run)
    for (gpu, _, allocator, trainings), outcomes in zip(processes, pieces, strict=False):
        for index, training in enumerate(trainings):
            yield Pair(gpu, allocator, training, outcomes[2 * index], outcomes[2 * index + 1])


def run_on(
    gpu: Gpu, platform: Platform, trainings: list[dict[str, Any]], allocator: str = "", *, numbers: bool = False
) -> list[dict[str, Any]]:
    """Run trainings in one process on a machine made for them.

    Raises:
        RuntimeError: The process failed; the message has what it said.
    """
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder), gpu, platform=platform)
        done = machine.run(
            "tests/modelled_gpu/trainings.py",
            *map(json.dumps, trainings),
            numbers=numbers,
            timeout_s=900,
            more={"PYTORCH_ALLOC_CONF": allocator},
        )
        machine.close()
    if done.returncode:
        raise RuntimeError(f"{gpu} {allocator} {trainings}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def weights_are_equal(count: int, seed: int) -> bool:
    """Train with right numbers, with the guard and without, and compare the weights to the bit."""
    draw = random.Random(seed)
    networks = ("small", "convolutional", "residual")
    trainings = [
        {"network": networks[index % 3], "batch_size": draw.choice((16, 64)), "optimizer": draw.choice(("Adam", "SGD"))}
        for index in range(count)
    ]
    both = [{**one, "guarded": guarded, "weights": True} for one in trainings for guarded in (True, False)]
    outcomes = run_on(Gpu(mib=2048), "Linux", both, numbers=True)
    digests = [outcome.get("weights") for outcome in outcomes]
    return None not in digests and digests[::2] == digests[1::2] and len(set(digests)) == count


def table(pairs: list[Pair]) -> str:
    """Return the table in Markdown."""
    spilling = [pair for pair in pairs if pair.gpu.spills]

    def row(what: str, counted: int, of: list[Pair]) -> str:
        return f"| {what} | {counted} of {len(of)} |"

    def spilled(outcomes: list[dict[str, Any]]) -> str:
        return f"{sum(one['spilled'] for one in outcomes)} of {sum(one['asked'] for one in outcomes):,}"

    without, guarded = [pair.unguarded for pair in spilling], [pair.guarded for pair in spilling]
    return "\n".join(
        [
            f"| {len(pairs)} random trainings | real allocator, modelled driver |",
            "|---|---|",
            f"| without the guard, drivers that spill: requests that spilled | {spilled(without)} |",
            row("without the guard: runs in which one did", sum(one["spilled"] > 0 for one in without), spilling),
            f"| with the guard: requests that spilled | {spilled(guarded)} |",
            row("with the guard: runs in which one did", sum(one["spilled"] > 0 for one in guarded), spilling),
            row("trained to the end with the guard", sum(p.guarded["ended"] == "trained" for p in pairs), pairs),
            row("ended by a refused request", sum(p.guarded["ended"] == "out of memory" for p in pairs), pairs),
            row("halted between two steps", sum(p.guarded["ended"] == "halted" for p in pairs), pairs),
            row("ended although it would have fitted", sum(p.is_false_halt for p in pairs), pairs),
        ]
    )


def main() -> int:
    """Print the table; return 1 where the guard let something spill, or ended what would have fitted."""
    options, kept = options_of("guard", 30, __doc__)
    pairs = []
    for pair in run_pairs(options.trainings, options.seed, kept):
        pairs.append(pair)
        if pair.guarded["spilled"] or pair.is_false_halt:
            sys.stdout.write(f"{pair}\n")
    if len(pairs) < options.trainings:
        sys.stdout.write(f"{len(pairs)} of {options.trainings} trainings so far\n{table(pairs)}\n")
        return GO_ON
    equal = weights_are_equal(WEIGHTS, options.seed)
    sys.stdout.write(f"{table(pairs)}\n\nweights with and without the guard equal to the bit: {equal}\n")
    sys.stdout.write(f"{datetime.date.today()}, torch {torch.__version__}, seed {options.seed}\n")
    return int(any(pair.guarded["spilled"] or pair.is_false_halt for pair in pairs) or not equal)


if __name__ == "__main__":
    sys.exit(main())
