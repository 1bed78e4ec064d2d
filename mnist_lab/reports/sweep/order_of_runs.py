"""In which order a sweep's runs were made, and what that means for times that slowly drift."""

from __future__ import annotations

from mnist_lab.language import paragraph, say
from mnist_lab.reports.sweep.slow_times import slow_times_looked_for
from mnist_lab.sweeps.result import SweepResult


def order_of_runs(result: SweepResult) -> str:
    """Return whether a slow change of the machine can pass for the effect of a setting.

    Args:
        result: With at least one point.
    """
    if not took_turns(result):
        return say(
            "The points were trained one after another. What slowly changes meanwhile, such as the processor's clock "
            "or its temperature, may have lengthened or shortened the times of single points, and cannot be told from "
            "the effect of their settings.",
            "各設定は順に学習させた。その間に生じるゆるやかな変化（プロセッサの動作周波数や温度など）が、一部の設定の"
            "学習時間を長く、または短くした可能性があり、設定の違いによる影響とは区別できない。",
        )
    turns = say(
        "All points were trained once before any was trained again. What slowly changes meanwhile, such as the "
        "processor's clock or its temperature, thus falls on some repeats of many points, not on all of one, and is "
        "part of their spread; where it falls on more than half of a point's repeats, it is part of the median, too.",
        "すべての設定を 1 回ずつ学習させてから、次の回に進んだ。そのため、その間に生じるゆるやかな変化（プロセッサの"
        "動作周波数や温度など）は、1 つの設定のすべての繰り返しではなく、多くの設定の一部の繰り返しに及び、ばらつきに"
        "含まれる。ある設定の繰り返しの半数を超えて及べば、その中央値も変わる。",
    )
    afterwards = say(
        "Times that were measured again were measured after all others.",
        "測り直した学習時間は、ほかのすべての学習が終わった後に測った。",
    )
    again = [afterwards] if any(entry.again for entry in result.points) else []
    return paragraph([turns, *slow_times_looked_for(result), *again])


def took_turns(result: SweepResult) -> bool:
    """Return whether each point was trained as often as the others before it was trained once more."""
    records = [run.record for entry in result.points for run in entry.runs]
    if min(len(entry.runs) for entry in result.points) == 1:
        return False
    rounds = sorted((record["started"], record["sweep"]["repeat"]) for record in records if record and record["sweep"])
    repeats = [repeat for _, repeat in rounds]
    return len(repeats) == len(records) and repeats == sorted(repeats)
