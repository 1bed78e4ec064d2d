"""What a reader must know of single points: failures, points that hardly learned, times measured again or disturbed."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import listed, say
from mnist_lab.reports.result_text import hardly_learned_sentence
from mnist_lab.reports.setting_names import point_label
from mnist_lab.reports.sweep.expected_times import how_expected
from mnist_lab.reports.words import end_of, reason_of
from mnist_lab.runs.chance import chance_of, hardly_learned
from mnist_lab.runs.disturbance import times_not_to_be_trusted, trusted_up_to
from mnist_lab.runs.record import record_from
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.outliers import TOLERANCE, AtFirst, Expected, at_first
from mnist_lab.sweeps.result import PointResult, SweepResult


def warnings(result: SweepResult) -> list[str]:
    """Return what stands first in a report: points that failed or hardly learned, times that cannot be compared."""
    return [*_failures(result), *_not_learned(result), *_times(result)]


def measured_again(result: SweepResult) -> list[str]:
    """Return the points whose time did not fit their neighbours', and what came of measuring it again."""
    found = [_not_again(entry) for entry in result.points if entry.strange and not entry.again]
    known = at_first(result.points)
    again = [(entry, known.get(entry.point.key, AtFirst())) for entry in result.points if entry.again]
    shown: list[tuple[PointResult, Expected]] = []
    for strange in (False, True):
        ranges = [(entry, at.expected) for entry, at in again if at.expected and entry.strange == strange]
        others = [entry for entry, at in again if not at.expected and not at.odd and entry.strange == strange]
        found += [_again([entry for entry, _ in ranges], [one for _, one in ranges], strange=strange)] if ranges else []
        found += [_again(others, [], strange=strange)] if others else []
        shown += ranges
    found += [_beside_an_odd_one(entry, at.odd) for entry, at in again if not at.expected and at.odd]
    return [*found, *how_expected(shown), *_others_fit(result)]


def _others_fit(result: SweepResult) -> list[str]:
    """Say that no other time was as far outside, where some were measured again."""
    others = sum(not entry.again for entry in result.points)
    if others == len(result.points) or not others or any(entry.strange and not entry.again for entry in result.points):
        return []
    return [
        say(
            "Of the other points ({others}), no time was that far outside.",
            "ほかの {others} 通りの設定に、これほど外れた学習時間はなかった。",
            others=others,
        )
    ]


def learned(result: SweepResult) -> SweepResult:
    """Return the result without the points that hardly learned: nothing is to be said of their differences."""
    best = _highest(result)
    return SweepResult(tuple(entry for entry in result.points if not _is_lost(entry, best)), result.failed)


def _failures(result: SweepResult) -> list[str]:
    return [
        say(
            "{name} was not trained to its end and is not part of the means ({status}{why}).",
            "{name} の学習は最後まで終わらなかったため、平均に含めていない（終了状態：{status}{why}）。",
            name=point_label(entry),
            status=end_of(run.status),
            why=_why(run.message),
        )
        for entry in (*result.failed, *(entry for entry in result.points if entry.ended_otherwise))
        for run in entry.ended_otherwise
    ]


def _why(message: str | None) -> str:
    return say(": {why}", "。理由：{why}", why=reason_of(message)) if message else ""


def _not_learned(result: SweepResult) -> list[str]:
    best = _highest(result)
    return [
        hardly_learned_sentence(point_label(entry), entry.val_accuracy, chance, of_validation=True)
        for entry in result.points
        if _is_lost(entry, best) and (chance := _chance(entry)) is not None
    ]


def _highest(result: SweepResult) -> float:
    return max((entry.val_accuracy for entry in result.points), default=0.0)


def _is_lost(entry: PointResult, best: float) -> bool:
    return hardly_learned(entry.val_accuracy, best, _chance(entry))


def _chance(entry: PointResult) -> float | None:
    record = next((run.record for run in entry.runs if run.record), None)
    return None if record is None else chance_of(record_from(record))


def trained_again(result: SweepResult) -> list[str]:
    """Return how many runs do not count since other programs disturbed them; nothing where there are none."""
    rejected = _rejected(result)
    if not rejected:
        return []
    return [
        say(
            "Since other programs took more than {from_which:g} % of the processor in an epoch (up to {share} %), "
            "some runs ({count}) do not count and were trained once more.",
            "ほかのプログラムがプロセッサの {from_which:g} % を超えて使ったエポックのある実行 {count} 回（最大 "
            "{share} %）は結果に含めず、学習をやり直した。",
            share=significant(100 * max(rejected)),
            count=len(rejected),
            from_which=_most_percent(result),
        )
    ]


