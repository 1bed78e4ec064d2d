"""The record of a bench: what was measured, what was left out and why, on which machine; ``record.json``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

from mnist_lab.atomic_write import write_atomically
from mnist_lab.errors import MnistLabError, UsageError
from mnist_lab.language import say
from mnist_lab.runs.kinds import misfit, unwritable
from mnist_lab.runs.record import RECORD_NAME, kind_of, read_values

KIND = "bench"
FORMAT = 1
Status = Literal["running", "completed", "interrupted"]
WhyStopped = Literal["too_long", "memory", "out_of_memory", "wrong_result", "failed"]
WhyLeftOut = Literal[
    "no_compiler", "compiler_failed", "library_failed", "no_cuda", "no_cupy", "cupy_failed", "out_of_memory"
]


@dataclass
class Point:
    """One implementation at one size."""

    size: int
    median_s: float
    low_s: float
    """Lower quartile."""
    high_s: float
    """Upper quartile."""
    repeats: int
    calls: int
    """Calls in each repeat."""
    cores: float
    """Cores that were kept busy on average."""
    others_cpu: float | None = None
    """Share of all cores' time that other programs took, 0 to 1; None where it is not known."""
    rounds_s: list[float] = field(default_factory=list)
    """Medians of all rounds in their order; empty where there was one, and in records of earlier versions."""

    @property
    def slowest_s(self) -> float:
        """The median of the slowest round."""
        return max(self.rounds_s, default=self.median_s)


@dataclass
class Stop:
    """Why an implementation was not measured at a size and those above."""

    why: WhyStopped
    size: int
    needed: float = 0.0
    """Seconds that it would take by prediction, or bytes."""
    allowed: float = 0.0
    """Likewise."""
    detail: str = ""
    """What is wrong with the result, or what was raised."""


@dataclass
class Series:
    """One implementation at all its sizes, in ascending order."""

    name: str
    threads: int
    number_format: str
    error: float
    """Largest, relative to the largest value of the right result, over the sizes of the check."""
    points: list[Point] = field(default_factory=list)
    stop: Stop | None = None


@dataclass
class LeftOut:
    """An implementation that this machine cannot measure."""

    name: str
    why: WhyLeftOut
    detail: str = ""


@dataclass
class Peak:
    """What the machine can do at most, measured: operations and bytes, each in 10^9 a second; None: not measured."""

    gflops_1: float | None = None
    """One thread, float64."""
    gflops: float | None = None
    """All threads."""
    gbytes_1: float | None = None
    """Reading and writing the main memory with one thread."""
    gbytes: float | None = None


@dataclass
class CacheCount:
    """What a simulated cache counted for one rung: valgrind's cachegrind."""

    name: str
    size: int
    data_refs: int
    """Reads and writes of data."""
    first_misses: int
    """Those that the first-level cache had not."""
    last_misses: int
    """Those that the last-level cache had not."""


@dataclass
class BenchRecord:
    """Everything that tables, figures and reports need."""

    operation: str
    """``matmul``, ``conv2d`` or ``ladder``."""
    padding: str
    max_seconds: float
    threads: int
    """What "all threads" is."""
    machine: dict[str, str]
    versions: dict[str, str]
    started: str
    """ISO 8601 with the offset to UTC."""
    sizes: list[int] = field(default_factory=list)
    """As they were given; empty: doubled."""
    rounds: int = 1
    """How often each point was measured; the fastest time counts."""
    at: int | None = None
    """The size at which the terms of the polynomials are compared; None: the smallest and the largest."""
    series: list[Series] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    peak: Peak = field(default_factory=Peak)
    counts: list[CacheCount] = field(default_factory=list)
    ended: str | None = None
    status: Status = "running"
    kind: str = KIND
    format: int = FORMAT

    @property
    def measured(self) -> list[Series]:
        """The implementations with at least one point."""
        return [series for series in self.series if series.points]


def write_bench_record(record: BenchRecord, folder: Path) -> None:
    """Write ``record.json`` in one move."""
    text = json.dumps(asdict(record), indent=2, ensure_ascii=False, allow_nan=False)
    write_atomically(folder / RECORD_NAME, f"{text}\n".encode())


