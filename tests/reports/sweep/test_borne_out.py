"""What a summary says of differences: what the observations' tests bear out."""

from __future__ import annotations

from dataclasses import replace

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.sweep.borne_out import what_is_borne_out
from mnist_lab.sweeps.result import SweepResult
from tests.reports.sweep.test_tested_differences import ACTIVATIONS


def test_summary_says_what_the_tests_of_the_observations_bear_out() -> None:
    assert what_is_borne_out(SweepResult(ACTIVATIONS)) == [
        "Of the two settings farthest apart, the difference is larger than the noise in the training time of FC "
        "(activation ReLU 1.01 s, Sigmoid 2.01 s); not to be told from the noise in the test accuracy of FC "
        "(activation ReLU 99.1 %, Sigmoid 97.0 %), the training time of CNN (activation ReLU 8.10 s, Tanh 8.10 s) and "
        "the test accuracy of CNN (activation ReLU 100.0 %, Tanh 100.0 %).",
        "Of the most accurate of each model by validation, FC and CNN have a test accuracy of 99.1 % and 100.0 % "
        "(larger than the noise) and a training time of 1.01 s and 8.10 s (larger than the noise).",
    ]
    with speaking("ja"):
        first, second = map(spaced, what_is_borne_out(SweepResult(ACTIVATIONS)))
    assert first.startswith(
        "最も離れた 2 つの設定の差は、FC の学習時間（活性化関数 ReLU 1.01 s、Sigmoid 2.01 s）では有意であるが、"
        "FC のテスト精度（活性化関数 ReLU 99.1 %、Sigmoid 97.0 %）と CNN の学習時間"
    )
    assert first.endswith("では有意とはいえない。")
    assert second == (
        "モデルごとに検証精度が最も高い設定どうしを比べると、FC と CNN のテスト精度はそれぞれ 99.1 % と 100.0 %"
        "（差は有意である）、学習時間はそれぞれ 1.01 s と 8.10 s（差は有意である）である。"
    )
    once = tuple(replace(entry, runs=entry.runs[:1]) for entry in ACTIVATIONS)
    assert what_is_borne_out(SweepResult(once)) == []
