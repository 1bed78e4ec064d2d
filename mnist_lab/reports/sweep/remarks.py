"""What a reader must know of single points: failures, points that hardly learned, times measured again or disturbed."""

from __future__ import annotations

from mnist_lab.language import say
from mnist_lab.reports.result_text import hardly_learned_sentence
from mnist_lab.reports.setting_names import point_label
from mnist_lab.reports.words import end_of, reason_of
from mnist_lab.runs.chance import chance_of, hardly_learned
from mnist_lab.runs.disturbance import times_not_to_be_trusted
from mnist_lab.runs.record import record_from
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import PointResult, SweepResult, best_of


def warnings(result: SweepResult) -> list[str]:
    """Return what stands first in a report: points that failed or hardly learned, times that cannot be compared."""
    return [*_failures(result), *_not_learned(result), *_trained_again(result), *_times(result)]


def measured_again(result: SweepResult) -> list[str]:
    """Return the points whose time did not fit their neighbours', and what came of measuring it again."""
    return [_again(entry) for entry in result.points if entry.again or entry.strange]


def learned(result: SweepResult) -> SweepResult:
    """Return the result without the points that hardly learned: nothing is to be said of their differences."""
    return SweepResult(tuple(entry for entry in result.points if not _is_lost(entry, result)), result.failed)


def _failures(result: SweepResult) -> list[str]:
    return [
        say(
            "{name}: {status}.{why}",
            "{name} の学習は最後まで終わらなかったため、平均に含めていない（終了状態：{status}{why}）。",
            name=point_label(entry),
            status=end_of(run.status),
            why=_why(run.message),
        )
        for entry in (*result.failed, *(entry for entry in result.points if entry.ended_otherwise))
        for run in entry.ended_otherwise
    ]


def _why(message: str | None) -> str:
    return say(" {why}.", "。理由：{why}", why=reason_of(message)) if message else ""


def _not_learned(result: SweepResult) -> list[str]:
    return [
        hardly_learned_sentence(point_label(entry), entry.val_accuracy, chance, of_validation=True)
        for entry in result.points
        if _is_lost(entry, result) and (chance := _chance(entry)) is not None
    ]


def _is_lost(entry: PointResult, result: SweepResult) -> bool:
    return hardly_learned(entry.val_accuracy, best_of(result.points).val_accuracy, _chance(entry))


def _chance(entry: PointResult) -> float | None:
    record = next((run.record for run in entry.runs if run.record), None)
    return None if record is None else chance_of(record_from(record))


def _trained_again(result: SweepResult) -> list[str]:
    """Say how many runs do not count since other programs disturbed them; nothing where there are none."""
    entries = (*result.points, *result.failed)
    rejected = [run for entry in entries for run in entry.rejected]
    shares = [run.disturbed for run in rejected if run.disturbed is not None]
    if not shares:
        return []
    return [
        say(
            "Runs that do not count and were trained once more, since other programs took up to {share:.0f} % of the "
            "processor meanwhile: {count}.",
            "学習中にほかのプログラムがプロセッサの最大 {share:.0f} % を使った実行 {count} 回は結果に含めず、"
            "学習をやり直した。",
            share=100 * max(shares),
            count=len(rejected),
        )
    ]


def _times(result: SweepResult) -> list[str]:
    said = []
    shares = {point_label(entry): share for entry in result.points if (share := entry.disturbed)}
    if shares:
        said.append(
            times_not_to_be_trusted(list(shares), max(shares.values()), everything=len(shares) == len(result.points))
        )
    if len(result.devices) > 1:
        said.append(
            say(
                "The times are of different devices and cannot be compared with one another: {devices}.",
                "学習時間は異なる計算機で測ったものであり、互いに比べられない（{devices}）。",
                devices=say("; ", "、").join(result.devices),
            )
        )
    return said


def _again(entry: PointResult) -> str:
    name, now = point_label(entry), significant(entry.train_s)
    if not entry.again:
        return say(
            "{name}: {now} s lies outside what its neighbours say, and was not measured again.",
            "{name} の学習時間 {now} s は前後の設定から予想される値と大きく異なるが、測り直していない。",
            name=name,
            now=now,
        )
    text = say(
        "{name}: measured again, since its time did not fit its neighbours' ({before} s; then {now} s).",
        "{name} の学習時間は、前後の設定から予想される値と大きく異なるため測り直した（{before} s、"
        "測り直して {now} s）。",
        name=name,
        before=significant(entry.first_train_s),
        now=now,
    )
    if not entry.strange:
        return text
    return text + say(" It stays outside what they say.", "測り直した値も、予想される値と大きく異なる。")
