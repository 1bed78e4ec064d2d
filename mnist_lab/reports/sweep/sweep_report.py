"""Writes a sweep's report: ``report.md``, ``report.html``, figures as PNG and SVG, the data as CSV."""

from __future__ import annotations

import itertools
from pathlib import Path

from matplotlib.figure import Figure

from mnist_lab.language import Language, paragraph, say, spaced, speaking
from mnist_lab.reports.formats import text_files
from mnist_lab.reports.report_folder import Format, as_file_name, figure_names, write_report_folder
from mnist_lab.reports.setting_names import axis_texts
from mnist_lab.reports.style import figure_files, report_style
from mnist_lab.reports.sweep.accuracy_held import needed_percent
from mnist_lab.reports.sweep.families import families_of, varied_keys
from mnist_lab.reports.sweep.first_times import what_daggers_are
from mnist_lab.reports.sweep.heat_map_figure import draw_heat_map
from mnist_lab.reports.sweep.mark_labels import are_marks_named
from mnist_lab.reports.sweep.parameter_figure import draw_parameter
from mnist_lab.reports.sweep.pareto_figure import draw_pareto, has_steps
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.sweep.sweep_content import compose
from mnist_lab.reports.sweep.sweep_csv import data_files
from mnist_lab.sweeps.axis import Axis, axis_of
from mnist_lab.sweeps.points import short_key
from mnist_lab.sweeps.result import SweepResult
from mnist_lab.sweeps.setting_words import setting_name
from mnist_lab.sweeps.space import Sweep

# More pairs of parameters than this would bury the graphs that matter.
_MOST_HEAT_MAPS = 6


def write_sweep_report(
    folder: Path,
    name: str,
    result: SweepResult,
    within: float,
    language: Language,
    *,
    questions: bool = True,
    form: Format = "html",
) -> None:
    """Write the report of a sweep; the same result gives the same bytes.

    Args:
        folder: Made where it is missing; an earlier report's files in it are replaced.
        name: Of the sweep.
        result: What it has found; at least one point.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
        language: Of text and figures.
        questions: Ask the questions that the reader's interpretation answers.
        form: Of the texts.

    Raises:
        UsageError: The folder cannot be written, or a file of the user's stands in the way.
    """
    files: dict[str, bytes] = {}
    with speaking(language), report_style():
        drawn = _draw(result, within)
        for stem, (figure, _) in drawn.items():
            files |= figure_files(figure, f"figures/{stem}")
        captions = {stem: caption for stem, (_, caption) in drawn.items()}
        document = compose(name, result, within, captions, questions=questions)
    files |= {f"data/{file}": table for file, table in data_files(result).items()}
    files |= text_files(document, files, form)
    write_report_folder(folder, files)


def expected_files(sweep: Sweep) -> list[str]:
    """Return what the report of a sweep may have beside its texts, known before anything is trained."""
    stems = ["pareto"]
    for base in sweep.bases:
        keys = [as_file_name(short_key(key)) for key in base.parameters]
        stems += [*keys, *(f"{as_file_name(base.name)}-{a}-{b}" for a, b in itertools.permutations(keys, 2))]
    return [*figure_names(stems), "data/points.csv", "data/runs.csv"]


