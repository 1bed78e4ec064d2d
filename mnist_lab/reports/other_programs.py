"""What is known of what else the machine was doing while runs trained."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.runs.spread import significant


def other_programs(shares: Sequence[float | None], *, where: str, repeated: bool, some_left_out: bool = False) -> str:
    """Return the largest share of the processor that other programs took, and that the rest is not known.

    Args:
        shares: Of each run, the largest of its epochs, 0 to 1; None where none was recorded.
        where: File that has the shares.
        repeated: Settings were trained repeatedly, so that what disturbs a time shows in its spread.
        some_left_out: The shares are those of the runs that count; others were disturbed and trained once more.
    """
    known = [share for share in shares if share is not None]
    effect = (
        say(
            "what of it changes from run to run is part of the spread, what lasts through the whole measurement is not",
            "実行ごとに変わる影響はばらつきに含まれるが、測定の間ずっと続く影響は含まれない",
        )
        if repeated
        else say("its effect is part of the times", "その影響は学習時間に含まれる")
    )
    if not known:
        return say(
            "What else the machine was doing during the runs was not recorded; {effect}.",
            "実行中に計算機がほかに何をしていたかは記録されておらず、{effect}。",
            effect=effect,
        )
    of_which = say(
        " in the {known} of {all} runs of which it was recorded",
        "{all} 回の実行のうち記録のある {known} 回では",
        known=len(known),
        all=len(shares),
    )
    return say(
        "While a run {which}trained, other programs took at most {most} % of the processor in an epoch{of_which} "
        "({where}). What else the machine was doing was not recorded; {effect}.",
        "{which}学習中にほかのプログラムがプロセッサを使った割合は、{of_which}最も多いエポックで {most} % であった"
        "（{where}）。それ以外に計算機が何をしていたかは記録されておらず、{effect}。",
        which=say("that counts ", "結果に含めた実行では、") if some_left_out else "",
        most=significant(100 * max(known), 2) if max(known) else "0",
        of_which="" if len(known) == len(shares) else of_which,
        where=where,
        effect=effect,
    )
