"""What a sweep has found, in sentences."""

from __future__ import annotations

from mnist_lab.reports.style import Language
from mnist_lab.sweeps.result import PointResult, SweepResult, best_of, smallest_within
from mnist_lab.sweeps.words import words


def smallest_sentence(result: SweepResult, within: float, language: Language) -> str:
    """Return which model is the smallest that holds the accuracy, and the smallest of each other kind.

    Args:
        result: With at least one point.
        within: Percentage points of validation accuracy that a model may stay behind the best.
        language: English, or Japanese in the plain written style.
    """
    best = best_of(result.points).val_accuracy
    found = smallest_within(result.points, within)
    (model, first), *rest = found.items()
    assert first is not None, "the best point is within any distance of itself"
    if language == "ja":
        text = (
            f"検証精度が最良({best:.1%})から{within:g}ポイント以内で最も小さいモデルは、{model}、"
            f"{_point(first)}であり、パラメータ数は{first.parameters:,}、テスト精度は{first.test_accuracy:.1%}である。"
        )
        for other, entry in rest:
            text += (
                f"{other}でこの範囲に入る点はない。"
                if entry is None
                else f"{other}で最も小さいものは{_point(entry)}であり、パラメータ数は{entry.parameters:,}"
                f"({entry.parameters / first.parameters:.1f}倍)、テスト精度は{entry.test_accuracy:.1%}である。"
            )
        return text
    text = (
        f"The smallest model within {within:g} points of the best validation accuracy ({100 * best:.1f} %) is {model}, "
        f"{_point(first)}: {first.parameters:,} parameters, test accuracy {100 * first.test_accuracy:.1f} %"
    )
    for other, entry in rest:
        text += (
            f"; no {other} comes that near"
            if entry is None
            else f"; the smallest {other} is {_point(entry)}: {entry.parameters:,} parameters "
            f"({entry.parameters / first.parameters:.1f} times as many), "
            f"test accuracy {100 * entry.test_accuracy:.1f} %"
        )
    return text + "."


def notes(result: SweepResult, language: Language) -> list[str]:
    """Return what a reader must know of the figures: points measured again, strange ones, failures, devices."""
    japanese = language == "ja"
    said: list[str] = []
    for entry in result.points:
        name = f"{entry.model}, {_point(entry)}"
        if entry.again or entry.strange:
            said.append(_again_ja(name, entry) if japanese else _again_en(name, entry))
    for entry in (*result.failed, *(entry for entry in result.points if entry.ended_otherwise)):
        for run in entry.ended_otherwise:
            name = f"{entry.model}, {_point(entry)}"
            status = words(language).statuses.get(run.status, run.status)
            said.append(f"{name}: {status}{'。' if japanese else '. '}{run.message or ''}".strip())
    if len(result.devices) > 1:
        devices = "; ".join(result.devices)
        said.append(
            f"学習時間は異なる装置で測ったものであり、互いに比べられない: {devices}。"
            if japanese
            else f"The times are of different devices and cannot be compared with one another: {devices}."
        )
    return said


def _again_en(name: str, entry: PointResult) -> str:
    if not entry.again:
        return f"{name}: {entry.train_s:.3g} s lies outside what its neighbours say, and was not measured again."
    text = f"{name}: measured again, since its time did not fit its neighbours' ({entry.first_train_s:.3g} s; then "
    text += f"{entry.train_s:.3g} s)."
    return text + (" It stays outside what they say." if entry.strange else "")


def _again_ja(name: str, entry: PointResult) -> str:
    if not entry.again:
        return f"{name}: 学習時間 {entry.train_s:.3g} s は隣の点から外れているが、測り直していない。"
    text = f"{name}: 学習時間が隣の点と合わないため測り直した({entry.first_train_s:.3g} s → {entry.train_s:.3g} s)。"
    return text + ("それでも隣の点から外れている。" if entry.strange else "")


def _point(entry: PointResult) -> str:
    return entry.point.label() or entry.point.base
