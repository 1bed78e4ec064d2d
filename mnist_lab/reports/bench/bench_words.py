"""What implementations and operations are called in reports, and how their numbers are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mnist_lab.bench.bench_record import BenchRecord, Point, Series
from mnist_lab.bench.fits import PowerFit
from mnist_lab.bench.operation import Operation
from mnist_lab.language import Phrase, say
from mnist_lab.runs.spread import significant

_LABELS: Mapping[str, Phrase] = {
    "python": Phrase("pure Python", "Python（ライブラリなし）"),
    "c-naive": Phrase("C naive", "C（そのまま）"),
    "c-loop-order": Phrase("C loop order", "C（ループの順序）"),
    "c-blocked": Phrase("C blocked", "C（ブロック化）"),
    "c-simd": Phrase("C SIMD", "C（SIMD命令）"),
    "c-threads": Phrase("C threads", "C（スレッド）"),
    "numpy-1": Phrase("NumPy (1 thread)", "NumPy（1スレッド）"),
    "numpy": Phrase("NumPy (all threads)", "NumPy（全スレッド）"),
    "torch-1": Phrase("PyTorch (1 thread)", "PyTorch（1スレッド）"),
    "torch": Phrase("PyTorch (all threads)", "PyTorch（全スレッド）"),
    "cuda-fp32": Phrase("PyTorch CUDA fp32", "PyTorch CUDA fp32（GPU）"),
    "cuda-tf32": Phrase("PyTorch CUDA TF32", "PyTorch CUDA TF32（GPU）"),
    "cuda-bf16": Phrase("PyTorch CUDA bf16", "PyTorch CUDA bf16（GPU）"),
    "cupy": Phrase("CuPy fp32 (its own functions)", "CuPy fp32（CuPy の関数）"),
}
_OPERATIONS: Mapping[str, Phrase] = {
    "matmul": Phrase("matrix product", "行列積"),
    "ladder": Phrase("matrix product", "行列積"),
    "conv2d": Phrase("3×3 convolution", "3×3の畳み込み"),
}
_MINUS = "\N{MINUS SIGN}"
_TERMS = ("1", "N", "N²", "N³")


def label_of(name: str) -> str:
    """Return an implementation's name for readers; the user's own are called as they were given."""
    return str(_LABELS.get(name, name))


def operation_name(record: BenchRecord) -> str:
    """Return what was computed."""
    return str(_OPERATIONS[record.operation])


def operation_of(record: BenchRecord) -> Operation:
    """Return the operation, for its counts of steps and bytes."""
    name = "conv2d" if record.operation == "conv2d" else "matmul"
    return Operation(name, "same" if record.padding == "same" else "valid")


def milliseconds(seconds: float) -> str:
    """Return a time in ms with three significant digits."""
    return significant(1e3 * seconds)


def duration(seconds: float) -> str:
    """Return a time with the unit that suits it and three significant digits."""
    for unit, factor in (("µs", 1e6), ("ms", 1e3)):
        if seconds * factor < 1000:
            return f"{significant(seconds * factor)} {unit}"
    return f"{significant(seconds)} s"


def signed(value: float) -> str:
    """Return a number with three significant digits, with a minus of full width."""
    return significant(value).replace("-", _MINUS)


def exponent_text(fit: PowerFit) -> str:
    """Return the power of N with the half width of its confidence interval: ``2.97 ± 0.04``."""
    return f"{fit.exponent:.2f} ± {fit.high - fit.exponent:.2f}"


def step_times_ns(series: Series, fit: PowerFit, operation: Operation) -> tuple[float, float]:
    """Return the time of one step in ns at the smallest and at the largest size of a fit."""
    points = [point_at(series, size) for size in (fit.sizes[0], fit.sizes[-1])]
    first, last = (1e9 * point.median_s / operation.steps(point.size) for point in points if point)
    return first, last


def term_name(power: int) -> str:
    """Return ``1``, ``N``, ``N²`` or ``N³``."""
    return _TERMS[power]


def term_word(power: int) -> str:
    """Return what a term is called."""
    return [
        say("constant", "定数"),
        say("linear", "1次"),
        say("quadratic", "2次"),
        say("cubic", "3次"),
    ][power]


def largest_common(series: Sequence[Series]) -> int | None:
    """Return the largest size at which all of some implementations were measured; None where there is none."""
    common = set.intersection(*({point.size for point in entry.points} for entry in series)) if series else set()
    return max(common, default=None)


def point_at(series: Series, size: int) -> Point | None:
    """Return an implementation's point at a size, None where it was not measured there."""
    return next((point for point in series.points if point.size == size), None)
