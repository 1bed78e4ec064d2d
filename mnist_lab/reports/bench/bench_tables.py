"""The tables of a bench's report, and the short one on the terminal."""

from __future__ import annotations

from mnist_lab.bench.bench_record import BenchRecord, Point, Series
from mnist_lab.bench.fits import PowerFit, polynomial_fit, power_fit
from mnist_lab.bench.operation import Operation
from mnist_lab.language import Phrase, listed, say
from mnist_lab.reports.bench.bench_sentences import ratio_of, ratio_pairs
from mnist_lab.reports.bench.bench_words import (
    WIDE,
    duration,
    error_text,
    exponent_text,
    label_of,
    mark,
    milliseconds,
    operation_of,
    peak_share,
    percent_text,
    point_at,
    rate_of,
    rounded,
    scientific,
    signed,
    spread,
    step_times_ns,
    term_name,
    threads_text,
    transfer_rate_of,
    transfer_share,
)
from mnist_lab.reports.bench.what_it_does import what_it_does
from mnist_lab.reports.document import TableBlock
from mnist_lab.runs.spread import significant

_MACHINE = {
    "processor": Phrase("processor", "プロセッサ"),
    "caches": Phrase("cache sizes (of one core)", "キャッシュの大きさ（1 コア）"),
    "cores": Phrase("cores", "コア数 [個]"),
    "system": Phrase("operating system", "オペレーティングシステム"),
    "compiler": Phrase("C compiler", "C コンパイラ"),
    "flags": Phrase("its flags", "コンパイラのオプション"),
    "blas": Phrase("BLAS, and the kernels that ran", "BLAS と実際に使われたカーネル"),
    "gpu": Phrase("GPU", "GPU（グラフィックスプロセッサ）"),
}


def short_table(record: BenchRecord) -> TableBlock:
    """Return one row an implementation, for a terminal of 80 columns: its largest size, time, rate and growth."""
    rows = []
    for series in record.measured:
        last, fit = series.points[-1], power_fit(series.points)
        rows.append(
            [
                label_of(series.name),
                f"{last.size:,}",
                milliseconds(last.median_s),
                f"{100 * spread(last):.1f}" if last.repeats > 1 else "–",
                significant(rate_of(record, series)),
                exponent_text(fit) if fit else "–",
            ]
        )
    headings = (
        say("implementation", "実装"),
        say("largest N", "最大の N"),
        say("time [ms]", "時間 [ms]"),
        say("spread [%]", "ばらつき [%]"),
        "GFLOP/s",
        say("power of N", "N の何乗か"),
    )
    return TableBlock("", headings, rows, (1, 2, 3, 4, 5))


def checks_table(record: BenchRecord) -> TableBlock:
    """Return what was compared: threads, number format, and the error found before anything was timed."""
    rows = [
        [
            label_of(series.name),
            what_it_does(record, series.name),
            threads_text(series),
            series.number_format,
            scientific(series.error, 1) if series.error else "0",
        ]
        for series in record.series
    ]
    return TableBlock(
        say(
            "The implementations. Relative error: the largest difference from a reference in float64, relative to the "
            "reference's largest value, found before anything was timed.",
            "実装の一覧。相対誤差は、測定の前に float64 の基準と比べた差の最大値を、基準の最大値で割ったものである。",
        ),
        (
            say("implementation", "実装"),
            say("what it does", "内容"),
            say("threads", "スレッド数 [個]"),
            say("numbers", "数値の形式"),
            say("relative error", "相対誤差"),
        ),
        rows,
        (2, 4),
        "checks",
    )


