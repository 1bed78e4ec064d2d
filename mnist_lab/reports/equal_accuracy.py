"""How long groups trained until they reached the same accuracy: of their means, and run by run."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import listed, say
from mnist_lab.reports.comparison_text import test_text, why_nothing_is_said
from mnist_lab.reports.curves import Reached, curve_of, first_epoch_of
from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.epoch_ends import between_ends, ratio_known
from mnist_lab.reports.group_comparison import Comparison, compare_reached
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.reference_accuracy import compared_marks, reference_text
from mnist_lab.reports.several_comparisons import MOST_TOLD
from mnist_lab.reports.words import word
from mnist_lab.runs.groups import Group
from mnist_lab.runs.run import Run
from mnist_lab.runs.spread import ratio_text, significant, text_of

_MOST_SEEDS = 5
"""Of more runs than this, as many are counted as reached the accuracy in an epoch."""


def equal_accuracy(groups: Sequence[Group], comparisons: Sequence[Comparison]) -> list[str]:
    """Return when each group reached the accuracy that all reached; nothing where times may not be compared.

    What is tested is each run's own time, and only where every run reached the accuracy.

    Args:
        groups: All of them.
        comparisons: With the first group.
    """
    mark, reached = compared_marks(groups, comparisons)
    if mark is None:
        return []
    if len(reached) > MOST_TOLD:
        return [_first_and_last(mark, reached)]
    tested = compare_reached(mark, groups)
    known = {comparison.second.label for comparison in tested}
    untested = [entry for entry in reached[1:] if entry.group.label not in known]
    return [
        _reached(mark, reached),
        *_untested(reached[0], untested),
        _within_epochs(reached),
        *(ratio_known(reached[0], other) for other in reached[1:]),
        *_run_by_run(mark, reached),
        *_tested_in_turn(tested),
    ]


def reached_table(groups: Sequence[Group], comparisons: Sequence[Comparison]) -> list[TableBlock]:
    """Return when each group's mean first reached the accuracy that all reached; none where that is not said.

    Args:
        groups: All of them.
        comparisons: With the first group.
    """
    mark, reached = compared_marks(groups, comparisons)
    if mark is None:
        return []
    rows = [
        [
            entry.group.label,
            str(entry.epoch),
            text_of(entry.train_s),
            text_of(entry.accuracy_percent, decimals=2),
        ]
        for entry in reached
    ]
    caption = say(
        "The first epoch in which the mean validation accuracy over the runs reached {reference}. Training time until "
        "the end of that epoch and validation accuracy then: mean ± standard deviation over all runs, those included "
        "that had not reached it by then.",
        "すべての実行で平均した検証精度が{reference}に初めて達したエポック。学習時間はそのエポックの終わりまでの時間、"
        "検証精度はその時点の値であり、どちらも平均 ± 標準偏差である。平均には、その時点で達していない実行も含む。",
        reference=reference_text(mark),
    )
    headings = [word(name) for name in ("configuration", "epoch", "train_s", "val_accuracy")]
    return [TableBlock(caption, headings, rows, (1, 2, 3), "reached")]


def _reached(mark_percent: float, reached: Sequence[Reached]) -> str:
    parts = [
        say(
            "{label} in epoch {epoch}, after {train_s} s of training",
            "{label} が第 {epoch} エポック（学習時間 {train_s} s）",
            label=entry.group.label,
            epoch=entry.epoch,
            train_s=text_of(entry.train_s),
        )
        for entry in reached
    ]
    return say(
        "On the thick lines of {figure}, the means over the runs, and in {table}, {reference} is reached by {parts}.",
        "{figure} の太い線（実行の平均）と {table} において、{reference}に初めて達したエポックは、{parts}である。",
        figure=cite("accuracy_over_time"),
        table=cite("reached"),
        reference=reference_text(mark_percent),
        parts=listed(parts),
    )


def _first_and_last(mark_percent: float, reached: Sequence[Reached]) -> str:
    """Say of many groups which of their means was first at the accuracy, and which last."""
    first, last = (pick(reached, key=lambda entry: entry.train_s.mean) for pick in (min, max))
    return say(
        "By {table}, the means over the runs reach {reference} after {first_s} s ({first}) to {last_s} s ({last}) of "
        "training.",
        "{table} において、{reference}に実行の平均が初めて達するまでの学習時間は、{first} の {first_s} s から "
        "{last} の {last_s} s までである。",
        table=cite("reached"),
        reference=reference_text(mark_percent),
        first_s=text_of(first.train_s),
        first=first.group.label,
        last_s=text_of(last.train_s),
        last=last.group.label,
    )


def _untested(first: Reached, others: Sequence[Reached]) -> list[str]:
    """Compare the mean times of pairs of which some run never reached the accuracy."""
    if not others:
        return []
    why = say(
        "This is not tested, since not every run reached the reference accuracy.",
        "基準精度に達しなかった実行があるため、検定は行わない。",
    )
    return [*(_ratio_of_means(first, other) for other in others), why]


def _ratio_of_means(first: Reached, second: Reached) -> str:
    fast, slow = sorted((first, second), key=lambda entry: entry.train_s.mean)
    return say(
        "Until the ends of these epochs, {slow} trains about {times} times as long as {fast} (ratio of the mean "
        "times).",
        "これらのエポックの終わりまでの学習時間の平均は、{slow} が {fast} の約 {times} 倍である。",
        fast=fast.group.label,
        slow=slow.group.label,
        times=significant(slow.train_s.mean / fast.train_s.mean, 2) if fast.train_s.mean else "–",
    )


def _tested_in_turn(comparisons: Sequence[Comparison]) -> list[str]:
    """Say of each pair which was ahead, and behind the last of those with the same reason why that is not said."""
    why = ["" if entry.test.is_larger_than_noise else why_nothing_is_said(entry) for entry in comparisons]
    found = []
    for place, entry in enumerate(comparisons):
        found.append(_tested(entry))
        if why[place] and why[place] not in why[place + 1 :]:
            found.append(why[place])
    return found


def _tested(comparison: Comparison) -> str:
    """Say of which of two the runs reached the same accuracy in less time."""
    fast, slow, ratio = comparison.faster
    if not comparison.test.is_larger_than_noise:
        return say(
            "Until the end of the epoch in which each run itself reached the reference accuracy, {slow} trains {times} "
            "times as long as {fast}.",
            "各実行が基準精度に初めて達したエポックの終わりまでの学習時間は、{slow} が {fast} の {times} 倍であった。",
            fast=fast.label,
            slow=slow.label,
            times=ratio_text(ratio),
        )
    return say(
        "Until the end of the epoch in which each run itself reached the reference accuracy, {fast} trains {share} "
        "times as long as {slow}, which is {times} times as fast; the difference is larger than the noise ({test}).",
        "各実行が基準精度に初めて達したエポックの終わりまでの学習時間は、{fast} が {slow} の {share} 倍"
        "（{times} 倍の速さ）である。この差は有意である（{test}）。",
        fast=fast.label,
        slow=slow.label,
        share=significant(1 / ratio.mean, 2),
        times=ratio_text(ratio),
        test=test_text(comparison),
    )


def _within_epochs(reached: Sequence[Reached]) -> str:
    """Say between which epochs' ends each mean reached the accuracy: the times and their ratio are no finer."""
    return say(
        "These times count whole epochs, at whose ends alone the accuracy is measured; on the mean it was reached by "
        "{parts}.",
        "精度はエポックの終わりにだけ測るため、これらの時間はエポック単位である。平均が基準精度に達したのは、"
        "{parts}である。",
        parts=say(", ", "、").join(map(between_ends, reached)),
    )


