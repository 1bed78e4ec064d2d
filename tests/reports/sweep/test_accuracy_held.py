"""Which points reach the bound of the smallest model, and which lie so near to the best that they are not ranked."""

from __future__ import annotations

from dataclasses import replace

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.sweep.accuracy_held import accuracy_held
from mnist_lab.reports.sweep.front import front_sentence
from mnist_lab.reports.sweep.observations import observations
from mnist_lab.reports.sweep.other_limits import at_other_limits
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.result import PointResult, SweepResult
from tests.sweeps.made_results import result, run

TABLE, FIGURE = cite("points"), cite("pareto")
FC = tuple(
    result({"model.hidden": [width]}, train_s=s, val=val, parameters=795 * width)
    for width, s, val in ((16, 1.0, 0.95), (256, 2.0, 0.98))
)
CNN = tuple(
    result({"model.channels": [count], "model.hidden": hidden}, "CNN", train_s=s, val=val, parameters=parameters)
    for count, hidden, s, val, parameters in (
        (2, [], 5.0, 0.95, 500),
        (2, [16], 5.5, 0.96, 900),
        (8, [], 8.0, 0.988, 6_490),
        (8, [16], 9.0, 0.99, 9_066),
    )
)


def test_points_that_reach_the_bound_are_counted_and_the_smallest_is_named() -> None:
    result_of_both = SweepResult((*FC, *CNN))
    said_of_others = " ".join(at_other_limits(result_of_both, 0.5))
    said = (
        f"Of the 6 points in {TABLE}, the bound of 98.50 % validation accuracy (dotted in {FIGURE}) is reached by 2 of "
        "CNN (channels 8) alone; the smallest, ringed: CNN, channels 8, no hidden layer (6,490 parameters). No FC "
        "reaches it: the highest validation accuracy of FC is 98.0 % (hidden 256, 203,520 parameters). "
        f"{said_of_others}"
    )
    beside = (
        f"By {FIGURE} and {TABLE}, the smallest model, CNN, channels 8, no hidden layer, compares as follows: beside "
        f"CNN, channels 8, hidden 16, the most accurate of its kind, it has 0.72 times the parameters and about the "
        f"same training time (within the 1.25 times that single measurements do not tell apart), its test accuracy "
        f"differs by −0.2 percentage points; beside FC, hidden 256, the most accurate of its kind, it has 3.2 % of the "
        f"parameters and 4.0 times the training time, its test accuracy differs by +0.8 percentage points."
    )
    assert accuracy_held(result_of_both, 0.5, "pareto") == [said, beside]
    assert said in observations(result_of_both, 0.5, ["pareto"])
    with speaking("ja"):
        assert [spaced(text) for text in accuracy_held(result_of_both, 0.5, "pareto")] == [
            f"{FIGURE} の点線で示した検証精度の下限 98.50 % 以上の設定は、{TABLE} の 6 通りのうち CNN の 2 通り"
            "（チャンネル数 8）だけであり、丸で囲んだ最小の設定は CNN のチャンネル数 8、隠れ層なし（パラメータ数 6,490"
            "）である。FC の検証精度は最高でも 98.0 %（隠れ層のノード数 256、パラメータ数 203,520）であり、下限に届か"
            f"ない。{''.join(map(spaced, at_other_limits(result_of_both, 0.5)))}",
            f"{FIGURE}、{TABLE} において、最小の CNN（チャンネル数 8、隠れ層なし）を検証精度が最高の CNN（チ"
            f"ャンネル数 8、隠れ層のノード数 16）と比べると、パラメータ数は 0.72 倍、学習時間は同程度（1 回ずつの測定で"
            f"は区別できない 1.25 倍の範囲内）、テスト精度の差は −0.2 ポイントである。また、検証精度が最高の FC（隠"
            f"れ層のノード数 256）と比べると、パラメータ数はその 3.2 %、学習時間は 4.0 倍、テスト精度の差は +0.8 "
            f"ポイントである。",
        ]


