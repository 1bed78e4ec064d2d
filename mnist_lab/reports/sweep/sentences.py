"""What a sweep has found, in sentences: the smallest model, and what a reader must know of single points."""

from __future__ import annotations

from mnist_lab.reports.style import Language
from mnist_lab.reports.sweep.sweep_words import words
from mnist_lab.runs.run import without_places
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import PointResult, SweepResult, best_of, smallest_within


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
            f"検証精度が最良（{100 * best:.1f} %）から {within:g} ポイント以内で最も小さいモデルは、{model}（{name_of(first)}）であり、"
            f"パラメータ数は {first.parameters:,}、テスト精度は {100 * first.test_accuracy:.1f} % である。"
        )
        for other, entry in rest:
            text += (
                f"{other}でこの範囲に入る点はない（{other}で検証精度が最も高い {_best_ja(result, other)}）。"
                if entry is None
                else f"{other}で最も小さいものは {name_of(entry)} であり、パラメータ数は {entry.parameters:,}"
                f"（{_times(entry, first)} 倍）、テスト精度は {100 * entry.test_accuracy:.1f} % である。"
            )
        return text
    text = (
        f"The smallest model within {within:g} points of the best validation accuracy ({100 * best:.1f} %) is {model}, "
        f"{name_of(first)}: {first.parameters:,} parameters, test accuracy {100 * first.test_accuracy:.1f} %"
    )
    for other, entry in rest:
        text += (
            f"; no {other} comes that near (the best {other} is {_best_en(result, other)})"
            if entry is None
            else f"; the smallest {other} is {name_of(entry)}: {entry.parameters:,} parameters "
            f"({_times(entry, first)} times as many), test accuracy {100 * entry.test_accuracy:.1f} %"
        )
    return text + "."


def notes(result: SweepResult, language: Language) -> list[str]:
    """Return what a reader must know of the figures: points measured again, strange ones, failures, devices, data."""
    japanese = language == "ja"
    measured_again = [entry for entry in result.points if entry.again or entry.strange]
    said = [_again_ja(entry) if japanese else _again_en(entry) for entry in measured_again]
    for entry in (*result.failed, *(entry for entry in result.points if entry.ended_otherwise)):
        for run in entry.ended_otherwise:
            status = words(language).statuses.get(run.status, run.status)
            why = without_places(run.message or "")
            name = f"{entry.model}, {name_of(entry)}"
            text = f"{name}：{status}。{why}" if japanese else f"{name}: {status}. {why}"
            said.append(text.strip())
    if len(result.devices) > 1:
        devices = "; ".join(result.devices)
        said.append(
            f"学習時間は異なる装置で測ったものであり、互いに比べられない（{devices}）。"
            if japanese
            else f"The times are of different devices and cannot be compared with one another: {devices}."
        )
    return said


def name_of(entry: PointResult) -> str:
    """Return a point's values in short, or the name of its base where nothing is varied."""
    return entry.point.label() or entry.point.base


def _best_en(result: SweepResult, model: str) -> str:
    best = best_of([entry for entry in result.points if entry.model == model])
    return f"{name_of(best)}: {100 * best.val_accuracy:.1f} %, {best.parameters:,} parameters"


def _best_ja(result: SweepResult, model: str) -> str:
    best = best_of([entry for entry in result.points if entry.model == model])
    return f"{name_of(best)} は {100 * best.val_accuracy:.1f} %、パラメータ数 {best.parameters:,}"


def _times(entry: PointResult, first: PointResult) -> str:
    return significant(entry.parameters / first.parameters) if first.parameters else "–"


def _again_en(entry: PointResult) -> str:
    name, now = f"{entry.model}, {name_of(entry)}", significant(entry.train_s)
    if not entry.again:
        return f"{name}: {now} s lies outside what its neighbours say, and was not measured again."
    text = f"{name}: measured again, since its time did not fit its neighbours' ({significant(entry.first_train_s)} s; "
    return f"{text}then {now} s)." + (" It stays outside what they say." if entry.strange else "")


def _again_ja(entry: PointResult) -> str:
    name, now = f"{entry.model}（{name_of(entry)}）", significant(entry.train_s)
    if not entry.again:
        return f"{name}の学習時間 {now} s は隣の点から外れているが、測り直していない。"
    text = f"{name}の学習時間は隣の点と合わないため測り直した（{significant(entry.first_train_s)} s、測り直して {now} s）。"
    return text + ("それでも隣の点から外れている。" if entry.strange else "")
