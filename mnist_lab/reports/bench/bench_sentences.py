"""What a bench has found, sentence by sentence: ratios, warnings, and what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mnist_lab.bench.bench_record import BenchRecord, LeftOut, Series, Stop, WhyLeftOut
from mnist_lab.bench.fits import PolynomialFit, polynomial_fit
from mnist_lab.language import Phrase, listed, say
from mnist_lab.reports.bench.bench_words import (
    duration,
    factor_text,
    is_disturbed,
    label_of,
    largest_common,
    point_at,
)
from mnist_lab.runs.places import without_places

# What is compared with what, where both were measured.
_PAIRS = (
    *(
        ("c-naive", "python"),
        ("numpy-1", "c-naive"),
        ("numpy-1", "python"),
        ("c-simd", "c-naive"),
        ("numpy-1", "c-simd"),
    ),
    *(("numpy", "c-threads"), ("numpy", "numpy-1"), ("torch-1", "numpy-1"), ("torch", "numpy-1"), ("torch", "numpy")),
    *(("torch", "torch-1"), ("cuda-fp32", "torch"), ("cuda-tf32", "cuda-fp32"), ("cuda-bf16", "cuda-fp32")),
    ("cupy", "cuda-fp32"),
)
_SAME = 1.05
_WHY_LEFT_OUT: Mapping[str, Phrase] = {
    "no_compiler": Phrase(
        "left out, since there is no C compiler; install one (cc, gcc or clang), or the wheel ziglang with pip install "
        '"mnist-lab[bench]"',
        "C コンパイラがないため除外した。cc、gcc、clang のいずれかを使えるようにするか、"
        'pip install "mnist-lab[bench]" で ziglang をインストールするとよい',
    ),
    "compiler_failed": Phrase("left out, since the C compiler failed", "C コンパイラが失敗したため除外した"),
    "library_failed": Phrase(
        "left out, since the compiled library cannot be used", "コンパイルしたライブラリを使えないため除外した"
    ),
    "no_cuda": Phrase(
        "left out, since PyTorch finds no CUDA device here", "PyTorch から使える CUDA デバイスがないため除外した"
    ),
    "no_cupy": Phrase("left out, since CuPy is not installed", "CuPy がインストールされていないため除外した"),
    "cupy_failed": Phrase("left out, since CuPy cannot use a GPU", "CuPy から GPU を使えないため除外した"),
    "out_of_memory": Phrase(
        "left out, since the GPU's memory ran out in the check", "確認の計算で GPU のメモリが不足したため除外した"
    ),
}


@dataclass(frozen=True)
class Ratio:
    """How many times as fast one implementation is as another."""

    size: int
    """The largest at which both were measured."""
    ratio: float
    disturbed: bool
    """Whether other programs had a part in one of the two times."""


def ratio_pairs(record: BenchRecord) -> list[tuple[Series, Series]]:
    """Return what is compared with what."""
    known = {series.name: series for series in record.measured}
    return [(known[fast], known[slow]) for fast, slow in _PAIRS if fast in known and slow in known]


def ratio_of(first: Series, second: Series) -> Ratio | None:
    """Return how many times as fast the first is as the second; None where they have no size in common."""
    size = largest_common([first, second])
    if size is None:
        return None
    one, other = point_at(first, size), point_at(second, size)
    assert one is not None
    assert other is not None
    return Ratio(size, other.median_s / one.median_s, is_disturbed(one) or is_disturbed(other))


def ratio_sentences(record: BenchRecord) -> list[str]:
    """Return how many times as fast one implementation is as another, at the largest size measured of both."""
    return [ratio_sentence(first, second) for first, second in ratio_pairs(record)]


def ratio_sentence(first: Series, second: Series) -> str:
    """Return how many times as fast the first is as the second; an empty text where they have no size in common."""
    found = ratio_of(first, second)
    if found is None:
        return ""
    point = point_at(first, found.size)
    assert point is not None
    fast, slow, threads = label_of(first.name), label_of(second.name), _threads(first, point.cores)
    if 1 / _SAME < found.ratio < _SAME:
        return say(
            "{fast} and {slow} are equally fast at N = {size:,} (within 5 %; {threads}).",
            "N = {size:,} では、{fast}と{slow}の速さは同じである（差は 5 % 以内、{threads}）。",
            fast=fast,
            slow=slow,
            size=found.size,
            threads=threads,
        )
    if found.ratio < 1:
        return say(
            "{fast} takes {ratio} times as long as {slow} at N = {size:,} ({threads}).",
            "N = {size:,} では、{fast}は{slow}の {ratio} 倍の時間がかかる（{threads}）。",
            ratio=factor_text(1 / found.ratio),
            fast=fast,
            slow=slow,
            size=found.size,
            threads=threads,
        )
    return say(
        "{fast} is {ratio} times as fast as {slow} at N = {size:,} ({threads}).",
        "N = {size:,} では、{fast}は{slow}の {ratio} 倍速い（{threads}）。",
        ratio=factor_text(found.ratio),
        fast=fast,
        slow=slow,
        size=found.size,
        threads=threads,
    )


def _threads(series: Series, cores: float) -> str:
    if series.threads == 1:
        return say("1 thread", "1 スレッド")
    return say(
        "on {threads} threads, {cores:.1f} cores busy",
        "{threads} スレッド、使用コア数 {cores:.1f} 個",
        threads=series.threads,
        cores=cores,
    )


def compared_sizes(record: BenchRecord, series: Series) -> list[int]:
    """Return the sizes at which the polynomials' terms are compared: that asked for, or smallest and largest."""
    if record.at is not None:
        return [record.at]
    return list(dict.fromkeys((series.points[0].size, series.points[-1].size)))