def _draw(result: SweepResult, within: float) -> dict[str, tuple[Figure, str]]:
    """Return the figures with their captions, by file name without ending."""
    drawn: dict[str, tuple[Figure, str]] = {}
    for key in varied_keys(result):
        drawn[_free(as_file_name(short_key(key)), drawn)] = draw_parameter(result, key), _along(result, key)
    for base in dict.fromkeys(entry.point.base for entry in result.points):
        own = [entry for entry in result.points if entry.point.base == base]
        keys = varied_keys(SweepResult(tuple(own)))
        for across, down in itertools.islice(itertools.combinations(keys, 2), _MOST_HEAT_MAPS):
            caption = say(
                "{model}: training time and test accuracy against the {across} and the {down}; the lighter, the faster "
                "and the more accurate.",
                "{model} における{across}および{down}と、学習時間およびテスト精度。明るい色ほど、学習時間は短く、"
                "精度は高い。",
                model=own[0].model,
                across=setting_name(across),
                down=setting_name(down),
            )
            stem = _free("-".join(map(as_file_name, (base, short_key(across), short_key(down)))), drawn)
            caption = paragraph([caption, *what_daggers_are(own)])
            drawn[stem] = draw_heat_map(own, across, down), spaced(caption)
    said = [
        say(
            "Validation accuracy against size (above) and against training time (below), both logarithmic.",
            "検証精度とパラメータ数（上）、検証精度と学習時間（下）。横軸はどちらも対数目盛である。",
        )
        if result.sizes_vary
        else say("Validation accuracy against training time (logarithmic).", "学習時間（対数目盛）と検証精度。")
    ]
    said.append(say("A black edge marks the Pareto front.", "黒い縁の印は、パレート最適な設定を示す。"))
    pareto = draw_pareto(result, within)
    if are_marks_named(pareto):
        keys = max((list(entry.point.values) for entry in result.points), key=len)
        said.append(
            say(
                "At the marks: the {names}.",
                "印に添えた文字は{names}である。",
                names="/".join(map(setting_name, keys)),
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
                "Dotted: {needed} %, the least that the smallest model may have; ringed: the smallest that do.",
                "点線は最小のモデルに求める検証精度の下限（{needed} %）、丸で囲んだ印はそれを満たす最小のモデルを"
                "示す。",
                needed=f"{needed_percent(result.points, within):.2f}",
            )
        )
    drawn["pareto"] = pareto, paragraph([*said, *_untrusted(result), *_below_the_axis(result)])
    return drawn


def _untrusted(result: SweepResult) -> list[str]:
    """Say what the squares are; nothing where there are none."""
    if not any(entry.disturbed for entry in result.points):
        return []
    return [say("Squared: times that are not to be trusted.", "四角で囲んだ印の学習時間は信頼できない。")]


def _along(result: SweepResult, key: str) -> str:
    """Say what the figure of a parameter shows, and what its marks mean: those alone that are in it."""
    families, name = families_of(result, key), setting_name(key)
    own = [entry for family in families for entry in family.points]
    said = [say("Training time and test accuracy against the {name}.", "{name}と学習時間およびテスト精度。", name=name)]
    if any(family.mixed for family in families):
        said.append(
            say(
                "Marks: median time and mean accuracy over the other settings; small points: single runs.",
                "印はほかの設定項目についての学習時間の中央値とテスト精度の平均、小さな点は個々の実行である。",
            )
        )
    else:
        if axis_of(key, [entry.point.values[key] for entry in own]).positions is not None:
            said.append(
                say(
                    "A line joins points whose other settings are the same.",
                    "線は、ほかの設定項目が同じ設定どうしを結ぶ。",
                )
            )
        if any(len(entry.times_s) > 1 for entry in own):
            said.append(
                say(
                    "Of repeats, the median time and the mean accuracy are marked; small points: single runs.",
                    "印は繰り返しの学習時間の中央値とテスト精度の平均、小さな点は個々の実行である。",
                )
            )
    said += _where_0_stands(axis_of(key, [entry.point.values[key] for entry in own]))
    return spaced(paragraph([*said, *_untrusted(result), *_below_the_axis(result)]))


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


def _below_the_axis(result: SweepResult) -> list[str]:
    """Say what the marks at the lower edge are; nothing where there are none."""
    if len(learned(result).points) == len(result.points):
        return []
    return [
        say(
            "Triangles at the lower edge, with their numbers: points that hardly learned, below the axis.",
            "下端の三角形の印と数値は、ほとんど学習できておらず、軸の範囲より精度が低い設定である。",
        )
    ]


def _free(stem: str, taken: dict[str, tuple[Figure, str]]) -> str:
    """Return a file name that no figure has yet: two options may end in the same word."""
    names = (stem if number == 1 else f"{stem}-{number}" for number in itertools.count(1))
    return next(name for name in names if name not in taken and name != "pareto")
