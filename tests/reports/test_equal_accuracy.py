"""What is said of the time until an accuracy that all reached: of means as means, of runs as each of them ran."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from mnist_lab.language import Language, spaced, speaking
from mnist_lab.reports.figure_texts import figure_caption, figure_title
from mnist_lab.reports.group_comparison import compare_reached
from mnist_lab.reports.run_content import Findings, find
from mnist_lab.reports.run_figures import draw_figures
from mnist_lab.reports.run_observations import run_observations
from mnist_lab.runs.run import read_runs
from tests.reports.records import cnn_and_fc, leave_run

# As trained on MNIST; of the FC, seed 0 never reaches the 97.7 % that its mean reaches in epoch 5.
FC_RUNS = [
    (0.9630, 0.9694, 0.9698, 0.9752, 0.9756),
    (0.9588, 0.9702, 0.9748, 0.9758, 0.97719997),
    (0.9506, 0.9718, 0.9764, 0.97719997, 0.9798),
]
CNN_RUNS = [(0.9732, 0.9808, 0.9826), (0.9762, 0.9818, 0.9832), (0.9766, 0.9830, 0.9822)]


def findings_of(log_dir: Path, fc: Sequence[Sequence[float]], cnn: Sequence[Sequence[float]] = CNN_RUNS) -> Findings:
    for model, times, runs in (("CNN", 3.0, cnn), ("FC", 0.46, fc)):
        for seed, val in enumerate(runs):
            leave_run(log_dir, model, seed, epoch_s=[times + seed / 100] * len(val), val=val)
    return find(read_runs([log_dir]))


def said_of(findings: Findings, language: Language) -> str:
    with speaking(language):
        return spaced(" ".join(run_observations(findings.groups, findings.comparisons)))


def test_each_run_is_said_where_they_differ_and_nothing_is_tested_where_one_never_arrives(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, FC_RUNS)
    said = said_of(findings, "en")
    assert (
        "Until the ends of these epochs, CNN trains 2.56 times as long as FC (ratio of the mean times). This is" in said
    )
    assert (
        "Run by run, CNN reached it in epoch 2 in all 3 runs; FC reached it in epoch 4 with seed 2, in epoch 5 with "
        "seed 1, and not by the end of epoch 5 with seed 0 (at most 97.56 %)." in said
    )
    assert "on the mean it was reached by CNN between" in said
    assert "t-test" not in said
    said = said_of(findings, "ja")
    assert "これらのエポックの終わりまでの学習時間の平均は、CNN が FC の 2.56 倍である。" in said
    assert (
        "実行ごとに見ると、CNN は 3 回とも第 2 エポックで達した。FC では、シード 2 は第 4 エポック、シード 1 は"
        "第 5 エポックで達し、シード 0 は 5 エポックでは達しなかった（最高 97.56 %）。" in said
    )
    assert "検定、" not in said


def test_runs_own_times_are_tested_where_every_run_arrives(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, [(0.96, 0.97, 0.977), (0.96, 0.977, 0.976), (0.96, 0.97, 0.977)])
    (compared,) = compare_reached(97.6, findings.groups)
    ratios = np.array([3.00 / (0.46 * 3), 3.01 / (0.47 * 2), 3.02 / (0.48 * 3)])
    ratios[0] *= 2  # the CNN's seed 0 arrives in epoch 2, the others in epoch 1
    assert compared.change.mean == pytest.approx(stats.gmean(ratios))
    assert compared.test.p == pytest.approx(stats.ttest_1samp(np.log(ratios), 0).pvalue)
    said = said_of(findings, "en")
    assert "Until the ends of these epochs" not in said
    assert f"two-sided, n = 3, p = {compared.test.p:.2g})" in said


def test_seeds_that_are_many_are_counted(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, [(0.96, 0.97), (0.97, 0.971)] * 3, [(0.98, 0.98)] * 6)
    said = said_of(findings, "en")
    assert "FC reached it in epoch 1 in 3 of 6 runs and in epoch 2 in 3 of 6 runs." in said
    assert "FC では、6 回のうち 3 回は第 1 エポック、6 回のうち 3 回は第 2 エポックで達した。" in said_of(
        findings, "ja"
    )


def test_accuracy_that_just_misses_the_mark_is_not_rounded_up_to_it(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, [(0.96, 0.9698), (0.96, 0.969961), (0.96, 0.9712)], [(0.98, 0.98)] * 3)
    assert "by the end of epoch 2 with seeds 0 and 1 (at most 96.996 %)" in said_of(findings, "en")


def test_single_runs_are_their_own_means(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, [(0.96, 0.97)], [(0.98, 0.98)])
    said = said_of(findings, "en")
    assert "un by run" not in said
    assert "single run reached" not in said
    assert "From a single run, whether they differ by more than the noise cannot be said." in said


@pytest.mark.parametrize(
    ("language", "title", "caption"),
    [
        (
            "en",
            "97.0 % mean validation accuracy: CNN in 6.0 s and FC in 1.50 s of training",
            "Black dotted line: 97.0 %, the highest mean that both reach, rounded down.",
        ),
        (
            "ja",
            "平均検証精度 97.0 % までの学習時間：CNN は 6.0 s、FC は 1.50 s",
            "黒い点線は、両者がともに到達した平均の最高値 97.0 %（小数第 2 位以下切り捨て）を示す。",
        ),
    ],
)
def test_figure_speaks_of_the_mean_and_draws_what_it_reached(
    language: Language, title: str, caption: str, tmp_path: Path
) -> None:
    groups = find(cnn_and_fc(tmp_path)).groups
    with speaking(language):
        assert figure_title("accuracy_over_time", groups) == title
        assert caption in figure_caption("accuracy_over_time", groups)
        axes = draw_figures(groups)["accuracy_over_time"].axes[0]
    assert [np.asarray(line.get_ydata()).tolist() for line in axes.lines if line.get_linestyle() == ":"] == [
        [97.0, 97.0]
    ]
