"""What a summary says of differences: what the observations' tests bear out."""

from __future__ import annotations

from dataclasses import replace

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.sweep.borne_out import what_is_borne_out
from mnist_lab.reports.sweep.models_compared import beside
from mnist_lab.sweeps.result import SweepResult
from tests.reports.sweep.test_tested_differences import ACTIVATIONS, FAR, NEAR, repeated


def test_summary_says_what_the_tests_of_the_observations_bear_out() -> None:
    assert what_is_borne_out(SweepResult(ACTIVATIONS)) == [
        "The difference between two settings is larger than the noise in the training time of FC (3 of 3 pairs; widest "
        "apart: activation ReLU 1.01 s, Sigmoid 2.01 s); it cannot be told from the noise in the test accuracy of FC, "
        "and the training time and the test accuracy of CNN.",
        "Of the most accurate of each model by validation, CNN trains 8.0 times as long as FC, and its test accuracy "
        "is 0.9 percentage points higher (both larger than the noise).",
    ]
    with speaking("ja"):
        setting, models = map(spaced, what_is_borne_out(SweepResult(ACTIVATIONS)))
    assert setting == (
        "設定どうしの差は、FC の学習時間（3 組のうち 3 組。差が最も大きいのは活性化関数 ReLU 1.01 s と Sigmoid 2.01 s）"
        "では有意であるが、FC のテスト精度、CNN の学習時間とテスト精度ではどの組でも有意とはいえない。"
    )
    assert models == (
        "モデルごとに検証精度が最も高い設定どうしを比べると、CNN の学習時間は FC の 8.0 倍であり、"
        "テスト精度は 0.9 ポイント高い（いずれも有意）。"
    )
    once = tuple(replace(entry, runs=entry.runs[:1]) for entry in ACTIVATIONS)
    assert what_is_borne_out(SweepResult(once)) == []


def test_verdicts_of_two_models_that_differ_stand_behind_each() -> None:
    points = tuple(
        repeated({"model.activation": "ReLU"}, tests, tuple(s + place for place in (0.0, 0.1, 0.2)), model)
        for model, tests, s in (("CNN", (0.97, 0.98, 0.99), 9.0), ("FC", (0.96, 0.97, 0.98), 1.0))
    )
    points = (*points, repeated({"model.activation": "Tanh"}, (0.9, 0.9, 0.91), (1.0, 1.1, 1.2)))
    with speaking("ja"):
        *_, said = map(spaced, what_is_borne_out(SweepResult(points)))
    assert said.endswith(
        "CNN の学習時間は FC の 8.3 倍（有意）であり、テスト精度は 1.0 ポイント高い（有意とはいえない）。"
    )


def test_accuracies_alone_are_compared_where_times_are_not() -> None:
    one, other = (repeated({}, tests, (1.0, 1.1, 1.2), model) for model, tests in (("CNN", FAR), ("FC", NEAR)))
    assert beside(other, one, 1, timed=False, behind=("", "x")) == (
        "the test accuracy of FC is 1.9 percentage points lower than that of CNN (x)"
    )
    with speaking("ja"):
        said = spaced(beside(other, one, 1, timed=False, behind=("", "有意")))
    assert said == "FC のテスト精度は CNN より 1.9 ポイント低い（有意）"
