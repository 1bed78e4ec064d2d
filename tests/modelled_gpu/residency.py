"""The check of residency over random trainings: ``python -m tests.modelled_gpu.residency --trainings 300``.

On drivers that spill, other programs hold still. With the guard's limit nothing may be said of memory that has gone
elsewhere. Beside each five of these another is run, with large batches and the limit lifted before each step: those
that spill have to be halted at the next look.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch

from mnist_lab.gpu.cuda_runtime import MIB
from mnist_lab.gpu.residency import TOLERANCE_BYTES
from tests.modelled_gpu.kept_pieces import GO_ON, KeptPieces, options_of
from tests.modelled_gpu.tables import PLATFORMS, STEPS, Process, draw_processes, run_on
from tests.modelled_gpu.trainings import GONE_ELSEWHERE

SPILLING = [platform for platform in PLATFORMS if platform[1]]
LIFTED_EACH = 5
LARGE = 120_000  # samples: some 8 GiB at the end of the forward pass


class Watched(NamedTuple):
    """One training in which other programs hold still."""

    process: Process
    training: dict[str, Any]
    told: dict[str, Any]

    @property
    def is_alarm(self) -> bool:
        """Whether the guard halted the run, or warned, for memory that was not where it should be."""
        return bool(self.told["warned"] or GONE_ELSEWHERE in (self.told["report"] or ""))

    @property
    def passed(self) -> int:
        """The looks of the guard that let shared memory pass."""
        return int(self.told["looks that let shared memory pass"])


def run_watched(count: int, seed: int, kept: KeptPieces | None = None) -> Iterator[Watched]:
    """Run so many trainings, and a fifth as many without limit; fewer where the time for ``kept`` is over."""
    processes = draw_processes(count, seed, SPILLING)
    for process in processes:
        process.trainings[:] = [
            {**training, "others_mib": [process.gpu.others_mib] * STEPS} for training in process.trainings
        ]
        process.trainings.extend(
            {**training, "network": ("wide", "deep")[index % 2], "batch_size": LARGE, "lifted": True}
            for index, training in enumerate(process.trainings[::LIFTED_EACH])
        )

    def run(index: int) -> list[dict[str, Any]]:
        return run_on(*processes[index][:2], processes[index].trainings, processes[index].allocator)

    pieces = (kept or KeptPieces()).pieces(range(len(processes)), run)
    for process, outcomes in zip(processes, pieces, strict=False):
        yield from (Watched(process, *both) for both in zip(process.trainings, outcomes, strict=True))


def table(watched: list[Watched]) -> str:
    """Return the table in Markdown."""
    limited = [one for one in watched if not one.training.get("lifted")]
    lifted = [one for one in watched if one.training.get("lifted")]
    spilled = [one for one in lifted if one.told["spilled"]]
    halted = [one for one in spilled if one.told["ended"] == "halted" and not one.passed]
    refused = [one for one in spilled if one.told["ended"] == "out of memory"]
    little = [one for one in spilled if one.told["ended"] == "trained" and not one.passed]
    return "\n".join(
        [
            f"| residency, {len(limited)} random trainings beside still programs | real allocator, modelled driver |",
            "|---|---|",
            f"| false alarms, halts and warnings | {sum(one.is_alarm for one in limited)} of {len(limited)} |",
            f"| limit lifted by the test: runs in which a request spilled | {len(spilled)} of {len(lifted)} |",
            f"| of these: halted at the next look | {len(halted)} of {len(spilled)} |",
            f"| of these: ended by a refused request before the next look | {len(refused)} of {len(spilled)} |",
            f"| of these: never over {TOLERANCE_BYTES // MIB} MiB at a look | {len(little)} of {len(spilled)} |",
            f"| of these: let pass with more | {sum(map(bool, (one.passed for one in spilled)))} of {len(spilled)} |",
        ]
    )


def main() -> int:
    """Print the table; return 1 where there was a false alarm, or a spill that was let pass."""
    options, kept = options_of("residency", 30, __doc__)
    watched = list(run_watched(options.trainings, options.seed, kept))
    wrong = [one for one in watched if (one.passed if one.training.get("lifted") else one.is_alarm)]
    for one in wrong:
        sys.stdout.write(f"{one}\n")
    if sum(not one.training.get("lifted") for one in watched) < options.trainings:
        sys.stdout.write(f"so far\n{table(watched)}\n")
        return GO_ON
    sys.stdout.write(f"{table(watched)}\n\n{datetime.date.today()}, torch {torch.__version__}, seed {options.seed}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