def test_smallest_at_half_and_at_twice_the_limit_is_named() -> None:
    both, cnn = SweepResult((*FC, *CNN)), SweepResult(CNN)
    assert at_other_limits(both, 0.3) == [
        "With a limit of 0.15 percentage points (98.85 %), the smallest would be CNN, channels 8, hidden 16 (9,066 "
        "parameters); no FC would reach it.",
        "With a limit of 0.6 percentage points (98.40 %), the smallest would be the same.",
    ]
    assert at_other_limits(both, 0.5)[1] == (
        "With a limit of 1 percentage point (98.00 %), the smallest would be CNN, channels 8, no hidden layer (6,490 "
        "parameters) and FC, hidden 256 (203,520 parameters)."
    )
    assert at_other_limits(cnn, 0.5) == [
        "With a limit of 0.25 percentage points (98.75 %) or 1 percentage point (98.00 %), the smallest would be the "
        "same."
    ]
    assert at_other_limits(cnn, 0.5)[0] in accuracy_held(cnn, 0.5)[0]
    with speaking("ja"):
        assert [*map(spaced, (*at_other_limits(both, 0.3), *at_other_limits(cnn, 0.5)))] == [
            "限度を 0.15 ポイント（検証精度の下限 98.85 %）とした場合、最小の設定は CNN のチャンネル数 8、隠れ層の"
            "ノード数 16（パラメータ数 9,066）となる（FC にはない）。",
            "限度を 0.6 ポイント（検証精度の下限 98.40 %）とした場合、最小の設定は変わらない。",
            "限度を 0.25 ポイント（検証精度の下限 98.75 %）、1 ポイント（検証精度の下限 98.00 %）のどちらとした場合も、"
            "最小の設定は変わらない。",
        ]
    record = {"data": {"split_sizes": {"val": 100}}}
    coarse = tuple(replace(entry, runs=(replace(entry.runs[0], record=record),)) for entry in CNN)
    assert at_other_limits(SweepResult(coarse), 0.3) == []


def test_bound_that_several_models_reach_or_one_alone_is_worded_so() -> None:
    said, _ = accuracy_held(SweepResult((*FC, *CNN)), 1.5)
    assert said.startswith(
        f"Of the 6 points in {TABLE}, the bound of 97.50 % validation accuracy is reached by 1 of FC and 2 of CNN "
        "(channels 8); the smallest: CNN, channels 8, no hidden layer (6,490 parameters) and FC, hidden 256 (203,520 "
        "parameters). With a limit of 0.75 percentage points (98.25 %),"
    )
    assert accuracy_held(SweepResult(FC), 0.5) == [
        f"Of the 2 points in {TABLE}, the bound of 97.50 % validation accuracy is reached by 1; the smallest: hidden "
        "256 (203,520 parameters). With a limit of 0.25 percentage points (97.75 %) or 1 percentage point (97.00 %), "
        "the smallest would be the same."
    ]
    with speaking("ja"):
        said, _ = map(spaced, accuracy_held(SweepResult((*FC, *CNN)), 1.5))
        assert "6 通りのうち FC の 1 通りと CNN の 2 通り（チャンネル数 8）であり、最小の設定は CNN の" in said
        (said,) = map(spaced, accuracy_held(SweepResult(FC), 0.5))
        assert "2 通りのうち 1 通りであり、最小の設定は隠れ層のノード数 256（パラメータ数 203,520）である。" in said


def test_pairs_that_were_chosen_beforehand_are_said_not_to_be_corrected() -> None:
    thrice = tuple(
        replace(entry, runs=tuple(replace(run, train_s=s) for run in entry.runs for s in (1.0, 1.1, 1.2)))
        for entry in (*FC, *CNN)
    )
    *_, said = accuracy_held(SweepResult(thrice), 0.5)
    assert said.endswith(
        " These pairs were chosen before they were tested, by validation accuracy and number of parameters, and each p "
        "is that of one pair."
    )
    *_, said = accuracy_held(SweepResult(thrice[2:]), 0.5)
    assert said.endswith("as a single pair, they need no correction.")


