"""What stands in a report, in which order: the runs' numbers put into blocks of prose, tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mnist_lab.reports.conditions import condition_rows, differing_conditions
from mnist_lab.reports.curves import FEWEST_EPOCHS, reached_by_all, slow_epochs
from mnist_lab.reports.differences import compare_layers, layers_of, setting_rows
from mnist_lab.reports.document import Block, Bullets, Document, FigureBlock, Heading, Open, Paragraph, TableBlock
from mnist_lab.reports.gpu_memory import PEAK, SHARED, memory_mib
from mnist_lab.reports.group_comparison import Comparison, compare_groups
from mnist_lab.reports.prose import Prose, p_text
from mnist_lab.runs.groups import Group, group_runs
from mnist_lab.runs.run import Run
from mnist_lab.runs.spread import Spread, binomial_sd, significant, text_of

# Of more models than this, the layer tables would bury the results: they are listed in one line each.
_MOST_LAYER_TABLES = 4


@dataclass(frozen=True)
class Findings:
    """What the runs come to, before it is put into words."""

    groups: Sequence[Group]
    comparisons: Sequence[Comparison]

    @property
    def runs(self) -> list[Run]:
        """All runs, group by group."""
        return [run for group in self.groups for run in group.runs]


def find(runs: Sequence[Run]) -> Findings:
    """Group the runs and compare the groups, as far as their conditions allow."""
    groups = group_runs(runs)
    conditions = differing_conditions(groups)
    same_data = "data" not in conditions
    same_device = not {"device", "threads"} & set(conditions)
    comparisons = compare_groups(groups, times=same_data and same_device, accuracies=same_data)
    return Findings(groups, comparisons)


def compose(findings: Findings, figures: Sequence[str], words: Prose) -> Document:
    """Return the whole report.

    Args:
        findings: What the runs come to.
        figures: File names, without an ending, of the figures there are.
        words: Of the language.
    """
    groups = findings.groups
    data = ", ".join(dict.fromkeys(str(group.record.data.get("name", "–")) for group in groups))
    title = words.title([group.label for group in groups], data)
    blocks: list[Block] = [Heading(words.word["summary"]), Bullets(summary(findings, words))]
    if len(groups) > 1:
        blocks += [Heading(words.word["changed"]), *_changed(groups, words)]
    blocks += [Heading(words.word["models"]), *_models(groups, words)]
    blocks += [
        Heading(words.word["conditions"]),
        TableBlock(
            words.table_caption("conditions"),
            (words.word["condition"], words.word["value"]),
            condition_rows(groups, words),
        ),
        Paragraph(words.measured()),
        Heading(words.word["results"]),
        result_table(groups, words),
    ]
    if findings.comparisons:
        blocks.append(comparison_table(findings.comparisons, words))
    if figures:
        blocks.append(Heading(words.word["figures"]))
    mark, reached = reached_by_all(groups)
    for number, stem in enumerate(figures, start=1):
        caption = words.figure_number(number, words.figure_caption(stem, groups))
        blocks.append(FigureBlock(stem, caption, words.figure_title(stem, groups, reached, mark)))
    if observations := _observations(findings, words):
        blocks += [Heading(words.word["observations"]), Bullets(observations)]
    blocks += [Heading(words.word["limits"]), Bullets(words.limits(groups, _test_sd_points(groups)))]
    blocks += [
        Heading(words.word["open"]),
        Open(words.open_place(), words.questions(groups, findings.comparisons)),
        Heading(words.word["runs"]),
        _run_table(groups, words),
    ]
    return Document(title, words.language, blocks)


def summary(findings: Findings, words: Prose) -> list[str]:
    """Return the sentences that say what came out."""
    found = []
    if conditions := differing_conditions(findings.groups):
        found.append(words.conditions_differ(conditions))
    if not findings.comparisons:
        found += [words.single(group) for group in findings.groups if group.completed]
    for comparison in findings.comparisons:
        measured = words.speed if comparison.quantity == "time" else words.accuracy
        found += [measured(comparison), words.verdict(comparison)]
    return found + _not_completed(findings.groups, words)


def what_changed(groups: Sequence[Group], words: Prose) -> list[str]:
    """Return the sentences on the layers that differ from the first group's; none where there are many groups."""
    if len(groups) > _MOST_LAYER_TABLES:
        return []
    return [words.changed(groups[0], other, compare_layers(groups[0], other)) for other in groups[1:]]


def result_table(groups: Sequence[Group], words: Prose) -> TableBlock:
    """Return mean and spread of each group."""
    headings = ["configuration", "parameters", "n", "epoch_s", "train_s", "accuracy"]
    rows = [
        [
            group.label,
            f"{group.record.parameters:,}",
            str(len(group.completed)),
            text_of(group.epoch_s),
            text_of(group.train_s),
            text_of(group.accuracy_percent, decimals=2),
        ]
        for group in groups
    ]
    for heading, tag in (("memory", PEAK), ("shared", SHARED)):
        values = [[memory_mib(run).get(tag) for run in group.runs] for group in groups]
        if any(value is not None for found in values for value in found):
            headings.append(heading)
            for row, found in zip(rows, values, strict=True):
                known = [value for value in found if value is not None]
                row.append(f"{max(known):,.0f}" if known else "–")
    names = [words.word[name] for name in headings]
    return TableBlock(words.table_caption("results"), names, rows, range(1, len(names)))


