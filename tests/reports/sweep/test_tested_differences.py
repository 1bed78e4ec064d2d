"""What is said of differences where settings were repeated: what a test bears out, and no more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mnist_lab.language import Language, paragraph, spaced, speaking
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.sweep.borne_out import what_is_borne_out
from mnist_lab.reports.sweep.front import front_sentence
from mnist_lab.reports.sweep.heat_map_text import heat_map_sentence
from mnist_lab.reports.sweep.limits import open_questions
from mnist_lab.reports.sweep.models_compared import models_compared
from mnist_lab.reports.sweep.observations import observations
from mnist_lab.reports.sweep.tested import Tested as OneTest
from mnist_lab.reports.sweep.tested import how_tested, p_of
from mnist_lab.reports.sweep.verdicts import differences_text
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.result import PointResult, SweepResult
from tests.sweeps.made_results import result, run

NEAR = (0.970, 0.972, 0.974)
FAR = (0.990, 0.991, 0.992)
STEPS = ((16, (1.00, 1.20, 1.10)), (32, (1.02, 1.18, 1.06)), (64, (3.0, 3.1, 3.2)))


def repeated(values: dict[str, Any], tests: tuple[float, ...], times_s: tuple[float, ...], model: str = "FC") -> Any:
    runs = tuple(run(model, train_s=s, test=test, val=test) for s, test in zip(times_s, tests, strict=True))
    return PointResult(Point(model.lower(), values), runs)


def test_ends_of_repeats_are_tested() -> None:
    points = (
        repeated({"model.hidden": [16]}, NEAR, (1.0, 1.1, 1.2)),
        repeated({"model.hidden": [64]}, FAR, (1.1, 1.2, 1.15)),
    )
    first = observations(SweepResult(points), 0.5)[0]
    assert "The difference in training time cannot be told from the noise (n = 3, p = " in first
    assert "The difference in test accuracy is larger than the noise (n = 3, p < 0.001)" in first


def test_ends_of_several_lines_are_counted() -> None:
    points = tuple(
        repeated(
            {"model.hidden": [width], "model.dropout": drop},
            FAR if width > 9 else NEAR,
            (0.1 * width, 0.11 * width, 0.105 * width),
        )
        for drop in (0.0, 0.2)
        for width in (8, 16)
    )
    with speaking("ja"):
        first = spaced(observations(SweepResult(points), 0.5)[0])
    assert "学習時間は 2.0 倍になり、テスト精度の変化は +1.9 ポイントであった。" in first
    assert (
        "学習時間を比べた 2 組ではいずれも差が有意である（n = 3、2 組、補正後 p < 0.001）。"
        "テスト精度を比べた 2 組ではいずれも差が有意である（n = 3、2 組、補正後 p = 0.0015）。"
    ) in first


def test_the_line_whose_ends_do_not_differ_is_named() -> None:
    points = tuple(
        repeated({"model.hidden": [width], "model.dropout": drop}, tests, (1.0, 1.1, 1.2))
        for drop, last in ((0.0, FAR), (0.2, NEAR), (0.4, FAR))
        for width, tests in ((8, NEAR), (16, last))
    )
    first = observations(SweepResult(points), 0.5)[0]
    assert (
        " Of the 3 pairs compared by test accuracy, the difference cannot be told from the noise in dropout 0.2 (n = "
        "3, 3 pairs, corrected p = 1.0) and is larger than it in the other 2 (n = 3, 3 pairs, corrected p = 0.0023)."
    ) in first


def test_steps_back_within_the_noise_are_called_so() -> None:
    points = (repeated({"model.hidden": [width]}, NEAR, times_s) for width, times_s in STEPS)
    first = observations(SweepResult(tuple(points)), 0.5)[0]
    assert (
        " The difference in the step in which the training time becomes shorter cannot be told from the noise (n = 3, "
        "2 pairs, corrected p = 1.0)."
    ) in first
    assert "it may be that" not in first


def test_what_is_not_significant_is_no_bracket_in_a_bracket() -> None:
    points = (repeated({"model.hidden": [width]}, NEAR, times_s) for width, times_s in STEPS)
    with speaking("ja"):
        first = spaced(observations(SweepResult(tuple(points)), 0.5)[0])
    assert (
        " では 1.10 s から 1.06 s）である。学習時間が短くなった 1 組の差は有意とはいえない（n = 3、2 組、補正後 p"
        " = 1.0）。"
    ) in first


FALLS = (
    (8, (2.0, 2.01, 2.02)),
    (16, (1.5, 1.51, 1.52)),
    (32, (1.49, 1.50, 1.54)),
    (64, (3.0, 3.1, 3.2)),
    (128, (4.0, 4.1, 4.2)),
    (256, (5.0, 5.1, 5.2)),
)


def test_steps_back_that_a_test_bears_out_are_told_from_the_others_with_a_supposed_reason() -> None:
    points = tuple(
        PointResult(Point("fc", {"model.hidden": [width]}), tuple(run(train_s=s, parameters=width) for s in times_s))
        for width, times_s in FALLS
    )
    first = observations(SweepResult(points), 0.5)[0]
    assert (
        " Of the 2 steps in which the training time becomes shorter, the difference is larger than the noise in 8 to "
        "16 (n = 3, 5 pairs, corrected p < 0.001) and cannot be told from it in the other one (n = 3, 5 pairs, "
        "corrected p = 1.0). Where the time falls beyond the noise, it may be that the library computes layers of "
        "another size in another way, or that the state of the computer changed between "
        "the runs; that was not tried here."
    ) in first
    with speaking("ja"):
        first = spaced(observations(SweepResult(points), 0.5)[0])
    assert (
        "学習時間が短くなった 2 組のうち、差が有意であるのは 8 から 16（n = 3、5 組、"
        "補正後 p < 0.001）であり、ほかの 1 組では有意とはいえない（n = 3、5 組、補正後 p = 1.0）。"
        "有意に短くなった原因としては、層の大きさによってライブラリの計算方法が変わることや、"
        "測定の間に計算機の状態が変わったことが考えられるが、ここでは確かめていない。"
    ) in first


def test_times_that_are_to_be_trusted_are_told() -> None:
    points = [
        repeated({"model.activation": name}, NEAR, (1.0 + place, 1.1 + place, 1.2 + place))
        for place, name in enumerate(("ReLU", "Tanh", "GELU"))
    ]
    points[1] = replace(points[1], runs=tuple(replace(one, disturbed=0.5, train_s=50.0) for one in points[1].runs))
    first = observations(SweepResult(tuple(points)), 0.5)[0]
    assert "the training time of the 2 whose times are to be trusted lies between 1.10 s and 3.10 s" in first
    assert "The training time of ReLU (1.10 s) is less than that of GELU (3.10 s)" in first
    assert "nothing is said" not in first


def test_best_of_models_of_one_size_are_compared_and_tested() -> None:
    points = (
        repeated({"model.activation": "ReLU"}, NEAR, (1.0, 1.1, 1.2)),
        repeated({"model.activation": "GELU"}, FAR, (1.0, 1.1, 1.2)),
        repeated({"model.activation": "ReLU"}, FAR, (8.0, 8.1, 8.2), "CNN"),
        repeated({"model.activation": "GELU"}, NEAR, (8.0, 8.1, 8.2), "CNN"),
    )
    (found,) = models_compared(SweepResult(points), "activation")
    assert found == (
        f"By the validation accuracies of {cite('points')}, FC, activation GELU and CNN, activation ReLU are the most "
        f"accurate of each model. Beside each other in {cite('points')} and {cite('activation')} (accuracies), CNN "
        "trains 7.4 times as long as FC (8.10 s against 1.10 s), and its test accuracy is the same (99.1 % against "
        "99.1 %). The "
        "difference in training time is larger than the noise (n = 3, p < 0.001). The "
        "difference in test accuracy cannot be told from the noise (n = 3, p = 1.0). "
        "The two were chosen beforehand, by validation accuracy alone: as a single pair, they need no correction."
    )
    with speaking("ja"):
        (found,) = map(spaced, models_compared(SweepResult(points), "activation"))
    assert found.startswith(
        f"{cite('points')} の検証精度がモデルごとに最も高いのは FC（活性化関数 GELU）と CNN（活性化関数 ReLU）である。"
        f"両者を {cite('points')}、{cite('activation')}（精度）で比べると、CNN の学習時間は FC の 7.4 倍（8.10 s と "
        "1.10 s）であり、テスト精度は等しい（99.1 % と 99.1 %）。"
    )
    assert found.endswith("この 2 つの設定は、検定の前に検証精度だけによって選んだ 1 組であるため、補正していない。")
    assert models_compared(SweepResult(points[:2]), "activation") == []


def test_front_of_repeats_rests_on_their_middles() -> None:
    points = tuple(repeated({"model.activation": name}, NEAR, (1.0, 1.1, 1.2)) for name in ("ReLU", "GELU"))
    assert "by the medians of the times and the means of the accuracies" in front_sentence(SweepResult(points))


def test_heat_map_is_read_along_its_rows_and_columns() -> None:
    points = [
        result({"model.channels": [count] * 2, "model.hidden": [width]}, "CNN", train_s=time_s, test=test)
        for count, width, time_s, test in [
            (2, 16, 1.0, 0.90),
            (2, 64, 1.2, 0.93),
            (4, 16, 2.0, 0.95),
            (4, 64, 3.0, 0.96),
        ]
    ]
    with speaking("ja"):
        found = spaced(heat_map_sentence(points, "model.channels", "model.hidden", "map"))
    assert found == (
        f"{cite('map')} の同じ行（隠れ層のノード数が同じ設定）の中では、学習時間の最大値は最小値の 2.0 倍から 2.5 倍、"
        "テスト精度の最大値と最小値の差は 3.0 ポイントから 5.0 ポイントである。"
        "同じ列（チャンネル数が同じ設定）の中では、それぞれ 1.2 倍から 1.5 倍、1.0 ポイントから 3.0 ポイントである。"
    )


ACTIVATIONS = (
    repeated({"model.activation": "ReLU"}, FAR, (1.0, 1.01, 1.02)),
    repeated({"model.activation": "Tanh"}, (0.989, 0.99, 0.991), (1.5, 1.51, 1.52)),
    repeated({"model.activation": "Sigmoid"}, (0.95, 0.97, 0.99), (2.0, 2.01, 2.02)),
    repeated({"model.activation": "ReLU"}, (0.9995, 0.9996, 0.9997), (8.0, 8.1, 8.2), "CNN"),
    repeated({"model.activation": "Tanh"}, (0.9994, 0.9995, 0.9997), (8.1, 8.0, 8.2), "CNN"),
)


def test_spread_of_one_setting_is_named_where_a_gap_is_not_borne_out() -> None:
    first = observations(SweepResult(ACTIVATIONS[:3]), 0.5)[0]
    assert first.endswith(
        " The repeats of Sigmoid lie between 95.0 % and 99.0 %, those of each other one within 0.2 percentage points; "
        "beside so wide a spread, even this difference cannot be told from the noise."
    )
    assert (
        "Why does the test accuracy of FC, activation Sigmoid differ so much from one training to the next? Repeat it "
        "with more seeds, and look at its accuracy epoch by epoch."
    ) in open_questions(SweepResult(ACTIVATIONS[:3]))
    with speaking("ja"):
        first = spaced(observations(SweepResult(ACTIVATIONS[:3]), 0.5)[0])
    assert first.endswith(
        "Sigmoid では繰り返しの値が 95.0 % から 99.0 % に広がっており（ほかの設定の広がりは最大 0.2 ポイント）、"
        "この広がりのために、差が大きくても有意とならない。"
    )


def test_all_pairs_that_differ_are_told_apart_from_those_that_do_not() -> None:
    points = tuple(
        repeated({"model.activation": name}, tests, (1.0, 1.1, 1.2))
        for name, tests in (("ReLU", FAR), ("GELU", (0.989, 0.991, 0.992)), ("Tanh", NEAR))
    )
    first = observations(SweepResult(points), 0.5)[0]
    assert (
        " Of all 3 pairs compared by test accuracy, the difference cannot be told from the noise in ReLU–GELU ("
        in first
    )
    assert "corrected p = 1.0) and is larger than it in the other 2 (n = 3, 3 pairs, corrected p ≤ 0.0023)." in first
    with speaking("ja"):
        first = spaced(observations(SweepResult(points), 0.5)[0])
    assert "テスト精度を比べた 3 組のうち、差が有意とはいえないのは ReLU と GELU（n = 3、3 組、補正後 p" in first


def test_widest_difference_may_be_noise_where_others_are_not() -> None:
    points = tuple(
        repeated({"model.activation": name}, tests, (1.0, 1.1, 1.2))
        for name, tests in (("ReLU", FAR), ("GELU", NEAR), ("Sigmoid", (0.90, 0.96, 0.995)))
    )
    first = observations(SweepResult(points), 0.5)[0]
    assert " In test accuracy, ReLU (99.1 %) and Sigmoid (95.2 %) lie farthest apart, but cannot be told from" in first
    assert " Of all 3 pairs compared by test accuracy, the difference is larger than the noise in ReLU–GELU " in first
    (summary,) = what_is_borne_out(SweepResult(points))
    assert "in the test accuracy of FC (1 of 3 pairs; widest apart: activation ReLU 99.1 %, GELU 97.2 %)" in summary


def test_pairs_to_which_no_test_applies_are_not_counted_among_those_without_a_difference() -> None:
    alike = [repeated({"model.hidden": [w]}, (0.97,) * 3, (1.0, 1.1, 1.2)) for w in (1, 9)]
    other = [repeated({"model.hidden": [w]}, one, (1.0, 1.1, 1.2)) for w, one in ((1, NEAR), (9, FAR))]
    pairs = [(alike[:1], alike[1:]), (other[:1], other[1:])]
    said = differences_text(pairs, times=False, names=["a", "b"])
    assert " The difference in test accuracy is larger than the noise (n = 3, 2 pairs, corrected p = 0.0015)." in said


@pytest.mark.parametrize(
    ("language", "pairs", "said"),
    [
        (
            "en",
            "(n = 3, 3 pairs, corrected p",
            "Of repeats, the median training time is shown, since whatever delays a run pulls a mean. Differences are "
            "tested by Welch's t-test (two-sided); below a level of significance of 5 % they are called larger than "
            "the noise. Of training times, the means of the logarithms are tested. Of accuracies, the means are both "
            "shown and tested. Where several pairs were tested, p is corrected after Bonferroni, and their number "
            "stands before it.",
        ),
        (
            "ja",
            "（n = 3、3 組、補正後 p",
            "繰り返した学習時間は中央値で示す。実行を遅らせる要因があると、平均はそれに引かれて大きくなるためである。"
            "差はウェルチの t 検定（両側、有意水準 5 %）で検定した。学習時間については、対数をとってその平均を比べた。"
            "精度については、示した値も検定で比べた値も平均である。複数の組を検定した場合の p は"
            "ボンフェローニの方法で補正した値であり、その前に組の数を示す。",
        ),
    ],
)
def test_how_differences_are_tested_is_said_once(language: Language, pairs: str, said: str) -> None:
    with speaking(language):
        assert len(how_tested(["Nothing was tested."], ACTIVATIONS)) == 1
        assert how_tested([], [result({"model.hidden": [16]})]) == []
        texts = [spaced(text) for text in observations(SweepResult(ACTIVATIONS[:3]), 0.5)]
        assert texts[0].count(pairs) == 4
        assert spaced(paragraph(how_tested(texts, ACTIVATIONS[:3]))) == said
        assert not [text for text in texts if "Welch" in text or "ウェルチ" in text or "対数" in text]


def test_p_has_two_digits() -> None:
    assert [p_of([OneTest(p, (3, 3), 1)]) for p in (0.00101, 0.02, 1.0)] == [
        "n = 3, p = 0.0010",
        "n = 3, p = 0.020",
        "n = 3, p = 1.0",
    ]