ACTIVATIONS = SweepResult(
    tuple(
        result({"model.activation": name}, model, train_s=s, val=val)
        for model, name, s, val in (
            ("CNN", "ReLU", 9.0, 0.982),
            ("CNN", "GELU", 8.0, 0.984),
            ("CNN", "Tanh", 8.5, 0.97),
            ("FC", "ReLU", 2.0, 0.96),
            ("FC", "GELU", 3.0, 0.97),
            ("FC", "Tanh", 3.1, 0.95),
        )
    )
)


def test_points_near_the_best_of_a_model_are_named_in_the_observations() -> None:
    said = (
        f"By the validation accuracies of {TABLE}, these lie within 0.5 percentage points of the highest one of their "
        "model: activation GELU and ReLU with CNN; activation GELU alone with FC (the highest is named first). Within "
        "a model, they are not ranked."
    )
    assert said in observations(ACTIVATIONS, 0.5)
    assert accuracy_held(ACTIVATIONS, 0.1) == []
    with speaking("ja"):
        (said,) = map(spaced, accuracy_held(ACTIVATIONS, 0.5))
    assert said == (
        f"{TABLE} の検証精度において、モデルごとの最高値との差が 0.5 ポイント以内の設定は、CNN では"
        "活性化関数 GELU、ReLU、FC では活性化関数 GELU だけである（それぞれ先頭が最高値の設定）。"
        "同じモデルのこれらの設定に、順位はつけない。"
    )


def repeats(model: str, name: str, *percents: float) -> PointResult:
    runs = tuple(run(model, val=percent / 100) for percent in percents)
    return PointResult(Point(model.lower(), {"model.activation": name}), runs)


def test_spread_of_the_repeats_stands_beside_what_is_not_ranked() -> None:
    fc = (repeats("FC", "ReLU", 96.9, 97.7), repeats("FC", "GELU", 97.4, 97.4))
    cnn = (repeats("CNN", "ReLU", 98.3, 98.5), repeats("CNN", "GELU", 98.0, 98.2))
    assert accuracy_held(SweepResult(fc), 0.5)[0].endswith(
        " not ranked. The validation accuracies of the repeats of one of these points spread over at most 0.8 "
        "percentage points with FC (activation ReLU: 96.9 % to 97.7 %), more than the means of the points lie apart "
        "(at most 0.1 percentage points with FC)."
    )
    assert accuracy_held(SweepResult((*fc, *cnn)), 0.5)[0].endswith(
        "; the means of the points lie apart by at most 0.1 percentage points with FC and at most 0.3 percentage "
        "points with CNN."
    )
    with speaking("ja"):
        alone, both = (spaced(accuracy_held(SweepResult(points), 0.5)[0]) for points in (fc, (*fc, *cnn)))
    assert alone.endswith(
        "順位はつけない。これらの設定では、1 つの設定の繰り返しの検証精度が、FC では最大 0.8 ポイント（活性化関数 ReLU "
        "の 96.9 % から 97.7 %）の幅に広がっており、設定ごとの平均の差（FC では最大 0.1 ポイント）より大きい。"
    )
    assert both.endswith("設定ごとの平均の差は FC では最大 0.1 ポイント、CNN では最大 0.3 ポイントである。")


def test_few_points_on_the_front_are_named_and_of_many_it_is_said_where_they_are_marked() -> None:
    said = " They are activation GELU of CNN; activation ReLU and GELU of FC. The times"
    assert said in front_sentence(ACTIVATIONS)
    with speaking("ja"):
        said = "これらは、CNN の活性化関数 GELU、および FC の活性化関数 ReLU、GELU である。ただし、"
        assert said in spaced(front_sentence(ACTIVATIONS))
    many = tuple(result({"model.hidden": [n]}, train_s=n, val=0.9 + n / 1000, parameters=n) for n in range(1, 10))
    beaten = result({"model.hidden": [99]}, train_s=99.0, val=0.9, parameters=99)
    assert f" The notes in {TABLE} mark them." in front_sentence(SweepResult((*many, beaten)), "pareto")
    with speaking("ja"):
        said = f"これらを {TABLE} の備考に「パレート最適」と示した。"
        assert said in spaced(front_sentence(SweepResult((*many, beaten)), "pareto"))
