"""What stands in a sweep's report, in which order."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mnist_lab.language import current_language, say
from mnist_lab.reports.conditions import condition_table
from mnist_lab.reports.document import Block, Bullets, Document, Heading, Paragraph, TableBlock
from mnist_lab.reports.model_tables import layer_table, models_in_short
from mnist_lab.reports.sections import closing, figure_section, run_table
from mnist_lab.reports.sweep.limits import limits, questions
from mnist_lab.reports.sweep.observations import observations
from mnist_lab.reports.sweep.points_table import table_of
from mnist_lab.reports.sweep.sentences import name_of, notes, smallest_sentence
from mnist_lab.reports.words import RUN_ENDS, TRIAL_ENDS, word
from mnist_lab.runs.groups import Group
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import axis_of
from mnist_lab.sweeps.points import short_value
from mnist_lab.sweeps.result import SweepResult, best_of, smallest_within


def compose(name: str, result: SweepResult, within: float, captions: Mapping[str, str]) -> Document:
    """Return the whole report in the current language.

    Args:
        name: Of the sweep.
        result: What it has found; at least one point.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
        captions: Of the figures, by file name without an ending.
    """
    groups = groups_of(result)
    blocks: list[Block] = [
        Heading(word("summary")),
        Paragraph(smallest_sentence(result, within)),
        Heading(word("changed")),
        _varied(result),
        Heading(word("models")),
        *_models(result, within, groups),
        Heading(word("conditions")),
        condition_table(list(groups.values())),
        Paragraph(_measured()),
        Heading(word("results")),
        _points(result, within),
        *figure_section([(stem, caption, caption) for stem, caption in captions.items()]),
        Heading(word("observations")),
        Bullets(observations(result, within)),
    ]
    if remarks := notes(result):
        blocks += [Heading(word("remarks")), Bullets(remarks)]
    blocks += closing(limits(result), questions(result), _run_table(result))
    title = say(
        "Sweep {name} on {data}: training time and accuracy",
        "{data}におけるスイープ {name}：学習時間と精度",
        name=name,
        data=", ".join(dict.fromkeys(str(run.data) for entry in result.points for run in entry.runs)),
    )
    return Document(title, current_language(), blocks)


def groups_of(result: SweepResult) -> dict[str, Group]:
    """Return each point with its runs as the other reports know them, by the point's key; in the sweep's order."""
    groups: dict[str, Group] = {}
    for entry in result.points:
        runs = tuple(found for run in (*entry.runs, *entry.again) if (found := run.run) is not None)
        if runs:
            groups[entry.point.key] = Group(f"{entry.model}, {name_of(entry)}", runs)
    return groups


def _varied(result: SweepResult) -> TableBlock:
    """Return what was varied: one row for each model and setting, the values in the order of the graphs."""
    rows: dict[str, list[str]] = {}
    for base in dict.fromkeys(entry.point.base for entry in (*result.points, *result.failed)):
        own = [entry for entry in (*result.points, *result.failed) if entry.point.base == base]
        for key in own[0].point.values:
            axis = axis_of(key, [entry.point.values[key] for entry in own])
            values = [_exact(value) for value in axis.values]
            row = [own[0].model, key, ", ".join(values)]
            rows.setdefault(json.dumps(row), row)
    caption = say(
        "What was varied, and the values it took; all else stayed the same within a model.",
        "変えた設定項目とその値。同じモデルの中では、ほかの設定はすべて同じである。",
    )
    return TableBlock(caption, (word("model"), word("setting"), word("values")), list(rows.values()))


def _exact(value: object) -> str:
    """Return a value as it stands in the sweep's file, in short where it is a class with arguments."""
    return json.dumps(value) if isinstance(value, list) else short_value(value)


def _models(result: SweepResult, within: float, groups: Mapping[str, Group]) -> list[Block]:
    """Return the smallest models that hold the accuracy, and the best, layer by layer; all others in short."""
    chosen = [entry for entry in (*smallest_within(result.points, within).values(), best_of(result.points)) if entry]
    keys = dict.fromkeys(entry.point.key for entry in chosen if entry.point.key in groups)
    blocks: list[Block] = [models_in_short(list(groups.values()))]
    return blocks + [layer_table(groups[key]) for key in keys]


def _measured() -> str:
    return say(
        "Training time is the time of the training steps alone: no validation, no checkpoints, no logging. Test "
        "accuracy is that of the epoch with the best validation accuracy. Models are chosen by validation accuracy, so "
        "that the test set has no part in the choice.",
        "学習時間は学習ステップだけの時間であり、検証、チェックポイントの保存、ログの書き込みを含まない。テスト精度は、検証精度が最も"
        "高かったエポックの重みによるものである。モデルは検証精度によって選んだため、テストデータは選択に関わっていない。",
    )


def _points(result: SweepResult, within: float) -> TableBlock:
    table = table_of(result, within)
    caption = say(
        "All points. Time: median; accuracy: mean; in brackets the smallest and the largest value where there are "
        "repeats. Front: no other point is smaller, faster and more accurate by validation.",
        "すべての点。時間は中央値、精度は平均であり、繰り返した点には最小値と最大値を（ ）内に示す。"
        "「最適」は、大きさ、時間、検証精度のすべてで上回る点がないことを示す。",
    )
    return TableBlock(caption, table.headings, table.rows, table.numbers)


def _run_table(result: SweepResult) -> TableBlock:
    rows = [
        [
            run.folder or "–",
            f"{entry.model}, {name_of(entry)}",
            "–" if run.seed is None else str(run.seed),
            str(RUN_ENDS.get(run.status) or TRIAL_ENDS[run.status]),
            "–" if run.train_s is None else significant(run.train_s),
            "–" if run.test_accuracy is None else f"{100 * run.test_accuracy:.2f}",
        ]
        for entry in (*result.points, *result.failed)
        for run in (*entry.runs, *entry.again, *entry.ended_otherwise)
    ]
    return run_table(("run", "configuration", "seed", "status", "train_s", "accuracy"), rows, (2, 4, 5))
