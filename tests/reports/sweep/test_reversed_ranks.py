"""A reversed order of two models, or of two values without an order, is named with its figures and its test."""

from __future__ import annotations

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.sweep.limits import open_questions
from mnist_lab.reports.sweep.observations import observations
from mnist_lab.reports.sweep.tested import Tested as OneTest
from mnist_lab.reports.sweep.verdicts import verdicts
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.result import PointResult, SweepResult
from tests.sweeps.made_results import result, run


def repeated(model: str, name: str, percents: tuple[float, ...], train_s: float) -> PointResult:
    runs = tuple(run(model, train_s=train_s + place / 100, test=one / 100) for place, one in enumerate(percents))
    return PointResult(Point(model.lower(), {"model.activation": name}), runs)


ACTIVATIONS = SweepResult(
    (
        repeated("CNN", "ReLU", (98.4, 98.3, 98.5), 10.0),
        repeated("CNN", "Tanh", (98.1, 98.3, 98.2), 10.0),
        repeated("CNN", "Sigmoid", (95.7, 97.0, 94.8), 10.0),
        repeated("FC", "ReLU", (97.6, 97.5, 97.4), 2.0),
        repeated("FC", "Tanh", (96.8, 96.9, 96.9), 2.0),
        repeated("FC", "Sigmoid", (96.4, 96.5, 96.6), 2.0),
    )
)


def test_model_that_is_behind_at_one_value_alone_is_named() -> None:
    (said,) = [text for text in observations(ACTIVATIONS, 0.5) if "at the same" in text]
    assert said == (
        "CNN beside FC at the same activation: the test accuracy of CNN is higher in 2 of 3 (by 0.9 to 1.3 percentage "
        "points), but lower with activation Sigmoid (95.8 % against 96.5 %). Of the first 2, each difference is "
        "larger than the noise (n = 3, 3 pairs, corrected p ≤ 0.0012). The difference in the reversed one (activation "
        "Sigmoid) cannot be told from the noise (n = 3, 3 pairs, corrected p = 1.0)."
    )
    with speaking("ja"):
        (said,) = [spaced(text) for text in observations(ACTIVATIONS, 0.5) if "逆に" in text]
        assert "順位が、活性化関数 Sigmoid で逆になったのはなぜか。" in spaced("".join(open_questions(ACTIVATIONS)))
    assert said == (
        "活性化関数が同じ CNN と FC を比べると、3 組のうち 2 組では CNN のテスト精度のほうが高い（差は "
        "0.9 ポイントから 1.3 ポイント）。逆に、活性化関数 Sigmoid（95.8 % と 96.5 %）では CNN のほうが低い。"
        "前者の 2 組ではいずれも差が有意である（n = 3、3 組、補正後 p ≤ 0.0012）。"
        "逆になった活性化関数 Sigmoid の差は有意とはいえない（n = 3、3 組、補正後 p = 1.0）。"
    )


def test_times_of_which_one_alone_was_measured_again_have_no_part_in_a_rank() -> None:
    points = [
        result({"model.activation": name}, model, again_s, train_s=s, test=0.9)
        for model, times in (("CNN", (4.0, 4.0, 4.0, 1.0)), ("FC", (2.0, 2.0, 5.0, 2.0)))
        for name, s in zip(("ReLU", "GELU", "Tanh", "Sigmoid"), times, strict=True)
        for again_s in (1.5 if (model, name) == ("CNN", "Sigmoid") else None,)
    ]
    (said,) = [text for text in observations(SweepResult(tuple(points)), 0.5) if "at the same" in text]
    assert said.startswith(
        "CNN beside FC at the same activation, without 1 where one time alone was measured again: the training time of "
        "CNN is longer in 2 of 3 (by 2.0 times), but shorter with activation Tanh (4.00 s against 5.00 s)."
    )
    with speaking("ja"):
        (said,) = [spaced(text) for text in observations(SweepResult(tuple(points)), 0.5) if "逆に" in text]
    assert "を比べると、一方だけ時間を測り直した 1 組を除く 3 組のうち 2 組では CNN の学習時間のほうが長い" in said


def test_places_where_both_are_alike_are_told_from_those_that_are_ranked() -> None:
    tests = {"CNN": (0.99, 0.98, 0.95, 0.97), "FC": (0.97, 0.97, 0.96, 0.97)}
    points = tuple(
        result({"model.activation": name}, model, test=test)
        for model, shares in tests.items()
        for name, test in zip(("ReLU", "GELU", "Tanh", "Sigmoid"), shares, strict=True)
    )
    (said,) = [text for text in observations(SweepResult(points), 0.5) if "at the same" in text]
    assert "activation, without 1 where both are alike: the test accuracy of CNN is higher in 2 of 3 (" in said
    with speaking("ja"):
        (said,) = [spaced(text) for text in observations(SweepResult(points), 0.5) if "逆に" in text]
    assert "を比べると、値が等しい 1 組を除く 3 組のうち 2 組では CNN のテスト精度のほうが高い" in said


