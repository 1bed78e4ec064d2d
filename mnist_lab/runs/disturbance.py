"""Runs whose times other programs had a part in, and how that is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mnist_lab.language import first_of, listed, say
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run import Run

DISTURBED = 0.05
"""Share of the processor from which on an epoch's time is not trusted.

An idle desktop's services take 1 to 2 %, and the system's ticks can be 4 % of the shortest epoch that is measured. One
program that is busy all the time takes more up to 16 cores (1/16 = 6 %).
"""
DISTURBED_ON_GPU = 0.5
"""The same of a training on a GPU, for which the processor only starts the work.

Others there are nobody's loss until they leave no core for that: beside programs that took 88 to 98 % of 16 cores, and
used the GPU as well, epochs of one training on an NVIDIA H200 took 0.13 to 0.81 s.
"""
_MOST_NAMED = 4


def disturbed_shares(record: RunRecord) -> list[float]:
    """Return the share of the processor that other programs took in each epoch that they disturbed."""
    from_which = trusted_up_to(record.device)
    return [share for epoch in record.epochs if (share := epoch.others_cpu) is not None and share > from_which]


def trusted_up_to(device: Mapping[str, Any]) -> float:
    """Return the share of the processor that other programs may take, of a record's device."""
    return DISTURBED if device.get("type") == "cpu" else DISTURBED_ON_GPU


def largest_share_of_others(record: RunRecord) -> float | None:
    """Return the largest share of the processor that other programs took in an epoch; None where none is known."""
    return max((epoch.others_cpu for epoch in record.epochs if epoch.others_cpu is not None), default=None)


def disturbance(record: RunRecord) -> str | None:
    """Return what is to be said of a run whose times are not to be trusted; None of any other."""
    shares = disturbed_shares(record)
    if not shares:
        return None
    return say(
        "other programs took up to {share:.0f} % of the processor in {count} of {epochs} epochs; the times are not to "
        "be trusted",
        "{epochs} エポック中 {count} エポックで、ほかのプログラムがプロセッサの最大 {share:.0f} % を使っていました。"
        "学習時間は信頼できません",
        share=100 * max(shares),
        count=len(shares),
        epochs=len(record.epochs),
    )


def disturbed_runs(runs: Sequence[Run]) -> str | None:
    """Return the sentence of a report that says which runs' times are not to be trusted; None where all are."""
    found = {run.name: shares for run in runs if (shares := disturbed_shares(run.record))}
    if not found:
        return None
    share = max(max(shares) for shares in found.values())
    return times_not_to_be_trusted(list(found), share, everything=len(found) == len(runs))


def times_not_to_be_trusted(names: Sequence[str], share: float, *, everything: bool) -> str:
    """Return that sentence.

    Args:
        names: What was disturbed.
        share: The largest that other programs took.
        everything: Nothing was left undisturbed.
    """
    if everything and len(names) > 1:
        return say(
            "None of the times is to be trusted: other programs took up to {share:.0f} % of the processor meanwhile.",
            "学習時間はすべて信頼できない。学習中に、ほかのプログラムがプロセッサの最大 {share:.0f} % を使っていた。",
            share=100 * share,
        )
    return say(
        "The times of {names} are not to be trusted: other programs took up to {share:.0f} % of the processor "
        "meanwhile.",
        "{names} の学習時間は信頼できない。その学習中に、ほかのプログラムがプロセッサの最大 {share:.0f} % を"
        "使っていた。",
        names=listed(first_of(names, _MOST_NAMED, ja="件")),
        share=100 * share,
    )
