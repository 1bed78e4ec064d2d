"""The pieces of a long table, kept in a file, so that it can be made in several calls and goes on where it was left."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch

from tests.modelled_gpu.build import why_not

MOST_AT_ONCE = 4
GO_ON = 3
"""Exit code of a table that is not complete: the same command once more."""


class KeptPieces:
    """Pieces by what they were made of: a line of JSON each."""

    def __init__(self, path: Path | None = None, most_s: float | None = None, at_once: int = 1, **made_of: Any) -> None:
        """Read what is there; pieces of another torch, or made of something else, are left alone.

        Args:
            path: The file; None keeps nothing.
            most_s: After so many seconds no further piece is begun.
            at_once: Pieces that are made beside one another.
            made_of: What tells this table's pieces from others in the file, such as its seed.
        """
        self.path = path
        self.at_once = at_once
        self.made_of = made_of | {"torch": torch.__version__}
        self._end_s = float("inf") if most_s is None else time.monotonic() + most_s
        self._kept: dict[int, Any] = {}
        self._lock = threading.Lock()
        if path is not None and path.exists():
            for line in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
                if line["made of"] == self.made_of:
                    self._kept[line["start"]] = line["piece"]

    def pieces(self, starts: range, make: Callable[[int], Any]) -> Iterator[Any]:
        """Return the pieces in turn, from the file or made now; it ends early where one is lacking.

        Args:
            starts: What each piece begins with.
            make: Makes the piece that begins there, where several are made at once each in a thread; JSON can hold it.
        """
        lacking = [start for start in starts if start not in self._kept]

        def make_in_time(start: int) -> None:
            if time.monotonic() <= self._end_s:
                self._keep(start, make(start))

        with ThreadPoolExecutor(self.at_once) as threads:
            list(threads.map(make_in_time, lacking))
        yield from itertools.takewhile(lambda piece: piece is not None, map(self._kept.get, starts))

    def _keep(self, start: int, piece: Any) -> None:
        line = json.dumps({"made of": self.made_of, "start": start, "piece": piece})
        with self._lock:
            self._kept[start] = json.loads(line)["piece"]
            if self.path is not None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")


def options_of(table: str, trainings: int, description: str | None) -> tuple[argparse.Namespace, KeptPieces]:
    """Parse the options of a table: how many trainings, by which seed, kept where; leave where there is no GPU.

    Args:
        table: Its name in the file that keeps it.
        trainings: How many there are if nothing is said.
        description: For the help.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--trainings", type=int, default=trainings)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="file in which what has run is kept, for another call to go on from")
    parser.add_argument("--most-s", type=float, help="begin nothing after so many seconds")
    cores = min(os.cpu_count() or 1, MOST_AT_ONCE)
    parser.add_argument(
        "--at-once", type=int, default=cores, help="processes beside one another (default: %(default)s)"
    )
    options = parser.parse_args()
    reason = why_not()
    if reason is not None:
        parser.error(reason)
    made_of = {"table": table, "seed": options.seed, "trainings": options.trainings}
    return options, KeptPieces(options.keep, options.most_s, options.at_once, **made_of)
