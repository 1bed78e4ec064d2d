"""Titles and captions of the figures that show runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mnist_lab.language import Phrase, listed, paragraph, say
from mnist_lab.reports.curves import reached_by_all
from mnist_lab.reports.difference_title import difference_title
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.reports.label_lines import row_names
from mnist_lab.reports.marker_areas import areas_pt2, in_proportion
from mnist_lab.reports.reference_accuracy import reference_text
from mnist_lab.reports.title_width import WIDEST, fitting, width_of
from mnist_lab.runs.disturbance import disturbed_shares
from mnist_lab.runs.groups import Group
from mnist_lab.runs.spread import mean_text

_TITLES: Mapping[str, Phrase] = {
    "accuracy_over_time": Phrase("Validation accuracy over training time", "学習時間と検証精度"),
    "time_per_epoch": Phrase("Training time of an epoch", "1 エポックの学習時間"),
    "accuracy": Phrase("Test accuracy", "テスト精度"),
    "time_and_accuracy": Phrase(
        "Training time against test accuracy; area: number of parameters",
        "学習時間とテスト精度（面積はパラメータ数）",
    ),
}
_CAPTIONS: Mapping[str, Phrase] = {
    "accuracy_over_time": Phrase(
        "Validation accuracy at the end of each epoch over the training time until then.",
        "各エポックの終わりの検証精度と、それまでの学習時間。",
    ),
    "time_per_epoch": Phrase("Training time per epoch.", "1 エポックの学習時間。"),
    "accuracy": Phrase("Test accuracy.", "テスト精度。"),
    "time_and_accuracy": Phrase(
        "Training time of a whole run against its test accuracy; the area of a mark is proportional to the number of "
        "parameters.",
        "1 回の実行全体の学習時間とテスト精度。印の面積はパラメータ数に比例する。",
    ),
}
_OF_REPEATS: Mapping[str, Phrase] = {
    "accuracy_over_time": Phrase(
        "Thick: mean over the runs, error bars: standard deviation in both directions; thin: single runs.",
        "太い線は実行の平均、縦横の誤差棒は標準偏差、細い線は個々の実行である。",
    ),
    "time_per_epoch": Phrase(
        "Bars: mean over the runs, error bars: standard deviation; points: single runs.",
        "棒は実行の平均、誤差棒は標準偏差、点は個々の実行である。",
    ),
    "accuracy": Phrase(
        "Large marks: mean over the runs, error bars: standard deviation; small points: single runs.",
        "大きな印は実行の平均、誤差棒は標準偏差、小さな点は個々の実行である。",
    ),
    "time_and_accuracy": Phrase(
        "Mean over the runs, error bars: standard deviation.",
        "印は実行の平均、誤差棒は標準偏差である。",
    ),
}
"""What is in a figure only where a group was trained more than once."""


def figure_title(stem: str, groups: Sequence[Group], comparisons: Sequence[Comparison] = ()) -> str:
    """Return a figure's title, which says what is to be seen: of one or two groups the numbers themselves.

    Args:
        stem: The figure's file name without an ending.
        groups: What it shows.
        comparisons: With the first group; differences stand in a title where they are larger than the noise.
    """
    neutral = str(_TITLES[stem])
    if stem == "time_and_accuracy":
        return fitting(difference_title(groups, comparisons), neutral)
    numbers = _numbers(stem, groups) if len(groups) <= 2 else []
    if not numbers or len(numbers) < len(groups):
        return fitting(neutral)
    if stem == "accuracy_over_time":
        said = say(
            "First epoch's end at {mark:.1f} % mean validation accuracy: {times}",
            "平均検証精度 {mark:.1f} % に達したエポックの終わり：{times}",
            mark=reached_by_all(groups)[0],
            times=listed(numbers, en=", "),
        )
        return fitting(said, neutral)
    said = say("{title}: {numbers}", "{title}：{numbers}", title=_TITLES[stem], numbers=listed(numbers, en=", "))
    names = max(width_of(line) for name in row_names([group.label for group in groups]) for line in name.split("\n"))
    return fitting(said, neutral, widest=WIDEST - names)


def figure_caption(stem: str, groups: Sequence[Group]) -> str:
    """Say what a figure shows, what its marks mean, and which runs are not in it."""
    sentences = [str(_CAPTIONS[stem])]
    if any(len(group.completed) > 1 for group in groups):
        sentences.append(str(_OF_REPEATS[stem]))
    if stem == "accuracy_over_time" and (mark := reached_by_all(groups)[0]) is not None:
        sentences.append(
            say(
                "Black dotted line: {reference}.",
                "黒い点線は{reference}を示す。",
                reference=reference_text(mark),
            )
        )
    if stem == "time_and_accuracy" and len(in_proportion(groups)) < len(areas_pt2(groups)):
        sentences.append(
            say(
                "Marks too small to see are drawn larger.",
                "ただし、小さすぎて見えない印は、それより大きく描いた。",
            )
        )
    runs = [run for group in groups for run in group.runs]
    drawn = [run for run in runs if run.is_completed] or runs
    left_out = {run.record.status for run in runs if run not in drawn}
    if left_out - {"disturbed"}:
        sentences.append(say("Runs that did not end are left out.", "最後まで学習が終わらなかった実行は含まない。"))
    if "disturbed" in left_out:
        sentences.append(say("Runs that were trained once more are left out.", "学習をやり直した実行は含まない。"))
    if stem != "accuracy" and any(disturbed_shares(run.record) for run in drawn):
        sentences.append(
            say(
                "Crosses: runs that other programs disturbed.",
                "×印は、ほかのプログラムの影響を受けた実行である。",
            )
            if stem == "time_per_epoch"
            else say(
                "Among the times are some that other programs disturbed.",
                "学習時間には、ほかのプログラムの影響を受けた値が含まれる。",
            )
        )
    return paragraph(sentences)


def _numbers(stem: str, groups: Sequence[Group]) -> list[str]:
    """Return each group's number where the figure has one to show and it is known."""
    if stem == "accuracy_over_time":
        return [
            say("{label} {s} s", "{label} は {s} s", label=entry.group.label, s=mean_text(entry.train_s))
            for entry in reached_by_all(groups)[1]
        ]
    if stem == "time_per_epoch":
        return [
            say("{label} {s} s", "{label} は {s} s", label=group.label, s=mean_text(group.epoch_s))
            for group in groups
            if group.epoch_s
        ]
    if stem == "accuracy":
        return [
            say(
                "{label} {p} %",
                "{label} は {p} %",
                label=group.label,
                p=mean_text(group.accuracy_percent, decimals=2),
            )
            for group in groups
            if group.accuracy_percent
        ]
    return []