def test_nothing_is_said_where_one_model_is_ahead_throughout() -> None:
    some = SweepResult(tuple(e for e in ACTIVATIONS.points if e.point.values["model.activation"] != "Sigmoid"))
    assert not [text for text in observations(some, 0.5) if "at the same" in text]
    assert not [text for text in open_questions(some) if "reversed" in text]


def test_model_that_varied_more_is_compared_where_the_rest_is_the_same() -> None:
    points = [result({"model.hidden": [width]}, test=test) for width, test in ((16, 0.95), (64, 0.97), (256, 0.98))]
    points += [
        result({"model.channels": [count], "model.hidden": [width]}, "CNN", test=test)
        for count, width, test in ((2, 16, 0.94), (2, 64, 0.975), (4, 16, 0.98), (4, 64, 0.985))
    ]
    (said,) = [text for text in observations(SweepResult(tuple(points)), 0.5) if "at the same" in text]
    assert said == (
        "FC beside CNN at the same number of hidden nodes: the test accuracy of FC is lower in 3 of 4 (by 0.5 to 3.0 "
        "percentage points), but higher with channels 2, hidden 16 (95.0 % against 94.0 %). Trained once each, this "
        "cannot be told from the noise."
    )


def test_values_without_an_order_are_compared_at_each_value_of_the_other_setting() -> None:
    points = tuple(
        result({"model.activation": name, "optimizer": optimizer}, train_s=time_s, test=test)
        for name, optimizer, time_s, test in (
            ("ReLU", "Adam", 2.0, 0.98),
            ("Tanh", "Adam", 1.0, 0.97),
            ("ReLU", "SGD", 2.0, 0.96),
            ("Tanh", "SGD", 1.5, 0.90),
            ("ReLU", "RMSprop", 1.0, 0.97),
            ("Tanh", "RMSprop", 1.6, 0.96),
        )
    )
    found = [text for text in observations(SweepResult(points), 0.5) if "at the same" in text]
    assert found[0].startswith(
        "With FC, activation ReLU beside activation Tanh at the same optimizer: the training time of activation ReLU "
        "is longer in 2 of 3 (by 1.3 to 2.0 times), but shorter with optimizer RMSprop (1.00 s against 1.60 s)."
    )


def test_of_differences_some_none_or_untested_is_said_which() -> None:
    yes, no = OneTest(0.004, (3, 3), 4), OneTest(0.3, (3, 3), 4)
    assert verdicts([("A", yes), ("B", no), ("C", OneTest(0.02, (3, 3), 4))], "the first 3") == (
        " Of the first 3, the difference cannot be told from the noise in B (n = 3, 4 pairs, corrected p = 0.30) and "
        "is larger than it in the other 2 (n = 3, 4 pairs, corrected p = 0.0040 to 0.020)."
    )
    with speaking("ja"):
        assert verdicts([("A", no), ("B", no)], "前者の 2 組") == (
            "前者の 2 組ではいずれも差が有意とはいえない（n = 3、4 組、補正後 p = 0.30）。"
        )
        assert spaced(verdicts([("A", yes), ("B", no)], "前者の 2 組")) == (
            "前者の 2 組のうち、差が有意であるのは A（n = 3、4 組、補正後 p = 0.0040）であり、ほかの 1 組では有意とは"
            "いえない（n = 3、4 組、補正後 p = 0.30）。"
        )
    assert verdicts([("A", yes), ("B", None)], "the first 2").endswith(" (No t-test applies to B.)")
    assert verdicts([("A", None)], "the first one") == " No t-test applies to the first one."


def test_differences_are_of_numbers_that_were_not_rounded_before() -> None:
    points = [
        result({"model.activation": name}, model, test=test)
        for name, of_fc, of_cnn in (("ReLU", 0.9744, 0.9786), ("Tanh", 0.9744, 0.9786), ("GELU", 0.97, 0.96))
        for model, test in (("FC", of_fc), ("CNN", of_cnn))
    ]
    (said,) = [text for text in observations(SweepResult(tuple(points)), 0.5) if "at the same" in text]
    assert "in 2 of 3 (by 0.4 percentage points)" in said  # 97.9 − 97.4, as they are shown, would be 0.5
