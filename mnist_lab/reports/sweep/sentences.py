"""What a sweep has found, in sentences: the smallest model, and what a reader must know of single points."""

from __future__ import annotations

from mnist_lab.language import say
from mnist_lab.reports.words import TRIAL_ENDS
from mnist_lab.runs.disturbance import times_not_to_be_trusted
from mnist_lab.runs.places import without_places
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import PointResult, SweepResult, best_of, smallest_within


def smallest_sentence(result: SweepResult, within: float) -> str:
    """Return which model is the smallest that holds the accuracy, and the smallest of each other kind.

    Args:
        result: With at least one point.
        within: Percentage points of validation accuracy that a model may stay behind the best.
    """
    (model, first), *rest = smallest_within(result.points, within).items()
    assert first is not None, "the best point is within any distance of itself"
    parts = [
        say(
            "The smallest model within {within:g} points of the best validation accuracy ({best:.1f} %) is {model}, "
            "{name}: {parameters:,} parameters, test accuracy {accuracy:.1f} %",
            "検証精度が最良（{best:.1f} %）から {within:g} ポイント以内で最も小さいモデルは、{model}（{name}）であり、"
            "パラメータ数は {parameters:,}、テスト精度は {accuracy:.1f} % である",
            within=within,
            best=100 * best_of(result.points).val_accuracy,
            model=model,
            name=name_of(first),
            parameters=first.parameters,
            accuracy=100 * first.test_accuracy,
        )
    ]
    for other, entry in rest:
        parts.append(_none_near(result, other) if entry is None else _smallest_other(other, entry, first))
    return say("; ", "。").join(parts) + say(".", "。")


def notes(result: SweepResult) -> list[str]:
    """Return what a reader must know of the figures: points measured again, strange ones, failures, devices, data."""
    said = [_again(entry) for entry in result.points if entry.again or entry.strange]
    for entry in (*result.failed, *(entry for entry in result.points if entry.ended_otherwise)):
        for run in entry.ended_otherwise:
            text = say(
                "{model}, {name}: {status}. {why}",
                "{model}, {name}：{status}。{why}",
                model=entry.model,
                name=name_of(entry),
                status=TRIAL_ENDS.get(run.status, run.status),
                why=without_places(run.message or ""),
            )
            said.append(text.strip())
    shares = {f"{entry.model}, {name_of(entry)}": share for entry in result.points if (share := entry.disturbed)}
    if shares:
        said.append(times_not_to_be_trusted(list(shares), max(shares.values())))
    if len(result.devices) > 1:
        said.append(
            say(
                "The times are of different devices and cannot be compared with one another: {devices}.",
                "学習時間は異なる装置で測ったものであり、互いに比べられない（{devices}）。",
                devices="; ".join(result.devices),
            )
        )
    return said


def name_of(entry: PointResult) -> str:
    """Return a point's values in short, or the name of its base where nothing is varied."""
    return entry.point.label() or entry.point.base


def _none_near(result: SweepResult, model: str) -> str:
    best = best_of([entry for entry in result.points if entry.model == model])
    return say(
        "no {model} comes that near (the best {model} is {name}: {accuracy:.1f} %, {parameters:,} parameters)",
        "{model}でこの範囲に入る点はない（{model}で検証精度が最も高い {name} は {accuracy:.1f} %、"
        "パラメータ数 {parameters:,}）",
        model=model,
        name=name_of(best),
        accuracy=100 * best.val_accuracy,
        parameters=best.parameters,
    )


def _smallest_other(model: str, entry: PointResult, first: PointResult) -> str:
    return say(
        "the smallest {model} is {name}: {parameters:,} parameters ({ratio} times as many), test accuracy "
        "{accuracy:.1f} %",
        "{model}で最も小さいものは {name} であり、パラメータ数は {parameters:,}（{ratio} 倍）、テスト精度は "
        "{accuracy:.1f} % である",
        model=model,
        name=name_of(entry),
        parameters=entry.parameters,
        ratio=significant(entry.parameters / first.parameters) if first.parameters else "–",
        accuracy=100 * entry.test_accuracy,
    )


def _again(entry: PointResult) -> str:
    model, name, now = entry.model, name_of(entry), significant(entry.train_s)
    if not entry.again:
        return say(
            "{model}, {name}: {now} s lies outside what its neighbours say, and was not measured again.",
            "{model}（{name}）の学習時間 {now} s は隣の点から外れているが、測り直していない。",
            model=model,
            name=name,
            now=now,
        )
    text = say(
        "{model}, {name}: measured again, since its time did not fit its neighbours' ({before} s; then {now} s).",
        "{model}（{name}）の学習時間は隣の点と合わないため測り直した（{before} s、測り直して {now} s）。",
        model=model,
        name=name,
        before=significant(entry.first_train_s),
        now=now,
    )
    if not entry.strange:
        return text
    return text + say(" It stays outside what they say.", "それでも隣の点から外れている。")
