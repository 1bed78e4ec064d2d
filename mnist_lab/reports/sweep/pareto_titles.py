"""Titles of the Pareto figure's panels: which model is the smallest, and how accurate each model becomes."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import listed, say
from mnist_lab.reports.sweep.figure_titles import MOST_MODELS
from mnist_lab.reports.title_width import fitting
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import PointResult, SweepResult, best_of
from mnist_lab.sweeps.shown_digits import accuracy_decimals


def size_title(smallest: Sequence[PointResult], margin: str) -> str:
    """Return the title over the sizes.

    Args:
        smallest: The smallest point within the margin of the highest accuracy, of each model that has one.
        margin: In words.
    """
    neutral = say("Accuracy by size", "パラメータ数と精度")
    if not 0 < len(smallest) <= MOST_MODELS:
        return fitting(neutral)
    counts = [(entry.model, f"{entry.parameters:,}") for entry in smallest]
    if len(counts) == 1:
        return fitting(
            say(
                "Smallest within {margin} of the best: {model}, {count} parameters",
                "最高の検証精度との差が{margin}以内で最小：{model}、{count} 個",
                margin=margin,
                model=counts[0][0],
                count=counts[0][1],
            ),
            neutral,
        )
    each = [say("{model} {count}", "{model} は {count} 個", model=model, count=count) for model, count in counts]
    return fitting(
        say(
            "Smallest within {margin} of the best: {each} parameters",
            "最高の検証精度との差が{margin}以内で最小：{each}",
            margin=margin,
            each=listed(each, en=", "),
        ),
        neutral,
    )


def times_title(result: SweepResult) -> str:
    """Return the title over the training times; without numbers where some are not to be trusted."""
    neutral = say("Accuracy by training time", "学習時間と精度")
    if len(result.models) > MOST_MODELS or any(entry.disturbed for entry in result.points):
        return fitting(neutral)
    return fitting(_highest(result, times=True), _highest(result, times=False), neutral)


def _highest(result: SweepResult, *, times: bool) -> str:
    decimals = accuracy_decimals(result.points)
    each = []
    for model in result.models:
        best = best_of(result.of_model(model))
        time_s = significant(best.train_s)
        each.append(
            say(
                "{model} {percent} %{time}",
                "{model} は {percent} %{time}",
                model=model,
                percent=f"{100 * best.val_accuracy:.{decimals}f}",
                time=say(" in {time_s} s", "（{time_s} s）", time_s=time_s) if times else "",
            )
        )
    repeated = any(len(entry.runs) > 1 for entry in result.points)
    return say(
        "Highest {mean}validation accuracy: {each}",
        "{mean}検証精度の最高：{each}",
        mean=say("mean ", "平均") if repeated else "",
        each=listed(each, en=", "),
    )