def degree_warnings(record: BenchRecord) -> list[str]:
    """Return a warning for the implementations with too few points to tell a quadratic from a cubic polynomial."""
    few = [series for series in record.measured if not _determined(polynomial_fit(series.points, 3))]
    if not few:
        return []
    return [
        say(
            "Too few points to tell a quadratic from a cubic polynomial: {names}. A smaller error of the higher degree "
            "proves nothing: through N points there is always a polynomial of degree N − 1 with error 0.",
            "点が少なく、2 次と 3 次のどちらが正しいかを判断できない：{names}。次数の高いほうの誤差が小さくても、"
            "それが正しいことにはならない（N 点の場合、N − 1 次の多項式で必ず誤差が 0 になる）。",
            names=listed(
                [
                    say(
                        "{name} ({count} points)",
                        "{name}（{count} 点）",
                        name=label_of(series.name),
                        count=len(series.points),
                    )
                    for series in few
                ]
            ),
        )
    ]


def _determined(fit: PolynomialFit | None) -> bool:
    return fit is not None and fit.is_determined


def left_out_sentences(record: BenchRecord) -> list[str]:
    """Return what was not measured, and why: implementations first, then sizes."""
    groups: dict[tuple[WhyLeftOut, str], list[str]] = {}
    for entry in record.left_out:
        groups.setdefault((entry.why, entry.detail), []).append(label_of(entry.name))
    said = [
        say("{names}: {why}", "{names}：{why}", names=listed(names), why=why_left_out(LeftOut("", why, detail)))
        for (why, detail), names in groups.items()
    ]
    said += [
        say("{name}: {why}", "{name}：{why}", name=label_of(series.name), why=why_stopped(series.stop))
        for series in record.series
        if series.stop
    ]
    if record.status == "interrupted":
        said.append(
            say(
                "The measurement was stopped from the keyboard; what was measured until then is all there is.",
                "測定はキーボードの操作により中断された。ここに示すのは、それまでに測定した結果だけである。",
            )
        )
    return said


def why_left_out(entry: LeftOut) -> str:
    """Return why an implementation was left out altogether, as a sentence."""
    said = _WHY_LEFT_OUT[entry.why]
    detail = without_places(entry.detail)
    return (
        say("{said}: {detail}", "{said}（{detail}）", said=said, detail=detail)
        if detail
        else say("{said}.", "{said}。", said=said)
    )


def why_stopped(stop: Stop) -> str:
    """Return why an implementation was not measured from some size on, as a sentence."""
    if stop.why == "too_long":
        return say(
            "N = {size:,} and above left out: a call would take about {needed}, and {allowed} are allowed.",
            "N = {size:,} 以上は除外した。1回の計算に約 {needed} かかる見込みであり、上限は {allowed} である。",
            size=stop.size,
            needed=duration(stop.needed),
            allowed=duration(stop.allowed),
        )
    if stop.why == "memory":
        return say(
            "N = {size:,} and above left out: the matrices would take {needed:.1f} GiB, and {allowed:.1f} GiB "
            "are free.",
            "N = {size:,} 以上は除外した。行列に {needed:.1f} GiB 必要であり、使えるのは {allowed:.1f} GiB である。",
            size=stop.size,
            needed=stop.needed / 2**30,
            allowed=stop.allowed / 2**30,
        )
    if stop.why == "wrong_result":
        return say(
            "N = {size:,} and above left out: the result is wrong there ({detail}).",
            "N = {size:,} 以上は、結果が誤っているため除外した（{detail}）。",
            size=stop.size,
            detail=without_places(stop.detail),
        )
    if stop.why == "failed":
        return say(
            "N = {size:,} and above left out: it failed there ({detail}).",
            "N = {size:,} 以上は、計算が失敗したため除外した（{detail}）。",
            size=stop.size,
            detail=without_places(stop.detail),
        )
    return say(
        "N = {size:,} and above left out: the memory ran out.",
        "N = {size:,} 以上は、メモリが不足したため除外した。",
        size=stop.size,
    )


def disturbed_sentence(series: Sequence[Series]) -> str | None:
    """Return which times other programs had a part in; None where nobody had."""
    found: dict[str, list[int]] = {}
    worst = 0.0
    for entry in series:
        for point in entry.points:
            if is_disturbed(point) and point.others_cpu is not None:
                found.setdefault(label_of(entry.name), []).append(point.size)
                worst = max(worst, point.others_cpu)
    if not found:
        return None
    return say(
        "Other programs took up to {share:.0f} % of the processor meanwhile; these times are not to be "
        "trusted: {names}.",
        "測定中に、ほかのプログラムがプロセッサの最大 {share:.0f} % を使っていた。次の時間は信頼できない：{names}。",
        share=100 * worst,
        names=listed(
            [
                say(
                    "{name} (N = {sizes})",
                    "{name}（N = {sizes}）",
                    name=name,
                    sizes=listed([f"{size:,}" for size in sizes]),
                )
                for name, sizes in found.items()
            ]
        ),
    )