def comparison_table(comparisons: Sequence[Comparison], words: Prose) -> TableBlock:
    """Return ratios and differences with their tests."""
    rows = []
    for comparison in comparisons:
        test = comparison.test
        quantity = words.word["ratio" if comparison.quantity == "time" else "difference"]
        verdict = "unknown" if test.p is None else "yes" if test.is_larger_than_noise else "no"
        rows.append(
            [
                quantity.format(first=comparison.first.label, second=comparison.second.label),
                text_of(comparison.change, decimals=2),
                words.test_name(comparison) if test.p is not None else "–",
                "–" if test.p is None else p_text(test.p).removeprefix("p = ").removeprefix("p "),
                words.word[verdict],
            ]
        )
    names = [words.word[name] for name in ("quantity", "value", "test", "p", "verdict")]
    return TableBlock(words.table_caption("comparison"), names, rows, (1, 3))


def _changed(groups: Sequence[Group], words: Prose) -> list[Block]:
    blocks: list[Block] = []
    if len(groups) <= _MOST_LAYER_TABLES:
        for other in groups[1:]:
            changes = compare_layers(groups[0], other)
            blocks.append(Paragraph(words.changed(groups[0], other, changes)))
            rows = [
                ["–" if side is None else _layer_text(side.text, side.shape) for side in (change.first, change.second)]
                for change in changes
            ]
            caption = words.layers_beside(groups[0], other)
            blocks.append(TableBlock(caption, (groups[0].label, other.label), rows))
    settings = setting_rows(groups)
    if settings:
        blocks.append(Paragraph(words.settings_changed(len(settings))))
        headings = (words.word["setting"], *(group.label for group in groups))
        if len(groups) > _MOST_LAYER_TABLES:  # a column each would not fit on a page
            headings = (words.word["configuration"], *(row[0] for row in settings))
            columns = [[row[place + 1] for row in settings] for place in range(len(groups))]
            settings = [[group.label, *column] for group, column in zip(groups, columns, strict=True)]
        blocks.append(TableBlock(words.table_caption("settings"), headings, settings))
    return blocks


def _layer_text(text: str, shape: str) -> str:
    return f"{text} ⇒ {shape}"


def _models(groups: Sequence[Group], words: Prose) -> list[Block]:
    if len(groups) > _MOST_LAYER_TABLES:
        return [models_in_short(groups, words)]
    return [layer_table(group, words) for group in groups]


def models_in_short(groups: Sequence[Group], words: Prose) -> TableBlock:
    """Return the models in one line each: their layers with weights, and their parameters."""
    headings = [words.word[name] for name in ("configuration", "layers", "parameters")]
    rows = [[group.label, _in_short(group), f"{group.record.parameters:,}"] for group in groups]
    return TableBlock(words.table_caption("models"), headings, rows, (2,))


def layer_table(group: Group, words: Prose) -> TableBlock:
    """Return a group's model layer by layer: output shape, parameters, and how their number comes about."""
    headings = [words.word[name] for name in ("layer", "shape", "parameters", "formula")]
    rows = [
        [
            "\u2003" * (layer.depth - 1) + layer.name,
            layer.shape,
            f"{layer.parameters:,}" if layer.parameters else "–",
            layer.formula or "–",
        ]
        for layer in layers_of(group)
    ]
    return TableBlock(words.model_caption(group), headings, rows, (2,))


def _in_short(group: Group) -> str:
    return ", ".join(layer.text for layer in layers_of(group) if layer.parameters)


def _observations(findings: Findings, words: Prose) -> list[str]:
    groups, found = findings.groups, []
    mark, reached = reached_by_all(groups)
    if mark is not None and any(comparison.quantity == "time" for comparison in findings.comparisons):
        found.append(words.reached(mark, reached))
    for other in groups[1:]:
        counts = other.record.parameters, groups[0].record.parameters
        if min(counts) > 0 and counts[0] != counts[1]:
            found.append(words.sizes(groups[0], other, _larger_over_smaller(findings.comparisons, other)))
    slow = [(run, epoch, factor) for run in findings.runs for epoch, factor in slow_epochs(run)]
    found += [words.slow_epoch(*entry) for entry in slow]
    if not slow and any(run.epochs >= FEWEST_EPOCHS for run in findings.runs):
        found.append(words.nothing_strange())
    return found


def _larger_over_smaller(comparisons: Sequence[Comparison], other: Group) -> Spread | None:
    for comparison in comparisons:
        if comparison.quantity == "time" and comparison.second is other:
            first_is_larger = comparison.first.record.parameters > other.record.parameters
            return comparison.change if first_is_larger else comparison.inverse
    return None


def _not_completed(groups: Sequence[Group], words: Prose) -> list[str]:
    return [words.not_completed(run, group.label) for group in groups for run in group.runs if not run.is_completed]


def _test_sd_points(groups: Sequence[Group]) -> float | None:
    found = []
    for group in groups:
        samples = (group.record.data.get("split_sizes") or {}).get("test")
        if samples and group.accuracy_percent:
            found.append(100 * binomial_sd(min(group.accuracy_percent.mean / 100, 1.0), samples))
    return max(found, default=None)


def _run_table(groups: Sequence[Group], words: Prose) -> TableBlock:
    apart = any(run.seeds[0] != run.seeds[1] for group in groups for run in group.runs)
    seed = "seeds_apart" if apart else "seed"
    rows = [
        [
            run.name,
            group.label,
            " / ".join(map(str, run.seeds if apart else run.seeds[:1])),
            words.status[run.record.status],
            str(run.epochs),
            "–" if run.epoch_s is None else significant(run.epoch_s),
            "–" if run.train_s is None else significant(run.train_s),
            "–" if run.accuracy_percent is None else f"{run.accuracy_percent:.2f}",
        ]
        for group in groups
        for run in group.runs
    ]
    headings = ["run", "configuration", seed, "status", "epochs", "epoch_s", "train_s", "accuracy"]
    names = [words.word[name] for name in headings]
    return TableBlock(words.table_caption("runs"), names, rows, (2, 4, 5, 6, 7))
