"""Ratios, differences and tests, against scipy's and against numbers by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from mnist_lab.reports.group_comparison import Comparison, compare_groups
from mnist_lab.runs.groups import group_runs
from mnist_lab.runs.run import read_runs
from tests.reports.records import cnn_and_fc, leave_run


def by_quantity(comparisons: list[Comparison]) -> dict[str, Comparison]:
    return {comparison.quantity: comparison for comparison in comparisons}


def test_pairs_are_compared_by_seed(tmp_path: Path) -> None:
    found = by_quantity(compare_groups(group_runs(cnn_and_fc(tmp_path))))
    ratios = np.array([3.0, 3.1, 2.9]) / 0.5
    time = found["time"]
    assert time.change.mean == pytest.approx(stats.gmean(ratios))
    assert time.change.sd == pytest.approx(stats.gmean(ratios) * np.log(ratios).std(ddof=1))
    assert time.inverse.mean == pytest.approx(1 / stats.gmean(ratios))
    assert time.test.p == pytest.approx(stats.ttest_1samp(np.log(ratios), 0).pvalue)
    accuracy = found["accuracy"]
    assert accuracy.change.mean == pytest.approx(-1.0)
    assert accuracy.change.sd == pytest.approx(np.std([-1.0, -0.9, -1.1], ddof=1))
    assert accuracy.test.p == pytest.approx(stats.ttest_1samp([-1.0, -0.9, -1.1], 0).pvalue)
    assert accuracy.test.name == "paired"
    assert accuracy.test.is_larger_than_noise


def test_ratio_that_varies_is_tested_by_its_logarithm(tmp_path: Path) -> None:
    for seed, (slow, fast) in enumerate([(4.0, 1.0), (6.0, 1.0), (10.0, 1.0)]):
        leave_run(tmp_path, "CNN", seed, epoch_s=[slow] * 3)
        leave_run(tmp_path, "FC", seed, epoch_s=[fast] * 3)
    found = by_quantity(compare_groups(group_runs(read_runs([tmp_path]))))["time"]
    assert stats.ttest_rel([4.0, 6.0, 10.0], [1.0] * 3).pvalue > 0.05
    assert found.test.p == pytest.approx(stats.ttest_1samp(np.log([4.0, 6.0, 10.0]), 0).pvalue)
    assert found.test.is_larger_than_noise


def test_seeds_pair_runs_whatever_their_order(tmp_path: Path) -> None:
    accuracies = {0: (0.98, 0.97), 1: (0.96, 0.95), 2: (0.94, 0.93)}
    folders = [leave_run(tmp_path, "CNN", seed, test=pair[0]) for seed, pair in accuracies.items()]
    folders += [leave_run(tmp_path, "FC", seed, test=pair[1]) for seed, pair in reversed(accuracies.items())]
    found = by_quantity(compare_groups(group_runs(read_runs(folders))))["accuracy"]
    assert found.change.mean == pytest.approx(-1.0)
    assert found.test.reason == "constant"
    assert found.test.p is None


def test_other_seeds_are_compared_unpaired(tmp_path: Path) -> None:
    for seed, accuracy in enumerate([0.98, 0.985, 0.981]):
        leave_run(tmp_path, "CNN", seed, test=accuracy)
    for seed, accuracy in enumerate([0.97, 0.972], start=10):
        leave_run(tmp_path, "FC", seed, test=accuracy)
    found = by_quantity(compare_groups(group_runs(read_runs([tmp_path]))))["accuracy"]
    assert (found.test.name, found.test.n) == ("welch", (3, 2))
    assert found.test.p == pytest.approx(stats.ttest_ind([98, 98.5, 98.1], [97, 97.2], equal_var=False).pvalue)
    assert found.change.mean == pytest.approx(97.1 - 98.2)


def test_sample_of_equal_values_is_tested_without_a_warning(tmp_path: Path) -> None:
    for seed in range(3):
        leave_run(tmp_path, "CNN", seed, test=0.8662)
    for seed, accuracy in enumerate([0.97, 0.972], start=10):
        leave_run(tmp_path, "FC", seed, test=accuracy)
    found = by_quantity(compare_groups(group_runs(read_runs([tmp_path]))))["accuracy"]
    # Welch's t has one degree of freedom here, where Student's distribution is Cauchy's.
    t = (97.1 - 86.62) / 0.1
    assert found.test.p == pytest.approx(2 * stats.cauchy.sf(t))


def test_one_run_each_says_nothing_of_noise(tmp_path: Path) -> None:
    leave_run(tmp_path, "CNN", 0, epoch_s=[3.0] * 3)
    leave_run(tmp_path, "FC", 0, epoch_s=[0.5] * 3)
    found = by_quantity(compare_groups(group_runs(read_runs([tmp_path]))))["time"]
    assert found.change.mean == pytest.approx(6.0)
    assert (found.change.sd, found.test.p, found.test.reason) == (None, None, "too_few")


def test_several_tests_are_corrected_after_holm(tmp_path: Path) -> None:
    spreads = {(32,): [0.970, 0.971, 0.9725], (64,): [0.978, 0.9815, 0.983], (128,): [0.980, 0.982, 0.985]}
    for width, accuracies in spreads.items():
        for seed, accuracy in enumerate(accuracies):
            leave_run(
                tmp_path, "FC", seed, test=accuracy, name=f"{width}-{seed}", model_settings={"hidden": list(width)}
            )
    groups = group_runs(read_runs([tmp_path]))
    found = [comparison for comparison in compare_groups(groups) if comparison.quantity == "accuracy"]
    first = [run.accuracy_percent for run in groups[0].completed]
    raw = [stats.ttest_rel(first, [run.accuracy_percent for run in group.completed]).pvalue for group in groups[1:]]
    small, large = sorted(raw)
    expected = {small: min(2 * small, 1), large: max(min(2 * small, 1), large)}
    assert [comparison.test.p for comparison in found] == pytest.approx([expected[p] for p in raw])
    assert {comparison.tests_in_family for comparison in found} == {2}


def test_runs_that_did_not_end_do_not_count(tmp_path: Path) -> None:
    runs = cnn_and_fc(tmp_path)
    folder = leave_run(tmp_path, "FC", 7, epoch_s=[50.0] * 3, test=None, status="interrupted")
    found = by_quantity(compare_groups(group_runs([*runs, *read_runs([folder])])))
    assert found["time"].change.mean == pytest.approx(stats.gmean([6.0, 6.2, 5.8]))
    assert found["time"].test.n == (3, 3)