def what_is_trained_again(result: SweepResult) -> list[str]:
    """Return the rule by which runs were trained once more; nothing where none was."""
    if not _rejected(result):
        return []
    return [
        say(
            "That a run does not count and is trained once more where other programs took more than {from_which:g} % "
            "of the processor in one of its epochs was set beforehand.",
            "ほかのプログラムがプロセッサの {from_which:g} % を超えて使ったエポックのある実行を結果に含めず、"
            "学習をやり直すことは、測定の前に定めた。",
            from_which=_most_percent(result),
        )
    ]


def _rejected(result: SweepResult) -> list[float]:
    """Return the largest share of the processor that other programs took, of each run that was trained once more."""
    entries = (*result.points, *result.failed)
    return [run.disturbed for entry in entries for run in entry.rejected if run.disturbed is not None]


def _most_percent(result: SweepResult) -> float:
    """Return what other programs may take of the processor."""
    records = [run.record for entry in (*result.points, *result.failed) for run in entry.runs if run.record]
    return 100 * trusted_up_to(records[0]["device"] if records else {"type": "cpu"})


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


def _not_again(entry: PointResult) -> str:
    return say(
        "{name}: {now} s lies outside what its neighbours say, and was not measured again.",
        "{name} の学習時間 {now} s は前後の設定から予想される値と大きく異なるが、測り直していない。",
        name=point_label(entry),
        now=significant(entry.train_s),
    )


def _again(entries: Sequence[PointResult], ranges: Sequence[Expected], *, strange: bool) -> str:
    """Say of points whose times were measured again what was expected, what the times were before and are now.

    Args:
        entries: The points.
        ranges: What was expected of each; empty where that is not known.
        strange: Whether the times measured again are as far outside.
    """
    return say(
        "The training time of {names} was more than {factor:g} times outside what the neighbours say{expected}, so it "
        "was measured again. Before it was {before}, now it is {now}; {verdict}.",
        "{names} の学習時間は、前後の設定から予想される値{expected}の {factor:g} 倍を超えて外れたため測り直した。"
        "測り直す前は {before}、測り直した値は {now} である。{verdict}。",
        names=listed([point_label(entry) for entry in entries], ja="と"),
        factor=TOLERANCE,
        expected=_ranges(ranges),
        before=_in_turn([f"{significant(entry.first_train_s)} s" for entry in entries]),
        now=_in_turn([f"{significant(entry.train_s)} s" for entry in entries]),
        verdict=say("it is still that far outside what they say", "測り直した値も、予想される値と大きく異なる")
        if strange
        else say(
            "it is within {factor:g} times what they say{farthest}",
            "測り直した値は、予想される値の {factor:g} 倍以内に収まっている{farthest}",
            factor=TOLERANCE,
            farthest=_farthest(entries, ranges),
        ),
    )


def _farthest(entries: Sequence[PointResult], ranges: Sequence[Expected]) -> str:
    """Return how far outside the farthest time now is; empty where all are inside, or nothing is expected."""
    pairs = zip(entries, ranges, strict=True) if ranges else ()
    factor = max((max(entry.train_s / one.high_s, one.low_s / entry.train_s) for entry, one in pairs), default=0.0)
    if not 1 < factor <= TOLERANCE:
        return ""
    of_several = say("at most ", "最も外れた値で ") if len(entries) > 1 else ""
    return say(" ({which}{factor} times)", "（{which}{factor} 倍）", which=of_several, factor=significant(factor))


def _beside_an_odd_one(entry: PointResult, odd: Sequence[PointResult]) -> str:
    """Say of a point that was measured again that a neighbour's time was the wrong one, so that nothing is expected."""
    each = [
        say("{name} ({s} s)", "{name} の学習時間 {s} s", name=point_label(one), s=significant(one.first_train_s))
        for one in odd
    ]
    return say(
        "The training time of {name} was measured again too, since it did not fit that of its neighbour {odd}. Before "
        "it was {before} s, now it is {now} s. What does not fit the others is that time of the neighbour, so that "
        "nothing is expected by it.",
        "{name} の学習時間も、隣の {odd} と合わなかったため測り直した。測り直す前は {before} s、測り直した値は {now} s "
        "である。ほかの設定と合わないのは隣の設定のこの値であるため、これによる予想は示さない。",
        name=point_label(entry),
        odd=listed(each, ja="と"),
        before=significant(entry.first_train_s),
        now=significant(entry.train_s),
    )


def _in_turn(values: Sequence[str]) -> str:
    """List one value for each point: of several, that they belong to them in turn."""
    if len(values) == 1:
        return values[0]
    return say("{values}, respectively", "それぞれ {values}", values=listed(values, ja="と"))


def _ranges(ranges: Sequence[Expected]) -> str:
    if not ranges:
        return ""
    texts = [
        say("{low} s to {high} s", "{low} s から {high} s", low=significant(one.low_s), high=significant(one.high_s))
        for one in ranges
    ]
    return say(" ({ranges})", "（{ranges}）", ranges=_in_turn(texts))
