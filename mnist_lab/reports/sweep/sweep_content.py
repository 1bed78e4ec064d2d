"""What stands in a sweep's report, in which order."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mnist_lab.reports.conditions import condition_rows
from mnist_lab.reports.document import Block, Bullets, Document, FigureBlock, Heading, Open, Paragraph, TableBlock
from mnist_lab.reports.prose import Prose, prose
from mnist_lab.reports.run_content import layer_table, models_in_short
from mnist_lab.reports.style import Language
from mnist_lab.reports.sweep.limits import limits, questions
from mnist_lab.reports.sweep.observations import observations
from mnist_lab.reports.sweep.points_table import table_of
from mnist_lab.reports.sweep.sentences import name_of, notes, smallest_sentence
from mnist_lab.reports.sweep.sweep_words import Words, words
from mnist_lab.runs.groups import Group
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import axis_of
from mnist_lab.sweeps.points import short_value
from mnist_lab.sweeps.result import SweepResult, best_of, smallest_within


def compose(name: str, result: SweepResult, within: float, language: Language, captions: Mapping[str, str]) -> Document:
    """Return the whole report.

    Args:
        name: Of the sweep.
        result: What it has found; at least one point.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
        language: Of the text.
        captions: Of the figures, by file name without an ending.
    """
    spoken, shared = words(language), prose(language)
    word = shared.word
    groups = groups_of(result)
    data = ", ".join(dict.fromkeys(str(run.data) for entry in result.points for run in entry.runs))
    table = table_of(result, within, spoken)
    blocks: list[Block] = [
        Heading(spoken.summary),
        Paragraph(smallest_sentence(result, within, language)),
        Heading(spoken.changed),
        _varied(result, spoken),
        Heading(word["models"]),
        *_models(result, within, groups, shared),
        Heading(word["conditions"]),
        TableBlock(
            shared.table_caption("conditions"),
            (word["condition"], word["value"]),
            condition_rows(list(groups.values()), shared),
        ),
        Paragraph(spoken.measured),
        Heading(word["results"]),
        TableBlock(spoken.points_caption, table.headings, table.rows, table.numbers),
        Heading(word["figures"]),
    ]
    for number, (stem, text) in enumerate(captions.items(), start=1):
        blocks.append(FigureBlock(stem, shared.figure_number(number, text), text))
    blocks += [Heading(word["observations"]), Bullets(observations(result, within, language))]
    if remarks := notes(result, language):
        blocks += [Heading(spoken.remarks), Bullets(remarks)]
    blocks += [
        Heading(word["limits"]),
        Bullets(limits(result, language)),
        Heading(word["open"]),
        Open(shared.open_place(), questions(result, language)),
        Heading(word["runs"]),
        _run_table(result, spoken, shared),
    ]
    return Document(spoken.title.format(name=name, data=data), language, blocks)


def groups_of(result: SweepResult) -> dict[str, Group]:
    """Return each point with its runs as the other reports know them, by the point's key; in the sweep's order."""
    groups: dict[str, Group] = {}
    for entry in result.points:
        runs = tuple(found for run in (*entry.runs, *entry.again) if (found := run.run) is not None)
        if runs:
            groups[entry.point.key] = Group(f"{entry.model}, {name_of(entry)}", runs)
    return groups


def _varied(result: SweepResult, spoken: Words) -> TableBlock:
    """Return what was varied: one row for each model and setting, the values in the order of the graphs."""
    rows: dict[str, list[str]] = {}
    for base in dict.fromkeys(entry.point.base for entry in (*result.points, *result.failed)):
        own = [entry for entry in (*result.points, *result.failed) if entry.point.base == base]
        for key in own[0].point.values:
            axis = axis_of(key, [entry.point.values[key] for entry in own])
            values = [_exact(value) for value in axis.values]
            row = [own[0].model, key, ", ".join(values)]
            rows.setdefault(json.dumps(row), row)
    return TableBlock(spoken.varied_caption, (spoken.model, spoken.setting, spoken.values), list(rows.values()))


def _exact(value: object) -> str:
    """Return a value as it stands in the sweep's file, in short where it is a class with arguments."""
    return json.dumps(value) if isinstance(value, list) else short_value(value)


def _models(result: SweepResult, within: float, groups: Mapping[str, Group], shared: Prose) -> list[Block]:
    """Return the smallest models that hold the accuracy, and the best, layer by layer; all others in short."""
    chosen = [entry for entry in (*smallest_within(result.points, within).values(), best_of(result.points)) if entry]
    keys = dict.fromkeys(entry.point.key for entry in chosen if entry.point.key in groups)
    blocks: list[Block] = [models_in_short(list(groups.values()), shared)]
    return blocks + [layer_table(groups[key], shared) for key in keys]


def _run_table(result: SweepResult, spoken: Words, shared: Prose) -> TableBlock:
    rows = [
        [
            run.folder or "–",
            f"{entry.model}, {name_of(entry)}",
            "–" if run.seed is None else str(run.seed),
            shared.status.get(run.status) or spoken.statuses[run.status],
            "–" if run.train_s is None else significant(run.train_s),
            "–" if run.test_accuracy is None else f"{100 * run.test_accuracy:.2f}",
        ]
        for entry in (*result.points, *result.failed)
        for run in (*entry.runs, *entry.again, *entry.ended_otherwise)
    ]
    word = shared.word
    headings = (spoken.run, word["configuration"], word["seed"], word["status"], word["train_s"], word["accuracy"])
    return TableBlock(shared.table_caption("runs"), headings, rows, (2, 4, 5))
