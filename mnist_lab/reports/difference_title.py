"""The title over time and accuracy of two groups: by how much both differ, where both tests bear it out."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.runs.disturbance import disturbed_shares
from mnist_lab.runs.groups import Group
from mnist_lab.runs.spread import Spread, mean_text, ratio_text, spreads_by_factors


def difference_title(groups: Sequence[Group], comparisons: Sequence[Comparison]) -> str:
    """Return how the slower group differs from the faster one; empty where that is not borne out.

    The times of whole runs are shown and the times per epoch were tested: their ratios are the same where all runs
    had as many epochs.
    """
    by_quantity = {entry.quantity: entry for entry in comparisons if entry.test.is_larger_than_noise}
    if len(groups) != 2 or len(by_quantity) != 2:
        return ""
    runs = [run for group in groups for run in group.completed]
    if len({run.epochs for run in runs}) > 1 or any(disturbed_shares(run.record) for run in runs):
        return ""
    fast, slow, ratio = by_quantity["time"].faster
    change = by_quantity["accuracy"].change  # the second group's minus the first's
    higher = change.mean if slow is by_quantity["accuracy"].second else -change.mean
    if spreads_by_factors(ratio):
        return ""
    return say(
        "{slow} against {fast}: training time {ratio} times, test accuracy {points} points {how}",
        "{slow} は {fast} に比べて、学習時間が {ratio} 倍で、テスト精度は {points} ポイント{how}",
        slow=slow.label,
        fast=fast.label,
        ratio=ratio_text(ratio).partition(" ±")[0],
        points=mean_text(Spread(abs(change.mean), change.sd, change.n), decimals=2),
        how=say("higher", "高い") if higher > 0 else say("lower", "低い"),
    )
