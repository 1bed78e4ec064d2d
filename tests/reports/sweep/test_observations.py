from __future__ import annotations

import re

from mnist_lab.language import speaking
from mnist_lab.reports.sweep.limits import limits, questions
from mnist_lab.reports.sweep.observations import observations
from mnist_lab.sweeps.result import SweepResult
from tests.sweeps.made_results import by_channels, result

WIDTHS = (
    result({"model.hidden": [16]}, train_s=1.0, val=0.952, test=0.95),
    result({"model.hidden": [64]}, train_s=1.5, val=0.972, test=0.97),
    result({"model.hidden": [128]}, train_s=2.0, val=0.982, test=0.98),
)
CHANNELS = tuple(by_channels({2: 6.0, 4: 9.0}, val=0.985, test=0.984, parameters=9_482))


def test_ends_of_an_axis_are_compared() -> None:
    found = observations(SweepResult(WIDTHS), 0.5)
    assert found == [
        "FC: from hidden 16 to 128 nodes, the training time goes from 1.00 s to 2.00 s (2.00 times) and the test "
        "accuracy from 95.0 % to 98.0 % (+3.0 points).",
        "Of 3 points 3 lie on the Pareto front (FC 3): no other point is smaller, faster and more accurate by "
        "validation.",
    ]


def test_values_without_order_are_named() -> None:
    points = (
        result({"model.activation": "ReLU"}, train_s=1.0, test=0.98),
        result({"model.activation": "Tanh"}, train_s=1.3, test=0.97),
        result({"model.activation": "Sigmoid"}, train_s=1.6, test=0.99),
    )
    assert observations(SweepResult(points), 0.5)[0] == (
        "FC: of the 3 values of activation, ReLU (1.00 s) trains fastest and Sigmoid (1.60 s) slowest; Sigmoid "
        "(99.0 %) is the most accurate on the test set, Tanh (97.0 %) the least."
    )
    with speaking("ja"):
        first = observations(SweepResult(points), 0.5)[0]
    assert "学習が最も速いのは ReLU（1.00 s）、最も遅いのは Sigmoid（1.60 s）" in first


def test_medians_over_another_parameter_are_called_so() -> None:
    points = tuple(
        result({"model.hidden": [width], "model.dropout": drop}, train_s=time_s)
        for width, drop, time_s in [(8, 0.0, 1.0), (8, 0.2, 2.0), (16, 0.0, 3.0), (16, 0.2, 4.0)]
    )
    first = observations(SweepResult(points), 0.5)[0]
    assert "from 1.50 s to 3.50 s (2.33 times)" in first
    assert first.endswith("(medians over the other settings).")


def test_smallest_models_times_are_compared() -> None:
    found = observations(SweepResult((*WIDTHS, *CHANNELS)), 0.5)
    assert found[-1] == (
        "Of the smallest models that hold the accuracy, FC trains 3.00 times as fast as CNN (FC 2.00 s, CNN 6.00 s)."
    )


def test_fewer_points_for_more_is_written_with_a_minus() -> None:
    points = (
        result({"model.hidden": [16]}, test=0.95),
        result({"model.hidden": [64]}, test=0.93),
    )
    assert "(\N{MINUS SIGN}2.0 points)" in observations(SweepResult(points), 0.5)[0]


def test_japanese_is_in_the_plain_written_style() -> None:
    everything = SweepResult((*WIDTHS, *CHANNELS))
    with speaking("ja"):
        texts = [*observations(everything, 0.5), *limits(everything), *questions(everything)]
    assert all(text.endswith("。") for text in texts)
    assert not [text for text in texts if re.search("です|ます。|ました", text)]


def test_limits_say_that_single_trainings_have_no_spread() -> None:
    assert "Of points that were trained once the spread is not known" in limits(SweepResult(WIDTHS))[0]
    repeated = SweepResult(tuple(type(entry)(entry.point, entry.runs * 2) for entry in WIDTHS))
    assert "spread is not known" not in " ".join(limits(repeated))


def test_choice_between_models_is_asked_of_several_only() -> None:
    assert len(questions(SweepResult((*WIDTHS, *CHANNELS)))) == len(questions(SweepResult(WIDTHS))) + 1