def read_bench_record(folder: Path) -> BenchRecord:
    """Read the record of the bench in ``folder``.

    Raises:
        MnistLabError: There is none, or it is not one of ours.
    """
    path = folder / RECORD_NAME
    values = read_values(folder)
    if values.get("kind") != KIND or values.get("format") != FORMAT:
        raise MnistLabError(
            say(
                "{path} has format {form} of kind {kind}; {known} 1 is read.",
                "{path} は種類 {kind}、形式 {form} ですが、読めるのは {known} の形式 1 です。",
                path=path,
                form=values.get("format"),
                kind=values.get("kind"),
                known=KIND,
            )
        )
    if found := unwritable(values) or misfit(values, _Record):
        raise _damaged(path, found)
    try:
        series = [_series(entry) for entry in values.pop("series", [])]
        left_out = [LeftOut(**entry) for entry in values.pop("left_out", [])]
        counts = [CacheCount(**entry) for entry in values.pop("counts", [])]
        peak = Peak(**values.pop("peak", {}))
        return BenchRecord(**values, series=series, left_out=left_out, counts=counts, peak=peak)
    except TypeError as error:  # an entry that lacks, or one of another version
        raise _damaged(path, str(error)) from None


def only_bench_record(folders: Sequence[Path]) -> Path | None:
    """Return the folder of the bench that is named; None where what is named are trainings, or a mixture.

    Args:
        folders: As ``lightning report`` takes them; one that holds several benches stands for the newest.

    Raises:
        UsageError: Several benches are named.
        MnistLabError: A record is damaged.
    """
    found = [path.parent for folder in folders for path in _records_in(folder)]
    if not found or any(kind_of(read_values(folder)) != KIND for folder in found):
        return None
    if len(folders) > 1:
        raise UsageError(
            say(
                "{count} benches are named; a report is made of one: lightning report {first}",
                "ベンチマークの結果が {count} 件指定されています。レポートは 1 件ずつ作成します："
                "lightning report {first}",
                count=len(folders),
                first=folders[0],
            )
        )
    return max(found, key=lambda folder: folder.name)


def _records_in(folder: Path) -> list[Path]:
    if folder.name == RECORD_NAME:
        return [folder] if folder.is_file() else []
    return sorted(folder.rglob(RECORD_NAME)) if folder.is_dir() else []


def _series(values: dict[str, Any]) -> Series:
    points = [Point(**entry) for entry in values.pop("points", [])]
    stop = values.pop("stop", None)
    return Series(**values, points=points, stop=Stop(**stop) if stop else None)


def _damaged(path: Path, why: str) -> MnistLabError:
    return MnistLabError(
        say(
            "{path} is damaged ({why}); measure again.",
            "{path} は壊れています（{why}）。もう一度測定してください。",
            path=path,
            why=why,
        )
    )


_Size = Annotated[int, (1, 10**9)]
_Count = Annotated[int, (0, 2**63)]
_Time = Annotated[float, (1e-12, 1e9)]
_Rate = Annotated[float, (1e-9, 1e12)]
_Name = Annotated[str, (1, 200)]


class _Point(TypedDict, total=False):
    size: _Size
    median_s: _Time
    low_s: _Time
    high_s: _Time
    repeats: _Count
    calls: _Count
    cores: Annotated[float, (0, 1e6)]
    others_cpu: Annotated[float, (0, 1)] | None
    rounds_s: list[_Time]


class _Stop(TypedDict, total=False):
    why: WhyStopped
    size: _Size
    needed: Annotated[float, (0, 1e30)]
    allowed: Annotated[float, (0, 1e30)]
    detail: str


class _Series(TypedDict, total=False):
    name: _Name
    threads: _Count
    number_format: _Name
    error: Annotated[float, (0, 1e9)]
    points: list[_Point]
    stop: _Stop | None


class _LeftOut(TypedDict, total=False):
    name: _Name
    why: WhyLeftOut
    detail: str


class _Peak(TypedDict, total=False):
    gflops_1: _Rate | None
    gflops: _Rate | None
    gbytes_1: _Rate | None
    gbytes: _Rate | None


class _CacheCount(TypedDict, total=False):
    name: _Name
    size: _Size
    data_refs: _Count
    first_misses: _Count
    last_misses: _Count


class _Record(TypedDict, total=False):
    operation: Literal["matmul", "conv2d", "ladder"]
    padding: Literal["valid", "same"]
    max_seconds: Annotated[float, (0, 1e6)]
    threads: _Count
    machine: dict[str, str]
    versions: dict[str, str]
    started: str
    sizes: list[_Size]
    rounds: _Count
    at: _Size | None
    series: list[_Series]
    left_out: list[_LeftOut]
    peak: _Peak
    counts: list[_CacheCount]
    ended: str | None
    status: Status