def machine_table(record: BenchRecord) -> TableBlock:
    """Return on what was measured."""
    facts = {**record.machine, "caches": _caches(record)}
    rows = [[str(name), facts[key]] for key, name in _MACHINE.items() if key in facts]
    versions = [f"{name} {text}" for name, text in record.versions.items()]
    rows.append([say("versions", "バージョン"), listed(versions, ", ")])
    peak = record.peak
    if peak.gflops_1 and peak.gflops:
        text = say(
            "{one} GFLOP/s with 1 thread, {all} with {threads}",
            "1 スレッドで {one} GFLOP/s、{threads} スレッドで {all} GFLOP/s",
            one=significant(peak.gflops_1),
            all=significant(peak.gflops),
            threads=record.threads,
        )
        rows.append([say("measured peak, float64 arithmetic", "演算の最大性能（実測、float64）"), text])
    if peak.gbytes_1 and peak.gbytes:
        text = say(
            "{one} GB/s with 1 thread, {all} with {threads}",
            "1 スレッドで {one} GB/s、{threads} スレッドで {all} GB/s",
            one=significant(peak.gbytes_1),
            all=significant(peak.gbytes),
            threads=record.threads,
        )
        rows.append([say("measured peak, main memory", "メモリの最大転送速度（実測）"), text])
    rows.append([say("date", "日付"), record.started[:10]])
    caption = say("The machine.", "測定した環境。")
    return TableBlock(caption, (say("condition", "条件"), say("value", "値")), rows, (), "machine")


def _caches(record: BenchRecord) -> str:
    """Return the caches' sizes, or why there are none: records of earlier versions have nothing of them."""
    if "caches" not in record.machine:
        return say("not recorded", "記録なし")
    return record.machine["caches"] or say("unknown: the system does not tell", "不明（システムから取得できない）")


def times_table(record: BenchRecord) -> TableBlock:
    """Return all times: a row an implementation, a column a size."""
    sizes = sorted({point.size for series in record.measured for point in series.points})
    rows = [
        [
            label_of(series.name),
            *(
                milliseconds(found.median_s) + mark([found]) if (found := point_at(series, size)) else "–"
                for size in sizes
            ),
        ]
        for series in record.measured
    ]
    return TableBlock(
        say(
            "Run time of one call [ms], the median of its repeats, with three significant digits.{marked} All repeats, "
            "quartiles{rounds} and shares of the processor are in data/times.csv.",
            "1 回の計算の実行時間 [ms]（繰り返しの中央値、有効数字 3 桁）。{marked}"
            "繰り返しの回数、四分位数、{rounds}プロセッサの使用率は data/times.csv にある。",
            marked=_marked(record),
            rounds=say(", medians of all rounds", "すべての回の中央値、")
            if any(point.rounds_s for series in record.measured for point in series.points)
            else "",
        ),
        (say("implementation", "実装"), *(f"N = {size:,} [ms]" for size in sizes)),
        rows,
        tuple(range(1, len(sizes) + 1)),
        "times",
    )


def growth_table(record: BenchRecord) -> TableBlock:
    """Return the power of N beside that of the number of steps, and from which sizes it comes."""
    operation = operation_of(record)
    rows = []
    for series in record.measured:
        fit = power_fit(series.points)
        rows.append(
            [
                label_of(series.name),
                say("{low:,} to {high:,}", "{low:,}〜{high:,}", low=fit.sizes[0], high=fit.sizes[-1]) if fit else "–",
                str(len(fit.sizes)) if fit else "–",
                exponent_text(fit) + mark(_fitted(series, fit)) if fit else "–",
                str(operation.degree),
                _step_times(series, fit, operation) + (mark(_ends(series, fit)) if fit else ""),
            ]
        )
    return TableBlock(
        say(
            "Growth: the power of N with 95 % confidence over the large sizes, beside that of the number of steps, "
            "{steps}; the time per step is that at the smallest and the largest of these sizes.{marked}",
            "実行時間の増え方。大きなサイズにおける N の指数（95 % 信頼区間）と、計算ステップ数 {steps} の指数を示す。"
            "1 ステップの時間は、そのうち最小と最大のサイズでの値である。{marked}",
            steps="N·N·N" if operation.degree == 3 else "N·N·3·3",
            marked=_marked(record),
        ),
        (
            say("implementation", "実装"),
            say("sizes N [values a side]", "行列サイズ N [個]"),
            say("points", "点の数 [個]"),
            say("power of N", "N の指数"),
            say("power of the steps", "ステップ数の指数"),
            say("time per step [ns]", "1 ステップの時間 [ns]"),
        ),
        rows,
        tuple(range(1, 6)),
        "growth",
    )


