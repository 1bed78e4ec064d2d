"""Captions of a sweep's figures: what they show, and what the marks that are in them mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mnist_lab.language import listed, paragraph, say, spaced
from mnist_lab.reports.setting_names import axis_name, axis_texts, varied_name
from mnist_lab.reports.sweep.bound_text import needed_percent
from mnist_lab.reports.sweep.families import Family, families_of
from mnist_lab.reports.sweep.first_times import what_daggers_are
from mnist_lab.reports.sweep.parameter_figure import has_panel_per_model, points_below
from mnist_lab.reports.sweep.pareto_figure import has_steps, names_all, points_on_axis
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.sweep.sentences import margin_text
from mnist_lab.reports.sweep.side_by_side import side_by_side
from mnist_lab.sweeps.axis import Axis, axis_of
from mnist_lab.sweeps.result import PointResult, SweepResult
from mnist_lab.sweeps.setting_words import setting_name


def parameter_caption(result: SweepResult, key: str) -> str:
    """Say what the figure of a parameter shows, and what its marks mean: those alone that are in it."""
    families = families_of(result, key)
    own = [entry for family in families for entry in family.points]
    axis = axis_of(key, [entry.point.values[key] for entry in own])
    name = axis_name(axis)
    said = [say("Training time and test accuracy against the {name}.", "{name}と学習時間およびテスト精度。", name=name)]
    mixed = any(family.mixed for family in families)
    if axis.positions is not None and not mixed:
        said.append(
            say(
                "A line joins points whose other settings are the same.",
                "線は、ほかの設定項目が同じ設定どうしを結ぶ。",
            )
        )
    if side_by_side(axis, families).stripes:
        said.append(
            say(
                "Marks in a pale stripe have the same value and are set apart sideways, each series by the same width.",
                "薄い縦縞の中の印は同じ値の設定であり、系列ごとに一定の幅だけ左右にずらして示す。",
            )
        )
    said += _repeats(families, axis, mixed=mixed)
    if has_panel_per_model(families):
        said.append(say("The models have time axes of their own.", "学習時間の軸はモデルごとに異なる。"))
    said += _where_0_stands(axis)
    below = _below_the_axis(points_below(result, key), learned(result).points)
    return spaced(paragraph([*said, *_untrusted(own), *below]))


def _repeats(families: Sequence[Family], axis: Axis, *, mixed: bool) -> list[str]:
    """Say what the marks are, and the dots on their verticals; nothing where each mark is one run."""
    counts = [Counter[int]() for _ in families]
    for count, family in zip(counts, families, strict=True):
        for entry in family.points:
            count[axis.values.index(entry.point.values[axis.key])] += len(entry.times_s)
    said = []
    if mixed:
        said.append(
            say(
                "Marks: median time and mean accuracy over the other settings.",
                "印は、ほかの設定項目についての学習時間の中央値とテスト精度の平均である。",
            )
        )
    if any(runs > 1 for count in counts for runs in count.values()):
        if not mixed:
            said.append(
                say(
                    "Of repeats, the median time and the mean accuracy are marked.",
                    "印は、繰り返しの学習時間の中央値とテスト精度の平均である。",
                )
            )
        said.append(
            say(
                "Dots on the vertical line through a mark: single runs, which the mark may hide.",
                "印を通る縦線上の小さな点は個々の実行であり、印に隠れる場合もある。",
            )
        )
    return said


def heat_map_caption(entries: Sequence[PointResult], across: str, down: str) -> str:
    """Say what a heat map's colours mean; ``entries``: the points of one base."""
    caption = say(
        "{model}: training time and test accuracy against the {across} and the {down}; the lighter, the faster "
        "and the more accurate.",
        "{model} における{across}および{down}と、学習時間およびテスト精度。明るい色ほど、学習時間は短く、精度は高い。",
        model=entries[0].model,
        across=varied_name(across, entries),
        down=varied_name(down, entries),
    )
    return spaced(paragraph([caption, *_grey(entries), *what_daggers_are(entries)]))


