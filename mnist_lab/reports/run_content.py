"""What stands in a report of runs, in which order: the runs' numbers put into sentences, tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mnist_lab.language import current_language, first_of, listed, paragraph, say, spaced
from mnist_lab.reports.changes import are_told_within_models, changes, settings_table
from mnist_lab.reports.comparison_text import comparison_table
from mnist_lab.reports.conditions import condition_blocks, conditions_differ, differing_conditions, time_is
from mnist_lab.reports.document import Block, Document, Heading, Paragraph, TableBlock
from mnist_lab.reports.equal_accuracy import reached_table
from mnist_lab.reports.figure_texts import figure_caption, figure_title
from mnist_lab.reports.gpu_memory import PEAK, SHARED, memory_mib
from mnist_lab.reports.group_comparison import Comparison, compare_groups
from mnist_lab.reports.group_names import first_number, named
from mnist_lab.reports.model_kinds import model_kinds
from mnist_lab.reports.model_tables import MOST_LAYER_TABLES, layer_table, layers_key, models_in_short
from mnist_lab.reports.numbering import cite, numbered
from mnist_lab.reports.reference_accuracy import reference_defined
from mnist_lab.reports.result_text import not_learned, result_sentences
from mnist_lab.reports.run_limits import run_limits, run_questions
from mnist_lab.reports.run_observations import run_observations
from mnist_lab.reports.same_samples import same_samples
from mnist_lab.reports.sections import closing, cover, figure_section, prose
from mnist_lab.reports.several_comparisons import MOST_TOLD, comparison_sentences, range_sentences
from mnist_lab.reports.single_runs import single_runs
from mnist_lab.reports.words import RUN_ENDS, reason_of, word
from mnist_lab.runs.data_names import data_title
from mnist_lab.runs.disturbance import disturbed_runs, disturbed_shares
from mnist_lab.runs.groups import Group, group_runs
from mnist_lab.runs.run import Run
from mnist_lab.runs.spread import text_of


@dataclass(frozen=True)
class Findings:
    """What the runs come to, before it is put into words."""

    groups: Sequence[Group]
    comparisons: Sequence[Comparison]


def find(runs: Sequence[Run]) -> Findings:
    """Group the runs, name the groups in the current language, and compare them as far as their conditions allow."""
    groups = named(group_runs(runs))
    conditions = differing_conditions(groups)
    same_data = same_samples(conditions)
    same_device = not {"device", "threads"} & set(conditions)
    comparisons = compare_groups(groups, times=same_data and same_device, accuracies=same_data)
    return Findings(groups, comparisons)


def compose(findings: Findings, figures: Sequence[str], *, questions: bool = True) -> Document:
    """Return the whole report in the current language.

    Args:
        findings: What the runs come to.
        figures: File names, without an ending, of the figures there are.
        questions: Ask the questions that the reader's interpretation answers.
    """
    groups, comparisons = findings.groups, findings.comparisons
    first = [*model_kinds(groups), *_numbers_explained(groups), *summary(findings)]
    blocks: list[Block] = [cover(), Heading(word("summary")), *prose(first)]
    if len(groups) > 1:
        blocks += [Heading(word("changed")), *changes(groups)]
    blocks += [Heading(word("models")), *_models(groups)]
    blocks += [Heading(word("conditions")), *_conditions(groups)]
    reached = reached_table(groups, comparisons)
    blocks += [
        Heading(word("results")),
        *prose(result_sentences(comparisons, figures, reached=bool(reached), reference=reference_defined(groups))),
        result_table(groups),
    ]
    blocks += [*([comparison_table(comparisons)] if comparisons else []), *reached]
    blocks += figure_section(
        [(stem, figure_title(stem, groups, comparisons), figure_caption(stem, groups)) for stem in figures]
    )
    if observations := run_observations(groups, comparisons, figures):
        blocks += [Heading(word("observations")), *map(Paragraph, observations)]
    asked = run_questions(groups, comparisons) if questions else []
    blocks += closing(run_limits(groups, comparisons), asked, single_runs(groups))
    return Document(spaced(_title(groups)), current_language(), numbered(blocks))


def summary(findings: Findings) -> list[str]:
    """Return the sentences that say what came out; what went wrong stands first."""
    runs = [(run, group.label) for group in findings.groups for run in group.runs]
    again = [run for run, _ in runs if run.record.status == "disturbed" and disturbed_shares(run.record)]
    found = [_not_completed(run, label) for run, label in runs if not (run.is_completed or run in again)]
    found += _trained_again(again)
    found += not_learned(findings.groups)
    if conditions := differing_conditions(findings.groups):
        found.append(conditions_differ(conditions))
    if disturbed := disturbed_runs([run for group in findings.groups for run in group.completed]):
        found.append(disturbed)
    if findings.comparisons:
        return found + comparison_sentences(findings.comparisons, explained=True)
    alone = [group for group in findings.groups if group.completed]
    return found + (range_sentences(alone) if len(alone) > MOST_TOLD else [*map(_single, alone)])


def result_table(groups: Sequence[Group]) -> TableBlock:
    """Return mean and spread of each group."""
    headings = ["configuration", "parameters", "n", "epoch_s", "train_s", "accuracy"]
    rows = [
        [
            group.label,
            group.parameters_text,
            str(len(group.completed)),
            text_of(group.epoch_s),
            text_of(group.train_s),
            text_of(group.accuracy_percent, decimals=2),
        ]
        for group in groups
    ]
    for heading, tag in (("memory", PEAK), ("shared", SHARED)):
        values = [[memory_mib(run).get(tag) for run in group.completed] for group in groups]
        if any(value is not None for found in values for value in found):
            headings.append(heading)
            for row, found in zip(rows, values, strict=True):
                known = [value for value in found if value is not None]
                row.append(f"{max(known):,.0f}" if known else "–")
    caption = say(
        "Parameters, training time and test accuracy: mean ± standard deviation over the runs.",
        "パラメータ数、学習時間、テスト精度（実行の平均 ± 標準偏差）。",
    )
    return TableBlock(caption, [word(name) for name in headings], rows, range(1, len(headings)), "results")


def _title(groups: Sequence[Group]) -> str:
    data = say(", ", "、").join(dict.fromkeys(data_title(group.record.data) for group in groups))
    if len(groups) > 3:
        return say(
            "{count} configurations on {data}: training time and accuracy",
            "{data} における {count} 通りの設定の比較：学習時間と精度",
            count=len(groups),
            data=data,
        )
    shown = listed([group.label for group in groups], ja=" と ")
    if len(groups) == 1:
        return say(
            "{shown} on {data}: training time and accuracy",
            "{data} における {shown} の学習時間と精度",
            shown=shown,
            data=data,
        )
    return say(
        "{shown} on {data}: training time and accuracy",
        "{data} における {shown} の比較：学習時間と精度",
        shown=shown,
        data=data,
    )


def _numbers_explained(groups: Sequence[Group]) -> list[str]:
    """Say where a name stands for settings that are too many for a name; nothing where none does."""
    if (group := first_number(groups)) is None or settings_table(groups) is None:
        return []
    return [
        say(
            "What the numbered names, such as {name}, stand for is shown by {table}.",
            "{name} のような番号付きの名前が表す設定を {table} に示す。",
            name=group.label,
            table=cite("settings"),
        )
    ]


def _conditions(groups: Sequence[Group]) -> list[Block]:
    return condition_blocks(groups, _measured(), of_each_model=len(groups) > 1 and are_told_within_models(groups))


def _models(groups: Sequence[Group]) -> list[Block]:
    if len(groups) > MOST_LAYER_TABLES:
        text = say("{table} lists the layers of all models.", "各モデルの層を {table} に示す。", table=cite("models"))
        return [Paragraph(text), models_in_short(groups)]
    text = say(
        "The layers stand in {tables}.",
        "モデルの各層を {tables} に示す。",
        tables=listed([cite(layers_key(group)) for group in groups]),
    )
    return [Paragraph(text), *(layer_table(group) for group in groups)]


def _measured() -> str:
    means = say(
        "The time per epoch of a run is the mean over its epochs. Test accuracy is that of the epoch with the best "
        "validation accuracy. Behind ± stands the standard deviation over n runs; its size decides how many "
        "digits are shown. Differences and ratios are of numbers that were not rounded before.",
        "ある実行の 1 エポックの学習時間は、その実行の全エポックの平均である。テスト精度は、検証精度が最も"
        "高かったエポックの重みによるものである。± の後ろは n 回の実行の標準偏差であり、表示する桁数は"
        "その大きさから決めた。差と比は、丸める前の値から求めた。",
    )
    return paragraph([time_is(), means])


def _single(group: Group) -> str:
    return say(
        "{label} takes {epoch_s} s of training per epoch and reaches a test accuracy of {accuracy} % "
        "({meaning}n = {n}).",
        "{label} の学習時間は 1 エポックあたり {epoch_s} s、テスト精度は {accuracy} % であった（{meaning}n = {n}）。",
        label=group.label,
        epoch_s=text_of(group.epoch_s),
        accuracy=text_of(group.accuracy_percent, decimals=2),
        meaning=say("mean ± standard deviation, ", "平均 ± 標準偏差、") if len(group.completed) > 1 else "",
        n=len(group.completed),
    )


def _trained_again(runs: Sequence[Run]) -> list[str]:
    """Say which runs do not count since other programs disturbed them, of many how many; nothing where there are none.

    The table of the runs says to which group each belongs.
    """
    if not runs:
        return []
    share = 100 * max(max(disturbed_shares(run.record)) for run in runs)
    if len(runs) == 1:
        return [
            say(
                "The run {run} was trained once more, since other programs took up to {share:.0f} % of the processor "
                "meanwhile, and is not part of the means.",
                "実行 {run} は、学習中にほかのプログラムがプロセッサの最大 {share:.0f} % を使ったため"
                "学習をやり直しており、平均に含めていない。",
                run=runs[0].name,
                share=share,
            )
        ]
    return [
        say(
            "The runs {runs} were trained once more, since other programs took up to {share:.0f} % of the processor "
            "meanwhile, and are not part of the means.",
            "実行 {runs} は、学習中にほかのプログラムがプロセッサの最大 {share:.0f} % を使ったため"
            "学習をやり直しており、平均に含めていない。",
            runs=listed(first_of([run.name for run in runs], MOST_TOLD, ja="件")),
            share=share,
        )
    ]


def _not_completed(run: Run, label: str) -> str:
    message = run.record.message
    why = message and say(": {why}", "（理由：{why}）", why=reason_of(message))
    return say(
        "The run {run} ({label}) {status} and is not part of the means{why}.",
        "{label} の実行 {run} の終了状態は「{status}」であり、平均に含めていない{why}。",
        run=run.name,
        label=label,
        status=RUN_ENDS[run.record.status],
        why=why or "",
    )
