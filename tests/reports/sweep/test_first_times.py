"""Wherever times are compared of which one alone was measured again, the first times are given, too."""

from __future__ import annotations

from typing import Any

from mnist_lab.language import Language, spaced, speaking
from mnist_lab.reports.sweep.first_times import what_daggers_are
from mnist_lab.reports.sweep.front import front_sentence
from mnist_lab.reports.sweep.heat_map_figure import draw_heat_map
from mnist_lab.reports.sweep.heat_map_text import heat_map_sentence
from mnist_lab.reports.sweep.models_compared import models_compared
from mnist_lab.reports.sweep.observations import observations
from mnist_lab.reports.sweep.points_table import table_of
from mnist_lab.reports.sweep.ranks import ranks
from mnist_lab.reports.sweep.sentences import main_sentence
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.result import PointResult, SweepResult
from tests.sweeps.made_results import result, run

CHANNELS, HIDDEN = "model.channels", "model.hidden"
GRID = tuple(
    result({CHANNELS: [count] * 2, HIDDEN: [width]}, "CNN", again_s, train_s=s, val=val, parameters=count * width)
    for count, width, s, again_s, val in [
        (2, 16, 2.0, None, 0.95),
        (2, 64, 2.1, None, 0.96),
        (16, 16, 6.0, 4.0, 0.985),
        (16, 64, 4.2, None, 0.981),
    ]
)
FC = result({HIDDEN: [256]}, train_s=2.0, val=0.97, parameters=203_530)
BOTH = SweepResult((*GRID, FC))


def said_in(language: Language) -> str:
    with speaking(language):
        texts = [
            main_sentence(BOTH, 0.5),
            *observations(BOTH, 0.5),
            heat_map_sentence(list(GRID), CHANNELS, HIDDEN, "m"),
        ]
        return spaced("\n".join(texts))


def test_ratios_are_given_with_those_of_the_first_times() -> None:
    said = said_in("en")
    for text in (
        "as the number of channels goes from 2-2 to 16-16, depending on the other settings, the training time becomes "
        "2.0 times as long (2.0 to 3.0 times by the times before any was measured again) and",
        "depending on the other settings, the training time becomes 1.1 times as long (0.70 to 1.1 times by",
        "and 2.0 times the training time (3.0 times by the times before any was measured again)",
        "the longest training time is 2.0 times the shortest (2.0 to 3.0 times by the times before any was measured",
        "these are 1.1 times (1.1 to 1.4 times by the times before any was measured again) and",
    ):
        assert text in said
    said = said_in("ja")
    for text in (
        "学習時間は 2.0 倍（測り直す前の値では 2.0 倍から 3.0 倍）になり、",
        "学習時間は 2.0 倍（測り直す前の値では 3.0 倍）、テスト精度の差は",
        "学習時間の最大値は最小値の 2.0 倍（測り直す前の値では 2.0 倍から 3.0 倍）、",
    ):
        assert text in said


def test_times_that_were_all_measured_again_are_compared_as_they_are() -> None:
    points = tuple(result({HIDDEN: [width]}, "FC", 2.0 * width, train_s=width) for width in (1, 2, 4))
    assert "before any" not in "".join(observations(SweepResult(points), 0.5))


def test_ratio_of_one_line_is_given_with_that_of_the_first_times() -> None:
    points = tuple(result({HIDDEN: [width]}, "FC", s, train_s=3.0, test=0.9) for width, s in ((1, 2.0), (2, None)))
    said = observations(SweepResult(points), 0.5)[0]
    assert "from 2.00 s to 3.00 s (1.5 times; 1.0 times by the times before any was measured again) and" in said
    with speaking("ja"):
        said = spaced(observations(SweepResult(points), 0.5)[0])
    assert "学習時間は 2.00 s から 3.00 s（1.5 倍、測り直す前の値では 1.0 倍）、" in said


def test_verdicts_of_the_front_that_the_first_times_change_are_named() -> None:
    said = " Some times were measured again; by those before, CNN, channels 16-16, hidden 64 would join it."
    assert front_sentence(SweepResult(GRID)).endswith(said)
    with speaking("ja"):
        said = "測り直す前の値を用いると、CNN（チャンネル数 16-16、隠れ層のノード数 64）もパレート最適となる。"
        assert spaced(front_sentence(SweepResult(GRID))).endswith(said)
    same = result({HIDDEN: [512]}, "FC", 2.1, train_s=2.2, val=0.99, parameters=999_999)
    assert front_sentence(SweepResult((FC, same))).endswith("by those before, the front is the same.")


def test_times_measured_again_have_a_dagger_in_table_and_heat_map() -> None:
    assert [row[-4] for row in table_of(BOTH, 0.5).rows] == ["2.00", "2.10", "4.00 †", "4.20", "2.00"]
    times, accuracies = draw_heat_map(GRID, CHANNELS, HIDDEN).axes[:2]
    assert [text.get_text() for text in times.texts] == ["2.00", "2.10", "4.00†", "4.20"]
    assert not [text for text in accuracies.texts if "†" in text.get_text()]
    assert what_daggers_are(GRID) == ["†: measured again; the time before stands among the runs."]
    assert what_daggers_are([FC]) == []


def repeated(values: dict[str, Any], model: str, s: float, again_s: float | None) -> PointResult:
    first, again = (
        tuple(run(model, train_s=one + place / 100, test=0.98 + place / 1000) for place in range(3))
        for one in (s, again_s or 0.0)
    )
    return PointResult(Point(model.lower(), values), first, again if again_s else ())


def test_tests_of_times_of_unlike_conditions_are_left_out_or_told() -> None:
    ends = tuple(repeated({HIDDEN: [width]}, "FC", 3.0, s) for width, s in ((1, 2.0), (2, None)))
    said = observations(SweepResult(ends), 0.5)[0]
    assert "The difference in training time" not in said
    assert " The training times are not tested, since the time of one end alone was measured again." in said
    names = [repeated({"model.activation": name}, "FC", 3.0, s) for name, s in (("ReLU", 2.0), ("GELU", None))]
    said = " Of the two, the time of ReLU alone was measured again; before it was 3.01 s."
    assert said in ranks(names)
    other = repeated({"model.activation": "ReLU"}, "CNN", 9.0, None)
    (said,) = models_compared(SweepResult((*names, other)))
    assert said.endswith(" The training times are not compared, since that of one alone was measured again.")