def rate_table(record: BenchRecord) -> TableBlock:
    """Return the rates at the largest size, and their shares of the machine's peak."""
    rows = []
    for series in record.measured:
        last = series.points[-1]
        arithmetic, memory = peak_share(record, series), transfer_share(record, series)
        rows.append(
            [
                label_of(series.name),
                f"{last.size:,}",
                *(
                    text + (mark([last]) if text != "–" else "")
                    for text in (
                        rounded(rate_of(record, series)),
                        "–" if arithmetic is None else percent_text(arithmetic),
                        rounded(transfer_rate_of(record, series)),
                        "–" if memory is None else percent_text(memory),
                    )
                ),
                f"{last.cores:.1f}",
            ]
        )
    return TableBlock(
        say(
            "Rates at the largest size, and their share of the machine's measured peak.{marked} The transfer rate "
            "counts each operand and the result once.{cached}",
            "最大のサイズでの速度と、実測した最大性能に対する割合。{marked}"
            "転送速度は、入力と結果をそれぞれ 1 回だけ数えたものである。{cached}",
            marked=_marked(record),
            cached=say(
                " Above 100 %: matrices that a cache holds are not moved from the main memory.",
                "100 % を超えるのは、行列がキャッシュに収まり、メモリから転送されないためである。",
            )
            if any((transfer_share(record, series) or 0) > 1 for series in record.measured)
            else "",
        ),
        (
            say("implementation", "実装"),
            say("largest N [values a side]", "最大の N [個]"),
            say("rate [GFLOP/s]", "計算速度 [GFLOP/s]"),
            say("of the peak rate [%]", "最大性能比 [%]"),
            say("transfer rate [GB/s]", "転送速度 [GB/s]"),
            say("of the peak transfer rate [%]", "最大転送速度比 [%]"),
            say("cores busy", "使用コア数 [個]"),
        ),
        rows,
        tuple(range(1, 7)),
        "rates",
    )


def ratio_table(record: BenchRecord) -> TableBlock | None:
    """Return how many times as fast implementations are as others, at the largest trusted size; None without one."""
    found = [(pair, ratio) for pair in ratio_pairs(record) if (ratio := ratio_of(*pair))]
    if not found:
        return None
    rows = [
        [
            label_of(first.name),
            label_of(second.name),
            f"{threads_text(first)} / {threads_text(second)}",
            f"{ratio.size:,}",
            ratio.text(ratio.ratio) + ("‡" if ratio.wide else "") + ("†" if ratio.disturbed else ""),
        ]
        for (first, second), ratio in found
    ]
    return TableBlock(
        say(
            "Ratios of the speeds, with three significant digits, at the largest size at which both times are to be "
            "trusted (repeated, with an interquartile range of at most {limit:.0f} % of the median, and not disturbed "
            "by other programs); sizes below an eighth of the largest of both are not taken.{wide} Above 1, the "
            "implementation is faster than the one beside it.{marked}",
            "速さの比（有効数字 3 桁）。両方の時間を信頼できる（繰り返して測定し、四分位範囲が中央値の {limit:.0f} % "
            "以内で、ほかのプログラムの影響を受けていない）最大のサイズでの値である。両方を測定した最大のサイズの "
            "8 分の 1 より小さいサイズは用いない。{wide}1 より大きければ、比べた実装より速い。{marked}",
            limit=100 * WIDE,
            wide=say(
                " ‡: there is no such size; the ratio at the largest size of both, with one digit.",
                "‡ はそのようなサイズがないもので、両方を測定した最大のサイズでの比を 1 桁で示す。",
            )
            if any(ratio.wide for _, ratio in found)
            else "",
            marked=say(
                " †: there is no such size, and other programs disturbed a time of the largest of both.",
                "† はそのようなサイズがなく、両方を測定した最大のサイズの時間がほかのプログラムの影響を"
                "受けたものである。",
            )
            if any(ratio.disturbed for _, ratio in found)
            else "",
        ),
        (
            say("implementation", "実装"),
            say("beside", "比べた実装"),
            say("threads of both", "両者のスレッド数 [個]"),
            say("N [values a side]", "N [個]"),
            say("ratio of the speeds", "速さの比 [倍]"),
        ),
        rows,
        (2, 3, 4),
        "ratios",
    )


