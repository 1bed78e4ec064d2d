"""What a summary says of differences: what the observations' tests bear out."""

from __future__ import annotations

from dataclasses import replace

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.sweep.borne_out import what_is_borne_out
from mnist_lab.sweeps.result import SweepResult
from tests.reports.sweep.test_tested_differences import ACTIVATIONS


def test_summary_says_what_the_tests_of_the_observations_bear_out() -> None:
    assert what_is_borne_out(SweepResult(ACTIVATIONS)) == [
        "The two settings farthest apart differ by more than the noise in the training time of FC (activation ReLU "
        "1.01 s, Sigmoid 2.01 s).",
        "Even the two farthest apart cannot be told from the noise in the test accuracy of FC (activation ReLU 99.1 %, "
        "Sigmoid 97.0 %), the training time of CNN (activation ReLU 8.10 s, Tanh 8.10 s) and "
        "the test accuracy of CNN (activation ReLU 100.0 %, Tanh 100.0 %).",
        "Of the most accurate of each model by validation, FC has a test accuracy of 99.1 % and CNN one of 100.0 %; "
        "the difference is larger than the noise. The training time of FC is 1.01 s, that of CNN 8.10 s; the "
        "difference is larger than the noise.",
    ]
    with speaking("ja"):
        first, second, third = map(spaced, what_is_borne_out(SweepResult(ACTIVATIONS)))
    assert first == (
        "最も離れた 2 つの設定の差が有意であるのは、FC の学習時間（活性化関数 ReLU 1.01 s、Sigmoid 2.01 s）である。"
    )
    assert second.startswith(
        "最も離れた 2 つの設定でも差が有意とはいえないのは、"
        "FC のテスト精度（活性化関数 ReLU 99.1 %、Sigmoid 97.0 %）と CNN の学習時間"
    )
    assert third == (
        "モデルごとに検証精度が最も高い設定どうしを比べると、テスト精度は FC が 99.1 %、CNN が 100.0 % であり、"
        "この差は有意である。学習時間は FC が 1.01 s、CNN が 8.10 s であり、この差は有意である。"
    )
    once = tuple(replace(entry, runs=entry.runs[:1]) for entry in ACTIVATIONS)
    assert what_is_borne_out(SweepResult(once)) == []
