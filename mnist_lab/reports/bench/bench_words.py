"""What implementations and operations are called in reports, and how their numbers are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mnist_lab.bench.bench_record import BenchRecord, Point, Series
from mnist_lab.bench.fits import PowerFit
from mnist_lab.bench.operation import Operation
from mnist_lab.language import Phrase, listed, say
from mnist_lab.runs.disturbance import DISTURBED
from mnist_lab.runs.spread import significant

_LABELS: Mapping[str, Phrase] = {
    "python": Phrase("pure Python", "Python（ライブラリなし）"),
    "c-naive": Phrase("C naive", "C（そのまま）"),
    "c-loop-order": Phrase("C loop order", "C（ループの順序）"),
    "c-blocked": Phrase("C blocked", "C（ブロック化）"),
    "c-simd": Phrase("C SIMD", "C（SIMD 命令）"),
    "c-threads": Phrase("C threads", "C（スレッド）"),
    "numpy-1": Phrase("NumPy (1 thread)", "NumPy（1 スレッド）"),
    "numpy": Phrase("NumPy (all threads)", "NumPy（全スレッド）"),
    "torch-1": Phrase("PyTorch (1 thread)", "PyTorch（1 スレッド）"),
    "torch": Phrase("PyTorch (all threads)", "PyTorch（全スレッド）"),
    "cuda-fp32": Phrase("PyTorch CUDA fp32", "PyTorch CUDA fp32（GPU）"),
    "cuda-tf32": Phrase("PyTorch CUDA TF32", "PyTorch CUDA TF32（GPU）"),
    "cuda-bf16": Phrase("PyTorch CUDA bf16", "PyTorch CUDA bf16（GPU）"),
    "cupy": Phrase("CuPy fp32 (its own functions)", "CuPy fp32（CuPy の関数）"),
}
_OPERATIONS: Mapping[str, Phrase] = {
    "matmul": Phrase("matrix product", "行列積"),
    "ladder": Phrase("matrix product", "行列積"),
    "conv2d": Phrase("3×3 convolution", "3×3 の畳み込み"),
}
WIDE = 0.1
"""Of the median: a time with a wider interquartile range is named as such."""
_MINUS = "\N{MINUS SIGN}"
_TERMS = ("1", "N", "N²", "N³")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_FEW, _MANY, _ROUNDING = 1e-3, 1000, 1e-4
# A TF32 number lies in 32 bits.
_VALUE_BYTES = {"float64": 8, "float32": 4, "TF32": 4, "bfloat16": 2}


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
    return rounded(1e3 * seconds)


def duration(seconds: float) -> str:
    """Return a time with the unit that suits it and three significant digits."""
    for unit, factor in (("µs", 1e6), ("ms", 1e3)):
        if seconds * factor < 1000:
            return f"{significant(seconds * factor)} {unit}"
    return f"{rounded(seconds)} s"


def rounded(value: float, digits: int = 3) -> str:
    """Return a number with so many significant digits, and no more than three above a thousand: ``10,100``."""
    return significant(float(f"{value:.2e}") if abs(value) >= _MANY else value, digits)


def factor_text(ratio: float, *, wide: bool = False) -> str:
    """Return a ratio with three significant digits, as the times have that it is made of; two of times that spread."""
    return significant(float(f"{ratio:.1e}"), 2) if wide else rounded(ratio)


def percent_text(share: float) -> str:
    """Return a share in percent with two significant digits: ``2,300``, ``4.2``."""
    return significant(float(f"{100 * share:.1e}"), 2)


def error_text(share: float) -> str:
    """Return an error in percent with two significant digits; of one that rounding leaves over only that it is."""
    return percent_text(share) if share >= _ROUNDING else "< 0.01"


def range_text(texts: Sequence[str]) -> str:
    """Return the first and the last of numbers in their order, ``45 to 59``; one alone where they are equal."""
    low, high = texts[0], texts[-1]
    return low if low == high else say("{low} to {high}", "{low}〜{high}", low=low, high=high)


def signed(value: float) -> str:
    """Return a number with three significant digits and a minus of full width; very large or small: ``1.71×10⁷``."""
    if value and not _FEW <= abs(value) < _MANY:
        return scientific(value)
    return significant(value).replace("-", _MINUS)


def scientific(value: float, digits: int = 3) -> str:
    """Return a number with a power of ten: ``6×10⁻¹⁶``."""
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    return f"{mantissa}×{power_of_ten(int(exponent))}".replace("-", _MINUS)


def power_of_ten(exponent: int) -> str:
    """Return ``10⁻⁵``."""
    return f"10{str(exponent).translate(_RAISED)}"


def is_disturbed(point: Point) -> bool:
    """Return whether other programs had a part in a time."""
    return point.others_cpu is not None and point.others_cpu > DISTURBED


def spread(point: Point) -> float:
    """Return the interquartile range of a time as a share of its median."""
    return (point.high_s - point.low_s) / point.median_s


def is_wide_time(point: Point) -> bool:
    """Return whether the repeats of a time spread so far that its third digit says nothing."""
    return spread(point) > WIDE


def is_unsure_time(point: Point) -> bool:
    """Return whether a ratio of a time has no third digit: of one that spreads widely, or was measured only once."""
    return is_wide_time(point) or point.repeats == 1


def is_trusted_time(point: Point) -> bool:
    """Return whether a time is one for a ratio: repeated, of a small spread, and not disturbed."""
    return not (is_unsure_time(point) or is_disturbed(point))


def spread_text(point: Point) -> str:
    """Return a wide time's interquartile range in percent of its median, with digits enough to be above the limit."""
    share = 100 * spread(point)
    texts = [percent_text(share / 100), *(f"{share:.{decimals}f}" for decimals in (1, 2, 3))]
    return next((text for text in texts if float(text.replace(",", "")) > 100 * WIDE), texts[-1])