def _fitted(series: Series, fit: PowerFit) -> list[Point]:
    return [point for point in series.points if point.size in fit.sizes]


def _ends(series: Series, fit: PowerFit) -> list[Point]:
    return [point for point in series.points if point.size in (fit.sizes[0], fit.sizes[-1])]


def _marked(record: BenchRecord) -> str:
    if not any(mark(series.points) for series in record.measured):
        return ""
    return say(
        " †: from a time that other programs disturbed.",
        "† はほかのプログラムの影響を受けた時間による値である。",
    )


def _step_times(series: Series, fit: PowerFit | None, operation: Operation) -> str:
    if fit is None:
        return "–"
    return " → ".join(significant(time_ns) for time_ns in step_times_ns(series, fit, operation))


def polynomial_table(record: BenchRecord) -> TableBlock:
    """Return the quadratic and the cubic polynomial of each implementation, with units."""
    rows = []
    for series in record.measured:
        for degree in (2, 3):
            fit = polynomial_fit(series.points, degree)
            if fit is None:
                continue
            terms = [signed(1e9 * value) for value in fit.coefficients] + ["–"] * (3 - degree)
            other = "–" if fit.left_out_error is None else error_text(fit.left_out_error)
            rows.append(
                [label_of(series.name) + mark(series.points), str(degree), *terms, error_text(fit.error), other]
            )
    headings = [f"{term_name(power)} [ns]" for power in range(4)]
    return TableBlock(
        say(
            "Polynomials through all sizes; the columns 1, N, N² and N³ are the factors of the constant, the linear, "
            "the quadratic and the cubic term in ns.{marked} Error: root mean "
            "square of "
            "the relative residuals; left out: the same for points that had no part in the fit, which does not become "
            "smaller of itself with a higher degree.",
            "全サイズに当てはめた多項式。1、N、N²、N³ の列は、順に定数項、1 次、2 次、3 次の項の係数である"
            "（単位 ns）。{marked}誤差は相対残差の二乗平均平方根、除外誤差は、"
            "その点を使わずに"
            "求めた多項式による誤差であり、次数を上げるだけでは小さくならない。",
            marked=_marked(record),
        ),
        (
            say("implementation", "実装"),
            say("degree", "次数"),
            *headings,
            say("error [%]", "誤差 [%]"),
            say("left out [%]", "除外誤差 [%]"),
        ),
        rows,
        tuple(range(1, 8)),
        "polynomials",
    )


def point_text(series: Series, point: Point) -> str:
    """Return a line of progress."""
    if point.repeats == 1:
        return say(
            "{name:<14} N = {size:>6,}  {time:>9}  (once)",
            "{name:<14} N = {size:>6,}  {time:>9}（1 回のみ）",
            name=series.name,
            size=point.size,
            time=duration(point.median_s),
        )
    return say(
        "{name:<14} N = {size:>6,}  {time:>9}  ({repeats} times, spread {spread:.0f} %)",
        "{name:<14} N = {size:>6,}  {time:>9}（{repeats} 回、ばらつき {spread:.0f} %）",
        name=series.name,
        size=point.size,
        time=duration(point.median_s),
        repeats=point.repeats,
        spread=100 * spread(point),
    )
