"""What a sweep's report cannot know, and the questions that it leaves to its reader."""

from __future__ import annotations

from mnist_lab.language import say
from mnist_lab.reports.open_questions import questions_on
from mnist_lab.reports.other_programs import other_programs
from mnist_lab.reports.sweep.families import varied_keys
from mnist_lab.reports.sweep.order_of_runs import order_of_runs
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.sweep.reversed_ranks import why_reversed
from mnist_lab.reports.sweep.slow_times import supposes_a_cause, why_slow
from mnist_lab.reports.sweep.wide_spreads import why_so_wide
from mnist_lab.runs.spread import binomial_sd, significant
from mnist_lab.sweeps.result import SweepResult, best_of


def limits(result: SweepResult) -> list[str]:
    """Return what the report cannot know.

    Args:
        result: With at least one point.
    """
    return [*_of_chance(result), *_of_every_sweep(result)]


def _of_chance(result: SweepResult) -> list[str]:
    """Return what a single training, and a limited number of test samples, leave uncertain."""
    found = []
    if min(len(entry.runs) for entry in result.points) == 1:
        found.append(
            say(
                "Of points that were trained once the spread is not known; where differences are small, another "
                "training may change their order.",
                "1 回しか学習させていない設定では、ばらつきがわからない。小さな差の順位は、学習をやり直すと"
                "入れ替わる可能性がある。",
            )
        )
    sizes = [run.record["data"].get("split_sizes") or {} for entry in result.points for run in entry.runs if run.record]
    tested = max((size.get("test", 0) for size in sizes), default=0)
    if tested:
        found.append(
            say(
                "The limited number N of test samples alone gives a test accuracy a a standard deviation √(a(1 − a)/N) "
                "of about {sd} percentage points (at the best point).",
                "テストデータの数 N が限られていることだけで、テスト精度 a には標準偏差 √(a(1 − a)/N) の誤差があり、"
                "その値は検証精度が最高の設定で約 {sd} ポイントである。",
                sd=significant(100 * binomial_sd(best_of(result.points).test_accuracy, tested), 2),
            )
        )
    validated = max((size.get("val", 0) for size in sizes), default=0)
    if tested and validated:
        found.append(
            say(
                "In validation accuracy, by which the models were chosen, it is about {sd} percentage points "
                "(N = {samples:,}).",
                "モデルの選択に用いた検証精度（N = {samples:,}）では、この誤差は約 {sd} ポイントである。",
                samples=validated,
                sd=significant(100 * binomial_sd(best_of(result.points).val_accuracy, validated), 2),
            )
        )
    return found


def _of_every_sweep(result: SweepResult) -> list[str]:
    return [
        say(
            "Only the values in the table were tried; whether a higher accuracy or a shorter time lies between or "
            "beyond them is not known.",
            "調べたのは表にある値だけであり、その間や外に、精度がさらに高い値や学習時間がさらに短い値があるかどうかは"
            "わからない。",
        ),
        order_of_runs(result),
        say(
            "The times hold for the device, threads and versions named above. Elsewhere, or measured at another time, "
            "the times and their ratios may be others.",
            "時間は、上に示した計算機、スレッド数、バージョンでの値である。ほかの環境や、"
            "同じ計算機でも別の時に測った場合には、時間とその比が変わる可能性がある。",
        ),
        other_programs(
            [run.others_cpu for entry in result.points for run in entry.again or entry.runs],
            where="data/runs.csv",
            repeated=min(len(entry.runs) for entry in result.points) > 1,
            some_left_out=any(entry.rejected for entry in result.points),
        ),
        say(
            "The other settings, such as the learning rate and the number of epochs, were not chosen anew for each "
            "point.",
            "ほかの設定（学習率、エポック数など）をそれぞれの設定に合わせて選び直してはいない。",
        ),
        say(
            "This report says what was measured, not why{but}.",
            "本レポートが示すのは測定の結果であり、その理由ではない{but}。",
            but=say(" (but for what is supposed of the computer's state)", "（計算機の状態についての推測を除く）")
            if supposes_a_cause(result)
            else "",
        ),
    ]


def open_questions(result: SweepResult) -> list[str]:
    """Return the questions that the reader's interpretation answers, by what was varied."""
    varied = varied_keys(result)
    found = [_why_these_values()] if varied else []
    found += [*questions_on(varied), *why_reversed(learned(result))]
    if result.sizes_vary:
        found.append(
            say(
                "Why does the time change in this way? Explain it by the layers' output shapes and the number of "
                "operations.",
                "学習時間がこのように変わるのはなぜか。各層の出力の形と計算の回数から説明すること。",
            )
        )
    if len(learned(result).points) < len(result.points):
        found.append(
            say(
                "What happened where hardly anything was learned? Check it with another learning rate, or more epochs.",
                "ほとんど学習できていない設定では、何が起きたと考えられるか。学習率やエポック数を変えて確かめること。",
            )
        )
    if any(entry.again or entry.strange for entry in result.points):
        found.append(
            say(
                "What is behind the times that did not fit and were measured again?",
                "前後の設定から予想される値と大きく異なった学習時間は、何が原因と考えられるか。",
            )
        )
    found += [*why_slow(result), *why_so_wide(learned(result))]
    if len(result.models) > 1:
        found.append(
            say(
                "So for this problem, which model is to be chosen, and for what purpose?",
                "以上から、この問題にはどのモデルを、どのような目的で選ぶべきか。",
            )
        )
    return found


def _why_these_values() -> str:
    return say(
        "Why did you choose these settings to vary, and these values?",
        "変えた設定項目とその値を、なぜ選んだか。",
    )
