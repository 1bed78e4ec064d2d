"""What a report of runs cannot know, and the questions that it leaves to its reader."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.reports.open_questions import questions_on
from mnist_lab.reports.other_programs import other_programs
from mnist_lab.reports.reference_accuracy import reference_limits
from mnist_lab.runs.disturbance import largest_share_of_others
from mnist_lab.runs.groups import Group, differing_settings
from mnist_lab.runs.spread import binomial_sd, significant


def run_limits(groups: Sequence[Group], comparisons: Sequence[Comparison] = ()) -> list[str]:
    """Return what the report cannot know.

    Args:
        groups: All of them.
        comparisons: With the first group.
    """
    found = [
        *_of_repeats(groups),
        say(
            "The times hold for the device, threads and versions named above. Elsewhere, or measured at another time, "
            "the times and their ratio may be others.",
            "時間は、上に示した計算機、スレッド数、バージョンでの値である。ほかの環境や、"
            "同じ計算機でも別の時に測った場合には、時間とその比が変わる可能性がある。",
        ),
        other_programs(
            [largest_share_of_others(run.record) for group in groups for run in group.completed or group.runs],
            where="data/epochs.csv",
            repeated=any(len(group.completed) > 1 for group in groups),
            some_left_out=any(run.record.status == "disturbed" for group in groups for run in group.runs),
        ),
    ]
    test_sd_points = _test_sd_points(groups)
    if test_sd_points is not None:
        found.append(
            say(
                "The spread of the accuracies comes of the seeds (weights, batches, split); the test samples are the "
                "same in all runs. Their limited number N alone gives a test accuracy a a standard deviation "
                "√(a(1 − a)/N), which is {sd} percentage points for the configuration where it is largest.",
                "精度のばらつきはシード（重み、バッチの順序、データの分割）によるものであり、"
                "テストデータはどの実行でも同じである。"
                "テストデータの数 N が限られていることだけで、テスト精度 a には標準偏差 √(a(1 − a)/N) の誤差があり、"
                "その値は最も大きい設定で {sd} ポイントである。",
                sd=significant(test_sd_points, 2),
            )
        )
    return [
        *found,
        *reference_limits(groups, comparisons),
        say(
            "The other settings were not chosen anew for each configuration. Whether another learning rate, more "
            "epochs or another size would change the order was not tried here.",
            "ほかの設定項目を、それぞれの設定に合わせて選び直してはいない。学習率、エポック数、モデルの大きさを変えた"
            "ときに優劣が変わるかどうかは、ここでは調べていない。",
        ),
        say(
            "The report says what was measured, not why.",
            "本レポートが示すのは測定の結果であり、その理由ではない。",
        ),
    ]


def _of_repeats(groups: Sequence[Group]) -> list[str]:
    """Return what too few runs, or runs with the same seeds, leave uncertain."""
    found = []
    if any(len(group.completed) == 1 for group in groups):
        found.append(
            say(
                "Of a configuration with a single run no spread is known.",
                "実行が 1 回だけの設定では、ばらつきがわからない。",
            )
        )
    if any(group.repeats_seeds for group in groups):
        found.append(
            say(
                "Some runs of one configuration share their seeds. Their accuracies are not independent, so that the "
                "spread of the accuracies, and p, come out too small.",
                "同じ設定でシードが同じ実行がある。それらの精度は独立でないため、精度のばらつきと p は小さめに出る。",
            )
        )
    return found


def run_questions(groups: Sequence[Group], comparisons: Sequence[Comparison]) -> list[str]:
    """Return the questions that the reader's interpretation answers."""
    differing = differing_settings([group.record for group in groups])
    found = [_why_slower(entry) for entry in comparisons if entry.quantity == "time"][:1]
    found += questions_on([name for name in differing if len({group.record.model for group in groups}) == 1])
    if len({group.record.parameters for group in groups}) > 1 or len(groups) == 1:
        found.append(
            say(
                "How small can the model become while the accuracy holds?",
                "精度を保ったまま、モデルはどこまで小さくできるか。",
            )
        )
    found.append(
        say(
            "To make it faster, or more accurate, what would you change, from what to what? Train it, and report what "
            "came out.",
            "学習をより速く、または精度をより高くするには、何を何から何に変えればよいか。"
            "実際に学習させ、結果を示すこと。",
        )
    )
    if len(groups) > 1:
        found.append(
            say(
                "So for this problem, which would you choose, and for which purpose?",
                "以上から、この問題にはどの設定を、どのような目的で選ぶべきか。",
            )
        )
    return found


def _why_slower(entry: Comparison) -> str:
    if not entry.test.is_larger_than_noise:
        return say(
            "How often would each have to be trained to tell the times apart?",
            "学習時間に差があるかどうかを判断するには、それぞれ何回学習させればよいか。",
        )
    _, slow, _ = entry.faster
    return say(
        "Why does an epoch of {slow} take longer? Look at the output shapes of the layers, not at the parameters "
        "alone.",
        "{slow} の 1 エポックに、より長い時間がかかるのはなぜか。パラメータ数だけでなく、"
        "各層の出力の形にも注目すること。",
        slow=slow.label,
    )


def _test_sd_points(groups: Sequence[Group]) -> float | None:
    found = []
    for group in groups:
        samples = (group.record.data.get("split_sizes") or {}).get("test")
        if samples and group.accuracy_percent:
            found.append(100 * binomial_sd(min(group.accuracy_percent.mean / 100, 1.0), samples))
    return max(found, default=None)