def _run_by_run(mark_percent: float, reached: Sequence[Reached]) -> list[str]:
    """Say in which epoch each run reached the accuracy; nothing where each mean is that of a single run."""
    if all(len(entry.group.completed) == 1 for entry in reached):
        return []
    if all(_epoch_of(run, mark_percent) == entry.epoch for entry in reached for run in entry.group.completed):
        return [
            say(
                "Each single run reached it in the same epoch as the mean.",
                "実行ごとに見ても、すべての実行が平均と同じエポックで達した。",
            )
        ]
    return [
        say(
            "Run by run, {parts}.",
            "実行ごとに見ると、{parts}。",
            parts=say("; ", "。").join(_runs_of(mark_percent, entry.group) for entry in reached),
        )
    ]


def _runs_of(mark_percent: float, group: Group) -> str:
    """Say in which epochs a group's runs reached the accuracy."""
    by_epoch: dict[int, list[Run]] = {}
    missed: list[Run] = []
    for run in group.completed:
        epoch = _epoch_of(run, mark_percent)
        (missed if epoch is None else by_epoch.setdefault(epoch, [])).append(run)
    if not missed and len(by_epoch) == 1:
        return say(
            "{label} reached it in epoch {epoch} in {runs}",
            "{label} は{runs}第 {epoch} エポックで達した",
            label=group.label,
            epoch=next(iter(by_epoch)),
            runs=_all_of(len(group.completed)),
        )
    parts = [
        say(
            "in epoch {epoch} {runs}",
            "{runs}は第 {epoch} エポック",
            epoch=epoch,
            runs=_named(runs, group),
        )
        for epoch, runs in sorted(by_epoch.items())
    ]
    if not missed:
        return say("{label} reached it {done}", "{label} では、{done}で達した", label=group.label, done=listed(parts))
    return say(
        "{label} reached it {done}, and not by the end of epoch {epochs} {runs} (at most {best} %)",
        "{label} では、{done}で達し、{runs}は {epochs} エポックでは達しなかった（最高 {best} %）",
        label=group.label,
        done=say(", ", "、").join(parts),
        epochs=max(run.epochs for run in missed),
        runs=_named(missed, group),
        best=_below(max(percent for run in missed for _, percent in curve_of(run)), mark_percent),
    )


def _all_of(runs: int) -> str:
    if runs == 1:
        return say("its only run", " 1 回だけの実行において")
    return say("both runs", " 2 回とも") if runs == 2 else say("all {runs} runs", " {runs} 回とも", runs=runs)


def _named(runs: Sequence[Run], group: Group) -> str:
    """Name some of a group's runs by their seeds; where these are many or do not tell them apart, count the runs."""
    n = len(group.completed)
    if n <= _MOST_SEEDS and len({str(run.seeds[0]) for run in group.completed}) == n:
        seeds = listed([str(run.seeds[0]) for run in runs], ja="・")
        if len(runs) == 1:
            return say("with seed {seeds}", "シード {seeds} ", seeds=seeds)
        return say("with seeds {seeds}", "シード {seeds} ", seeds=seeds)
    return say("in {count} of {n} runs", "{n} 回のうち {count} 回", count=len(runs), n=n)


def _epoch_of(run: Run, mark_percent: float) -> int | None:
    """Return the epoch, counted from 1, in which a run itself reached an accuracy."""
    epoch = first_epoch_of(run, mark_percent)
    return None if epoch is None else epoch.epoch + 1


def _below(percent: float, mark_percent: float) -> str:
    """Write an accuracy that missed a mark with as many decimals as show that it did."""
    texts = [f"{percent:.{decimals}f}" for decimals in (2, 3, 4)]
    return next((text for text in texts if float(text) < mark_percent), texts[-1])
