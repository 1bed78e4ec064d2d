"""The batch size that the guard advises on out of memory, held against the largest that trains.

``python -m tests.modelled_gpu.advice`` prints the table: three networks on three sizes of memory, each asked for 1.3
and 3 times what fits.
"""

from __future__ import annotations

import datetime
import re
import statistics
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch

from tests.modelled_gpu.build import why_not
from tests.modelled_gpu.machine import Gpu
from tests.modelled_gpu.tables import run_on

NETWORKS = ("wide", "deep", "convolutional")
OPTIMIZERS = ("Adam", "AdamW", "momentum")
SIZES_MIB = (1024, 2048, 4096)
TIMES = (1.3, 3.0)
TOO_LARGE = 48  # times the memory in MiB: a batch of that size fits, a step does not
# Of the advised size; the first that does not train bounds the largest that does.
MORE = (1.02, 1.05, 1.1, 1.2, 1.33, 1.6, 2.0, 4.0)


class Advice(NamedTuple):
    """One training that ran out of memory, and what its report advised."""

    training: dict[str, Any]
    advised: int | None
    fits: bool = False
    share: float = 0.0
    """What the advised size is of the largest that trains, at least."""


def advise(mib: int, networks: Sequence[str] = NETWORKS, times: Sequence[float] = TIMES) -> Iterator[Advice]:
    """Have trainings run out of memory on a GPU, and try what is advised."""
    trainings = [
        {"network": network, "optimizer": OPTIMIZERS[NETWORKS.index(network)], "batch_size": TOO_LARGE * mib}
        for network in networks
    ]
    first = _advised(mib, trainings)
    asked = [
        {**training, "batch_size": int(advised * more)}
        for training, advised in zip(trainings, first, strict=True)
        if advised
        for more in times
    ]
    advice = [Advice(*pair) for pair in zip(asked, _advised(mib, asked), strict=True)]
    trained = iter(_trains(mib, [_of_size(one, 1) for one in advice if one.advised]))
    advice = [one._replace(fits=bool(one.advised) and next(trained)) for one in advice]
    yield from _with_shares(mib, advice)


def table(advice: Sequence[Advice]) -> str:
    """Return the table in Markdown."""
    shares = [one.share for one in advice]
    return "\n".join(
        [
            f"| advised batch sizes, {len(advice)} cases | real allocator, modelled driver |",
            "|---|---|",
            f"| the advised size trains | {sum(one.fits for one in advice)} of {len(advice)} |",
            f"| share of the largest that trains: median, worst | at least {statistics.median(shares):.0%}, "
            f"{min(shares):.0%} |",
        ]
    )


def _with_shares(mib: int, advice: list[Advice]) -> list[Advice]:
    """Try larger sizes until none trains."""
    open_ones = {index for index, one in enumerate(advice) if one.fits}
    for more in MORE:
        asked = sorted(open_ones)
        for index, trained in zip(asked, _trains(mib, [_of_size(advice[i], more) for i in asked]), strict=True):
            if not trained:
                advice[index] = advice[index]._replace(share=1 / more)
                open_ones.discard(index)
    return advice


def _of_size(advice: Advice, times: float) -> dict[str, Any]:
    return {**advice.training, "batch_size": int((advice.advised or 0) * times)}


def _advised(mib: int, trainings: list[dict[str, Any]]) -> list[int | None]:
    found = (re.search(r"batch size (\d+) instead", outcome["report"] or "") for outcome in _run(mib, trainings))
    return [int(one[1]) if one else None for one in found]


def _trains(mib: int, trainings: list[dict[str, Any]]) -> list[bool]:
    return [outcome["ended"] == "trained" for outcome in _run(mib, trainings)]


def _run(mib: int, trainings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return run_on(Gpu(mib=mib, spills=True), "WSL2", trainings) if trainings else []


def main() -> int:
    """Print the table; return 1 where an advised size does not train, or is far from the largest."""
    reason = why_not()
    if reason is not None:
        sys.stderr.write(f"{reason}\n")
        return 2
    advice = [one for mib in SIZES_MIB for one in advise(mib)]
    for one in advice:
        sys.stdout.write(f"{one}\n")
    sys.stdout.write(f"{table(advice)}\n\n{datetime.date.today()}, torch {torch.__version__}\n")
    shares = [one.share for one in advice]
    return int(not all(one.fits for one in advice) or statistics.median(shares) < 0.9 or min(shares) < 0.75)


if __name__ == "__main__":
    sys.exit(main())
