"""What stands in a sweep's report, in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from mnist_lab.language import current_language, listed, paragraph, say
from mnist_lab.reports.conditions import condition_blocks, time_is
from mnist_lab.reports.document import Block, Document, Heading, Paragraph, TableBlock
from mnist_lab.reports.model_kinds import model_kinds
from mnist_lab.reports.model_tables import layer_table, layers_key, models_in_short
from mnist_lab.reports.numbering import cite, numbered
from mnist_lab.reports.pooling_order import pooling_order
from mnist_lab.reports.sections import closing, cover, figure_section, prose, run_table
from mnist_lab.reports.setting_names import point_label, varied_name
from mnist_lab.reports.sweep.accuracy_digits import digits_shown
from mnist_lab.reports.sweep.borne_out import what_is_borne_out
from mnist_lab.reports.sweep.families import varied_keys
from mnist_lab.reports.sweep.first_times import what_daggers_are
from mnist_lab.reports.sweep.front import front_quantities
from mnist_lab.reports.sweep.limits import limits, open_questions
from mnist_lab.reports.sweep.models_beside import models_beside
from mnist_lab.reports.sweep.observations import observations
from mnist_lab.reports.sweep.points_table import table_of
from mnist_lab.reports.sweep.pooling_everywhere import pooling_everywhere
from mnist_lab.reports.sweep.remarks import measured_again, trained_again, warnings, what_is_trained_again
from mnist_lab.reports.sweep.replaced_layers import replaced_layers
from mnist_lab.reports.sweep.sentences import how_often_trained, main_sentence, margin_text
from mnist_lab.reports.sweep.slow_times import how_slow_times_are_found
from mnist_lab.reports.sweep.tested import how_tested
from mnist_lab.reports.sweep.varied import changes_along, varied_sentences, varied_table
from mnist_lab.reports.words import RUN_ENDS, end_of, word
from mnist_lab.runs.data_names import data_title
from mnist_lab.runs.groups import Group
from mnist_lab.runs.spread import binomial_sd, significant
from mnist_lab.sweeps.result import PointResult, SweepResult, best_of, one_sample_points, smallest_within
from mnist_lab.sweeps.run_result import RunResult


def compose(
    name: str, result: SweepResult, within: float, captions: Mapping[str, str], *, questions: bool = True
) -> Document:
    """Return the whole report in the current language.

    Args:
        name: Of the sweep.
        result: What it has found; at least one point.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
        captions: Of the figures, by file name without an ending.
        questions: Ask the questions that the reader's interpretation answers.
    """
    groups = groups_of(result)
    observed = observations(result, within, captions)
    blocks: list[Block] = [
        cover(),
        Heading(word("summary")),
        *prose(
            [
                *model_kinds(list(groups.values())),
                *warnings(result),
                main_sentence(result, within),
                *what_is_borne_out(result),
                *how_often_trained(result),
                *trained_again(result),
            ]
        ),
        Heading(word("changed")),
        *prose(varied_sentences(result)),
        varied_table(result),
        *prose([*replaced_layers(result, groups), *pooling_everywhere(result, groups)]),
        *models_beside(result, groups),
        *changes_along(result, groups),
        *prose(pooling_order(list(groups.values()))),
        Heading(word("models")),
        *_models(result, within, groups),
        Heading(word("conditions")),
        *_conditions(name, result, within, groups, observed),
        Heading(word("results")),
        *prose(_shown(captions)),
        _points(result, within),
        *figure_section([(stem, caption, caption) for stem, caption in captions.items()]),
        Heading(word("observations")),
        *map(Paragraph, observed),
    ]
    if again := measured_again(result):
        blocks += [Heading(word("remarks")), *prose(again)]
    blocks += closing(limits(result), open_questions(result) if questions else [], _run_table(result))
    return Document(title_of(name, result), current_language(), numbered(blocks))


def title_of(name: str, result: SweepResult) -> str:
    """Return the report's title: what was varied, on which data; the sweep's name where nothing was."""
    names = [varied_name(key, result.points) for key in varied_keys(result)]
    return say(
        "Training time and accuracy on {data} by {names}",
        "{data} における{names}と学習時間、精度の関係",
        names=listed(names) or name,
        data=say(", ", "、").join(dict.fromkeys(_data(run) for entry in result.points for run in entry.runs)),
    )


def _data(result: RunResult) -> str:
    return data_title((result.record or {}).get("data") or {"name": result.data})


def groups_of(result: SweepResult) -> dict[str, Group]:
    """Return each point with its runs as the other reports know them, by the point's key; in the sweep's order."""
    groups: dict[str, Group] = {}
    for entry in result.points:
        runs = tuple(found for run in (*entry.runs, *entry.again) if (found := run.run) is not None)
        if runs:
            groups[entry.point.key] = Group(point_label(entry), runs)
    return groups


def _models(result: SweepResult, within: float, groups: Mapping[str, Group]) -> list[Block]:
    """Return the smallest models that hold the accuracy, and the best, layer by layer; all others in short."""
    small = smallest_within(result.points, within).values() if result.sizes_vary else ()
    of_models = [result.of_model(model) for model in result.models]
    chosen = [entry for entry in (*small, *map(best_of, of_models)) if entry]
    keys = dict.fromkeys(entry.point.key for entry in chosen if entry.point.key in groups)
    if not groups:
        return []
    in_full = [groups[key] for key in keys]
    text = say(
        "{all} lists the layers of all models, and layer by layer {full} those of {which}.",
        "すべてのモデルの層を {all} に示す。そのうち{which}については、各層の出力の形とパラメータ数を {full} に示す。",
        which=say(
            "the smallest within {margin} of the best validation accuracy, and the most accurate of each model",
            "、検証精度の最高値との差が{margin}以内で最小のモデルと、モデルごとに検証精度が最も高いもの",
            margin=margin_text(result.points, within),
        )
        if result.sizes_vary
        else say("the most accurate of each model", "、モデルごとに検証精度が最も高いもの"),
        all=cite("models"),
        full=listed([cite(layers_key(group)) for group in in_full]),
    )
    return [Paragraph(text), models_in_short(list(groups.values())), *map(layer_table, in_full)]


def _conditions(
    name: str, result: SweepResult, within: float, groups: Mapping[str, Group], observed: Sequence[str]
) -> list[Block]:
    """Return what was measured, how it was tested, and the tables of the conditions."""
    measured, *tables = condition_blocks(list(groups.values()), _measured(result, within), sweep=name)
    tests = [*how_tested(observed, result.points), *how_slow_times_are_found(result)]
    return [measured, *prose(tests), *tables]


def _measured(result: SweepResult, within: float) -> str:
    measured = say(
        "Test accuracy is that of the epoch with the best validation accuracy. Models are chosen by validation "
        "accuracy, so that the test set has no part in the choice. Differences and ratios are of numbers that were not "
        "rounded before.",
        "テスト精度は、検証精度が最も高かったエポックの重みによるものである。モデルは検証精度によって選んだため、"
        "テストデータは選択に関わっていない。差と比は、丸める前の値から求めた。",
    )
    limit = say(
        "The limit on the difference in validation accuracy, {within:g} percentage points, was set for the sweep and "
        "does not come of the measurements{error}.",
        "検証精度の差の限度（{within:g} ポイント）はスイープの設定で定めたものであり、測定から求めたものでは"
        "ない{error}。",
        within=within,
        error=_beside_its_error(result),
    )
    one_sample = say(
        "One validation sample is worth more, so that this is the limit.",
        "検証用データ 1 サンプル分のほうが大きいため、それを限度とした。",
    )
    limits_said = [limit, *([one_sample] if one_sample_points(result.points) > within else [])]
    digits = digits_shown(result.points)
    return paragraph([time_is(), *what_is_trained_again(result), measured, *digits, *limits_said])


def _beside_its_error(result: SweepResult) -> str:
    """Return the error of the validation accuracy beside which the limit stands; empty where N is not known."""
    best = best_of(result.points)
    sizes = [(run.record["data"].get("split_sizes") or {}).get("val") for run in best.runs if run.record]
    if not sizes or not sizes[0]:
        return ""
    return say(
        "; the limited number N = {samples:,} of validation samples alone gives the highest validation accuracy a "
        "standard error of {sd} percentage points",
        "（検証用データの数 N = {samples:,} が限られていることだけによる検証精度の標準誤差は、最高値で"
        "約 {sd} ポイント）",
        samples=sizes[0],
        sd=significant(100 * binomial_sd(best.val_accuracy, sizes[0]), 2),
    )


def _shown(figures: Iterable[str]) -> list[str]:
    return [
        say(
            "{table} lists all points, {figures} show them; the single runs stand in {runs}.",
            "すべての設定の結果を {table} と {figures} に、個々の実行を {runs} に示す。",
            table=cite("points"),
            figures=listed([cite(stem) for stem in figures]),
            runs=cite("runs"),
        )
    ]


def _points(result: SweepResult, within: float) -> TableBlock:
    table = table_of(result, within)
    caption = [
        say("All points.", "すべての設定。"),
        _repeats({len(entry.runs) for entry in result.points}),
        say(
            "Front: on the Pareto front, that is, no other point is at least as good in {all} and better in one of "
            "them, by the digits shown; of equal values neither is better.",
            "「パレート最適」は、{all}のどれでも劣らず、少なくとも 1 つで優れる設定がほかにないことを示す"
            "（表に示した桁で比べ、等しければ優劣はない）。",
            all=front_quantities(result),
        ),
        *_smallest(result, within),
        *what_daggers_are(result.points),
    ]
    return TableBlock(paragraph(caption), table.headings, table.rows, table.numbers, "points")


def _smallest(result: SweepResult, within: float) -> list[str]:
    """Say which points the notes call the smallest; nothing where sizes do not vary."""
    if not result.sizes_vary:
        return []
    return [
        say(
            "Smallest: of each model the point with the fewest parameters within {margin} of the best validation "
            "accuracy.",
            "「最小」は、検証精度の最高値との差が{margin}以内の設定のうち、モデルごとにパラメータ数が最も少ないものを"
            "示す。",
            margin=margin_text(result.points, within),
        )
    ]


def _repeats(counts: Collection[int]) -> str:
    """Say how often each point was trained, and what therefore stands in the table."""
    if set(counts) == {1}:
        return say("Each was trained once.", "各設定の学習は 1 回である。")
    return say(
        "{n} Time: median; accuracies: mean; in brackets the smallest and the largest value of the repeats.",
        "{n}時間は中央値、精度は平均であり、繰り返しの最小値と最大値を（ ）内に示す。",
        n=say("n = {n} runs each.", "各設定の学習は n = {n} 回である。", n=min(counts))
        if len(counts) == 1
        else say("How often each was trained (n) stands in the notes.", "各設定の学習の回数 n は備考に示す。"),
    )


def _end(run: RunResult, entry: PointResult) -> str:
    """Return how a run ended, and which of a point's runs gave the time."""
    end = str(RUN_ENDS.get(run.status) or end_of(run.status))
    if run.disturbed is not None and run.status == "disturbed":
        share = significant(100 * run.disturbed)  # with digits enough to be told from what is allowed
        return say("{end} ({share} %)", "{end}（{share} %）", end=end, share=share)
    if run.disturbed is not None and run.status == "completed":
        end = say(
            "{end}, disturbed (others took {share:.0f} %)",
            "{end}（ほかのプログラムが {share:.0f} % を使用、学習時間は信頼できない）",
            end=end,
            share=100 * run.disturbed,
        )
    if run in entry.again:
        return say("{end} (time measured again)", "{end}（時間の測り直し）", end=end)
    if entry.again and run in entry.runs:
        return say("{end} (its time is not used)", "{end}（学習時間は用いない）", end=end)
    return end


def _run_table(result: SweepResult) -> TableBlock:
    rows = [
        [
            run.folder or "–",
            point_label(entry),
            "–" if run.seed is None else str(run.seed),
            _end(run, entry),
            "–" if run.train_s is None else significant(run.train_s),
            *("–" if share is None else f"{100 * share:.2f}" for share in (run.val_accuracy, run.test_accuracy)),
        ]
        for entry in (*result.points, *result.failed)
        for run in (*entry.rejected, *entry.runs, *entry.again, *entry.ended_otherwise)
    ]
    return run_table(
        ("run", "configuration", "seed", "status", "train_s", "val_accuracy", "accuracy"), rows, (2, 4, 5, 6)
    )
