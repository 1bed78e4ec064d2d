"""The ladder, drawn: a bar a rung, the time on a logarithmic axis."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.language import say, spaced
from mnist_lab.reports.bench.bench_axes import plain_tick
from mnist_lab.reports.bench.bench_styles import styles_of_series
from mnist_lab.reports.bench.bench_words import label_of, milliseconds
from mnist_lab.reports.bench.ladder_rungs import ratio_text, rungs

LADDER_STEM = "ladder"
"""The figure's file name, without an ending."""


def draw_ladder(record: BenchRecord) -> Figure:
    """Draw a bar a rung, the time on a logarithmic axis."""
    size, found = rungs(record)
    figure = Figure(figsize=(7.2, 1.4 + 0.5 * len(found)), layout="constrained")
    axes = figure.subplots()
    styles = styles_of_series([rung.series.name for rung in found])
    for place, rung in enumerate(found):
        style = styles[rung.series.name]
        computed = rung.measured_at != size
        axes.barh(
            place,
            1e3 * rung.time_s,
            color="white" if computed else style.colour,
            edgecolor=style.colour if computed else "black",
            hatch="///" if computed else "",
            linewidth=0.8,
        )
        text = ("≈ " if computed else "") + f"{milliseconds(rung.time_s)} ms"
        axes.annotate(
            text, (1e3 * rung.time_s, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize="small"
        )
    axes.set_yticks(range(len(found)), [label_of(rung.series.name) for rung in found])
    axes.invert_yaxis()
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.set_xlim(low / 2, high * 4)
    axes.xaxis.set_major_formatter(FuncFormatter(plain_tick))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(say("run time [ms], logarithmic", "実行時間 [ms]（対数目盛）"))
    slowest, fastest = max(found, key=lambda rung: rung.time_s), min(found, key=lambda rung: rung.time_s)
    estimated = {slowest.measured_at, fastest.measured_at} != {size}
    ratio = ratio_text(slowest.time_s / fastest.time_s, estimated=estimated)
    figure.suptitle(
        spaced(
            say(
                "N = {size:,}: {fast} is {ratio} times as fast as {slow}{estimated}",
                "N = {size:,}：{fast}は{slow}の {ratio} 倍の速さ{estimated}",
                size=size,
                fast=label_of(fastest.series.name),
                slow=label_of(slowest.series.name),
                ratio=ratio,
                estimated=say(" (estimated)", "（推定）") if estimated else "",
            )
        ),
        x=0.01,
        ha="left",
        fontsize=11,
    )
    return figure


def ladder_caption() -> str:
    """Say what the figure shows."""
    return say(
        "The ladder. The axis is logarithmic and has no zero, so that the length of a bar is not its time; its end is. "
        "Hatched: computed from a smaller size by the number of steps, since a call would take too long.",
        "各段の実行時間。軸は対数目盛で 0 がないため、棒の長さは時間に比例しない。時間は棒の右端の位置で読む。"
        "斜線の棒は、計算に時間がかかりすぎるため、小さなサイズの時間からステップ数の比で求めた値である。",
    )
