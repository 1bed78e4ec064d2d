"""Times that were measured again beside others that were not: each comparison is given with the first times, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mnist_lab.language import say
from mnist_lab.sweeps.result import PointResult

DAGGER = "†"
"""Stands behind a time that was measured again."""


def as_first_measured(entries: Sequence[PointResult]) -> list[PointResult]:
    """Return the points with the times that they had before any was measured again."""
    return [replace(entry, again=()) for entry in entries]


def of_unlike_conditions(entries: Sequence[PointResult]) -> bool:
    """Return whether some of the times were measured again and others were not."""
    return len({bool(entry.again) for entry in entries}) > 1


def change_by_measuring_again(entries: Sequence[PointResult]) -> float | None:
    """Return the largest factor by which measuring again has changed a time; None where none is known.

    Of a time that other programs disturbed, first or later, it would say nothing.
    """
    pairs = [(entry, *as_first_measured([entry])) for entry in entries if entry.again]
    times_s = [(now.train_s, first.train_s) for now, first in pairs if not now.disturbed and not first.disturbed]
    return max((max(both) / min(both) for both in times_s if min(both)), default=None)


def at_first(shown: str, before: str, compared: Sequence[Sequence[PointResult]]) -> str:
    """Return what the first times come to, as part of a sentence; empty where times of like conditions are compared.

    Args:
        shown: What is said by the times that count.
        before: The same by the first times.
        compared: The points that are compared with one another, once for each comparison.
    """
    first = as_first_measured([entry for entries in compared for entry in entries])
    if not any(map(of_unlike_conditions, compared)) or any(entry.disturbed for entry in first):
        return ""
    if before == shown:
        return say("the same by the times before any was measured again", "測り直す前の値でも同じ")
    return say("{before} by the times before any was measured again", "測り直す前の値では {before}", before=before)


def in_brackets(text: str) -> str:
    """Return a text in brackets; nothing where there is none."""
    return say(" ({text})", "（{text}）", text=text) if text else ""


def what_daggers_are(entries: Sequence[PointResult]) -> list[str]:
    """Return what the daggers are, for the caption of a table or figure; nothing where there are none."""
    if not any(entry.again for entry in entries):
        return []
    return [
        say(
            "{dagger}: measured again; the time before stands among the runs.",
            "{dagger} は測り直した学習時間であり、測り直す前の値は「実行の一覧」に示す。",
            dagger=DAGGER,
        )
    ]
