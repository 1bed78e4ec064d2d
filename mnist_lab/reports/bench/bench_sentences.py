"""What a bench has found, sentence by sentence: ratios of the speeds, and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mnist_lab.bench.bench_record import BenchRecord, Series
from mnist_lab.bench.fits import LARGE, PolynomialFit, polynomial_fit
from mnist_lab.language import listed, say
from mnist_lab.reports.bench.bench_words import (
    factor_text,
    is_disturbed,
    is_trusted_time,
    is_unsure_time,
    label_of,
    largest_common,
    on_gpu,
    percent_text,
    point_at,
)
from mnist_lab.runs.disturbance import DISTURBED
from mnist_lab.runs.spread import significant

# What is compared with what, where both were measured.
_PAIRS = (
    *(
        ("c-naive", "python"),
        ("numpy-1", "c-naive"),
        ("numpy-1", "python"),
        ("c-simd", "c-naive"),
        ("numpy-1", "c-simd"),
    ),
    *(
        ("c-threads", "c-simd"),
        ("numpy", "c-threads"),
        ("numpy", "numpy-1"),
        ("torch-1", "numpy-1"),
        ("torch", "numpy-1"),
    ),
    *(
        ("torch", "numpy"),
        ("torch", "torch-1"),
        ("cuda-fp32", "torch"),
        ("cuda-tf32", "cuda-fp32"),
        ("cuda-bf16", "cuda-fp32"),
    ),
    ("cupy", "cuda-fp32"),
)
SAME = 1.05
"""Times nearer than that are called equal."""


@dataclass(frozen=True)
class Ratio:
    """How many times as fast one implementation is as another."""

    size: int
    """The largest at which both times are trusted; where there is none, at which both were measured."""
    ratio: float
    disturbed: bool
    """Whether other programs had a part in one of the two times."""
    overlapping: bool
    """Whether the ranges from the lower to the upper quartile have a time in common."""
    wide: bool = False
    """Whether one of the two times spreads widely, or was measured only once: there was no better size."""

    @property
    def equal(self) -> bool:
        """Whether the two cannot be told apart: by their repeats, or since a few percent tell nothing."""
        return self.overlapping or 1 / SAME < self.ratio < SAME

    @property
    def times(self) -> str:
        """Return how many times as fast the faster of the two is, in one digit where the times bear no more."""
        return self.said(max(self.ratio, 1 / self.ratio))

    @property
    def uncertain(self) -> str:
        """Return a word of caution before the size, where the times bear no more than one digit."""
        return say("uncertain, ", "不確か、") if self.wide else ""

    def said(self, ratio: float) -> str:
        """Return a ratio made of the two times for a sentence: with "about" where they bear one digit only."""
        return say("about {ratio}", "約 {ratio}", ratio=self.text(ratio)) if self.wide else self.text(ratio)

    def text(self, ratio: float) -> str:
        """Return a ratio made of the two times in as many digits as they bear."""
        return significant(float(f"{ratio:.0e}"), 1) if self.wide else factor_text(ratio)


def ratio_pairs(record: BenchRecord) -> list[tuple[Series, Series]]:
    """Return what is compared with what."""
    known = {series.name: series for series in record.measured}
    return [(known[fast], known[slow]) for fast, slow in _PAIRS if fast in known and slow in known]


def ratio_of(first: Series, second: Series) -> Ratio | None:
    """Return how many times as fast the first is as the second; None where they have no size in common."""
    size = _compared_at(first, second)
    if size is None:
        return None
    one, other = point_at(first, size), point_at(second, size)
    assert one is not None
    assert other is not None
    overlapping = one.low_s <= other.high_s and other.low_s <= one.high_s
    wide = is_unsure_time(one) or is_unsure_time(other)
    return Ratio(size, other.median_s / one.median_s, is_disturbed(one) or is_disturbed(other), overlapping, wide)


def _compared_at(first: Series, second: Series) -> int | None:
    """Return the largest size at which both times are trusted; the largest of both where no large size has that.

    Far below the largest size the calls themselves and the threads' start decide, and not the implementations.
    """
    largest = largest_common([first, second])
    if largest is None:
        return None
    pairs = [(point, other) for point in first.points if (other := point_at(second, point.size))]
    trusted = [point.size for point, other in pairs if is_trusted_time(point) and is_trusted_time(other)]
    return max((size for size in trusted if size * LARGE >= largest), default=largest)


def ratio_sentences(record: BenchRecord) -> list[str]:
    """Return how many times as fast one implementation is as another, at the largest size with trusted times."""
    return [ratio_sentence(first, second) for first, second in ratio_pairs(record)]


def ratio_sentence(first: Series, second: Series) -> str:
    """Return how many times as fast the first is as the second; an empty text where they have no size in common."""
    found = ratio_of(first, second)
    if found is None:
        return ""
    point = point_at(first, found.size)
    assert point is not None
    fast, slow, threads = label_of(first.name), label_of(second.name), _threads(first, point.cores)
    if found.equal:
        return say(
            "{fast} and {slow} are about equally fast at N = {size:,} ({share} % apart{within}; {threads}).",
            "N = {size:,} では、{fast}と{slow}の速さは同程度である（差は {share} %{within}、{threads}）。",
            share=f"{difference:.0f}" if (difference := 100 * abs(found.ratio - 1)) >= 1 else "< 1",
            within=say(", within the spread of the repeats", "で、繰り返しのばらつきの範囲内")
            if found.overlapping
            else "",
            fast=fast,
            slow=slow,
            size=found.size,
            threads=threads,
        )
    if found.ratio < 1:
        return say(
            "{fast} takes {ratio} times as long as {slow} at N = {size:,} ({uncertain}{threads}).",
            "N = {size:,} では、{fast}は{slow}の {ratio} 倍の時間がかかる（{uncertain}{threads}）。",
            ratio=found.times,
            uncertain=found.uncertain,
            fast=fast,
            slow=slow,
            size=found.size,
            threads=threads,
        )
    return say(
        "{fast} is {ratio} times as fast as {slow} at N = {size:,} ({uncertain}{threads}).",
        "N = {size:,} では、{fast}は{slow}の {ratio} 倍の速さである（{uncertain}{threads}）。",
        ratio=found.times,
        uncertain=found.uncertain,
        fast=fast,
        slow=slow,
        size=found.size,
        threads=threads,
    )


def _threads(series: Series, cores: float) -> str:
    if on_gpu(series):
        return say("on the GPU", "GPU で計算")
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


def undetermined(record: BenchRecord) -> list[Series]:
    """Return the implementations with too few points to tell a quadratic from a cubic polynomial."""
    return [series for series in record.measured if not _determined(polynomial_fit(series.points, 3))]


def degree_warnings(record: BenchRecord) -> list[str]:
    """Return a warning for the implementations with too few points to tell a quadratic from a cubic polynomial."""
    few = undetermined(record)
    if not few:
        return []
    return [
        say(
            "Too few points to tell a quadratic from a cubic polynomial: {names}.",
            "{names}は点が少なく、2 次と 3 次のどちらが正しいかを判断できない。",
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


def degree_caution() -> list[str]:
    """Return why a smaller error does not speak for a higher degree."""
    return [
        say(
            "A smaller error of the higher degree proves nothing: through N points there is always a polynomial of "
            "degree N − 1 with error 0.",
            "次数の高いほうの誤差が小さくても、それが正しいことにはならない（N 点の場合、N − 1 次の多項式で"
            "必ず誤差が 0 になる）。",
        )
    ]


def _determined(fit: PolynomialFit | None) -> bool:
    return fit is not None and fit.is_determined


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
        "Other programs took up to {share} % of the processor meanwhile; the times with more than {limit:.0f} % are "
        "not to be trusted: {names}.",
        "測定中に、ほかのプログラムがプロセッサの最大 {share} % を使っていた。{limit:.0f} % を超えた次の時間は"
        "信頼できない：{names}。",
        share=percent_text(worst),
        limit=100 * DISTURBED,
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
