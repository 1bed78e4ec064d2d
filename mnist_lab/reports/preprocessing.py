"""What became of the samples before training, as the records of the runs know it."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.spread import significant

SIDES_OF_A_PICTURE = 3
"""Channels, height, width: a table's sample has one side."""


def preprocessing(records: Sequence[RunRecord]) -> str:
    """Return how the inputs were standardised; empty where no record holds the means that were taken off.

    Args:
        records: Those of other seeds have other training splits, and so other means.
    """
    known = [record for record in records if record.data.get("mean") and record.data.get("std")]
    of_pictures = [record for record in known if len(record.data.get("input_shape") or ()) == SIDES_OF_A_PICTURE]
    of_tables = [record for record in known if len(record.data.get("input_shape") or ()) == 1]
    found = [*([_pictures(of_pictures)] if of_pictures else []), *([_tables(of_tables)] if of_tables else [])]
    return say("; ", "、").join(found)


def _pictures(records: Sequence[RunRecord]) -> str:
    return say(
        "the mean {mean} taken off each pixel value (0 to 255), and the rest divided by the standard deviation {sd}, "
        "both over all pixels of the training samples, in all splits alike",
        "各画素値（0 から 255）から平均 {mean} を引き、標準偏差 {sd} で割った（平均と標準偏差は学習用データの"
        "全画素の値、検証用とテスト用のデータにも同じ値を使用）",
        mean=_from_to([record.data["mean"][0] for record in records]),
        sd=_from_to([record.data["std"][0] for record in records]),
    )


def _tables(records: Sequence[RunRecord]) -> str:
    said = say(
        "its mean taken off each feature, and the rest divided by its standard deviation, both over the training "
        "samples, in all splits alike",
        "特徴量ごとに、平均を引き、標準偏差で割った（平均と標準偏差は学習用データの値、検証用とテスト用のデータにも"
        "同じ値を使用）",
    )
    if not any(record.data.get("categories") for record in records):
        return said
    return say(
        "each text of a column made a feature of 0 and 1; then {said}",
        "文字列の列は、値ごとに 0 か 1 の特徴量に変えた。その後、{said}",
        said=said,
    )


def _from_to(values: Sequence[float]) -> str:
    """Return a number with three digits; where it is not the same in all runs, the smallest and the largest."""
    texts = [significant(min(values)), significant(max(values))]
    return (
        say("{least} to {most}", "{least} から {most} ", least=texts[0], most=texts[1])
        if texts[0] != texts[1]
        else texts[0]
    )