def pareto_caption(result: SweepResult, within: float, *, named: bool) -> str:
    """Say what the Pareto figure shows; ``named``: whether values stand at its marks."""
    kept = points_on_axis(result)
    said = [
        say(
            "Validation accuracy against size (above) and against training time (below), both logarithmic.",
            "検証精度とパラメータ数（上）、検証精度と学習時間（下）。横軸はどちらも対数目盛である。",
        )
        if result.sizes_vary
        else say("Validation accuracy against training time (logarithmic).", "学習時間（対数目盛）と検証精度。")
    ]
    said.append(say("A black edge marks the Pareto front.", "黒い縁の印は、パレート最適な設定を示す。"))
    if named:
        said.append(
            say(
                "At {which}: the {names}.",
                "{which}に添えた文字は{names}である。",
                which=say("the marks", "印") if names_all(kept) else say("some marks", "一部の印"),
                names=_names_at_marks(result),
            )
        )
    if has_steps(result):
        said.append(
            say(
                "The steps show each model's best accuracy up to there.",
                "階段状の線は、モデルごとに、そこまでの最高の精度を示す。",
            )
        )
        if result.sizes_vary:
            said.append(
                say(
                    "The front is of all three quantities, so that marks below a line may belong to it.",
                    "パレート最適かどうかは 3 つの量で判定するため、線より下の印が含まれることもある。",
                )
            )
    if result.sizes_vary:
        said.append(
            say(
                "Dotted: {needed} %, the highest accuracy less {margin}; ringed: the smallest models that reach it.",
                "点線は検証精度の下限（{needed} %、最高値より{margin}低い値）、丸で囲んだ印はそれを満たす最小のモデルを"
                "示す。",
                margin=margin_text(result.points, within),
                needed=f"{needed_percent(result.points, within):.2f}",
            )
        )
    lost = [entry for entry in result.points if entry not in kept]
    said += what_daggers_are(result.points)
    return paragraph([*said, *_untrusted(result.points), *_below_the_axis(lost, learned(result).points)])


def _untrusted(points: Sequence[PointResult]) -> list[str]:
    """Say what the squares are; nothing where there are none."""
    if not any(entry.disturbed for entry in points):
        return []
    return [say("Squared: times that are not to be trusted.", "四角で囲んだ印の学習時間は信頼できない。")]


def _grey(points: Sequence[PointResult]) -> list[str]:
    """Say what the grey cells of a heat map are; nothing where there are none."""
    if not any(entry.disturbed for entry in points):
        return []
    return [
        say(
            "Grey, in brackets: times that are not to be trusted.",
            "灰色のマスの括弧内の学習時間は信頼できない。",
        )
    ]


def _where_0_stands(axis: Axis) -> list[str]:
    """Say that 0 has no place of its own on a logarithmic axis; nothing where it is not on one."""
    if not axis.is_logarithmic or not axis.positions or min(axis.positions) > 0:
        return []
    return [
        say(
            "The x axis is logarithmic; “{zero}”, which has no place on it, stands at its left end.",
            "横軸は対数目盛であり、「{zero}」は対数では表せないため左端に置いた。",
            zero=axis_texts(axis)[0],
        )
    ]


def _below_the_axis(points: Sequence[PointResult], has_learned: Sequence[PointResult]) -> list[str]:
    """Say what the marks in the band below an axis are; nothing where there are none."""
    if not points:
        return []
    if any(entry in has_learned for entry in points):
        return [
            say(
                "Triangles in the grey band, with their numbers: points far less accurate than the others, below the "
                "axis.",
                "下端の灰色の帯の三角形の印と数値は、ほかより精度がはるかに低く、軸の範囲に入らない設定である。",
            )
        ]
    return [
        say(
            "Triangles in the grey band, with their numbers: points that hardly learned, below the axis.",
            "下端の灰色の帯の三角形の印と数値は、ほとんど学習できておらず、軸の範囲より精度が低い設定である。",
        )
    ]


def _names_at_marks(result: SweepResult) -> str:
    """Return which settings' values stand at marks, of each model where they are not the same."""
    of_models = {model: "/".join(map(setting_name, result.of_model(model)[0].point.values)) for model in result.models}
    if len(set(of_models.values())) == 1:
        return next(iter(of_models.values()))
    each = [
        say("{names} of {model}", "{model} では{names}", model=model, names=names)
        for model, names in of_models.items()
        if names
    ]
    return listed(each)