def times_text(times: Sequence[tuple[Series, Point]]) -> str:
    """Return whose times at which sizes are meant: ``C naive (N = 400, 800)``."""
    sizes: dict[str, list[str]] = {}
    for series, point in times:
        sizes.setdefault(label_of(series.name), []).append(f"{point.size:,}")
    return listed(
        [
            say("{name} (N = {sizes})", "{name}（N = {sizes}）", name=name, sizes=listed(entry))
            for name, entry in sizes.items()
        ]
    )


def mark(points: Sequence[Point]) -> str:
    """Return † where one of some times was disturbed."""
    return "†" if any(map(is_disturbed, points)) else ""


def on_gpu(series: Series) -> bool:
    """Return whether an implementation computes on the GPU."""
    return series.name.startswith(("cuda", "cupy"))


def threads_text(series: Series) -> str:
    """Return the threads of an implementation; those that start a GPU's work do none of it."""
    return "GPU" if on_gpu(series) else str(series.threads)


def rate_of(record: BenchRecord, series: Series) -> float:
    """Return the floating-point operations at the largest size, in 10^9 a second."""
    last = series.points[-1]
    return operation_of(record).flops(last.size) / last.median_s / 1e9


def transfer_rate_of(record: BenchRecord, series: Series) -> float:
    """Return the bytes of operands and result at the largest size, each counted once, in 10^9 a second."""
    last = series.points[-1]
    moved = operation_of(record).values_moved(last.size) * _VALUE_BYTES.get(series.number_format, 8)
    return moved / last.median_s / 1e9


def peak_share(record: BenchRecord, series: Series) -> float | None:
    """Return the rate at the largest size as a share of the processor's peak; None of a GPU, or without a peak."""
    peak = record.peak.gflops if series.threads > 1 else record.peak.gflops_1
    return None if peak is None or on_gpu(series) else rate_of(record, series) / peak


def transfer_share(record: BenchRecord, series: Series) -> float | None:
    """Return the same of the transfer rate."""
    peak = record.peak.gbytes if series.threads > 1 else record.peak.gbytes_1
    return None if peak is None or on_gpu(series) else transfer_rate_of(record, series) / peak


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
    """Return what a term is called, in texts and in figures."""
    return [
        say("constant term", "定数項"),
        say("linear term", "1 次の項"),
        say("quadratic term", "2 次の項"),
        say("cubic term", "3 次の項"),
    ][power]


def largest_common(series: Sequence[Series]) -> int | None:
    """Return the largest size at which all of some implementations were measured; None where there is none."""
    common = set.intersection(*({point.size for point in entry.points} for entry in series)) if series else set()
    return max(common, default=None)


def extremes_at(record: BenchRecord, size: int) -> tuple[tuple[Series, Point], tuple[Series, Point]] | None:
    """Return the slowest and the fastest of the undisturbed times at a size; None where there are not two."""
    found = [
        (series, point)
        for series in record.measured
        if (point := point_at(series, size)) is not None and not is_disturbed(point)
    ]
    if len(found) < 2:
        return None
    return max(found, key=lambda entry: entry[1].median_s), min(found, key=lambda entry: entry[1].median_s)


def point_at(series: Series, size: int) -> Point | None:
    """Return an implementation's point at a size, None where it was not measured there."""
    return next((point for point in series.points if point.size == size), None)
