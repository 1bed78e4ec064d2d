"""Bounds that two decimals hide, and repeats that spread far: what a reader would stumble over."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.sweep.bound_text import bound_text
from mnist_lab.reports.sweep.limits import open_questions
from mnist_lab.reports.sweep.sentences import main_sentence
from mnist_lab.reports.sweep.wide_spreads import wide_spreads
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.result import PointResult, SweepResult
from tests.sweeps.made_results import result, run


def widths(*repeats: tuple[Sequence[float], Sequence[float]]) -> SweepResult:
    """Points of growing width, each given by its times in seconds and its accuracies."""
    return SweepResult(
        tuple(
            PointResult(
                Point("fc", {"model.hidden": [4 + number]}),
                tuple(
                    run(train_s=s, val=test, test=test, parameters=1000 + number) for s, test in zip(*own, strict=True)
                ),
            )
            for number, own in enumerate(repeats)
        )
    )


EVEN = (1.0, 1.1, 1.2), (0.95, 0.951, 0.952)


def test_bound_has_the_digits_that_tell_who_falls_short() -> None:
    points = [result({"model.hidden": [4]}, val=0.987267), result({"model.hidden": [8]}, val=0.9898)]
    assert bound_text(points, 98.73) == ("98.730 %", "FC, hidden 4 falls short with 98.727 %")
    assert bound_text(points, 98.80) == ("98.80 %", "")
    assert bound_text(points, 98.00) == ("98.00 %", "")


def test_widest_spread_of_each_quantity_is_named_beside_the_others() -> None:
    (said,) = wide_spreads(widths(EVEN, ((1.0, 1.1, 1.5), EVEN[1]), (EVEN[0], (0.90, 0.951, 0.98))))
    assert said == (
        f"By {cite('points')}, the training times of the repeats of FC, hidden 5 spread the widest (1.00 s to 1.50 s, "
        "1.50 times), those of each other point by at most 1.20 times. The test accuracies spread the widest with FC, "
        "hidden 6 (90.0 % to 98.0 %), with each other point by at most 0.2 percentage points."
    )
    assert wide_spreads(widths(*([((1.0,), (0.9,))] * 3))) == []


def test_widest_spreads_are_asked_for_where_they_are_named() -> None:
    asked = "What is behind the repeats that spread the widest?"
    assert asked in " ".join(open_questions(widths(EVEN, EVEN, EVEN)))
    assert asked not in " ".join(open_questions(widths(*([((1.0,), (0.9,))] * 3))))


def test_accuracy_of_the_smallest_model_is_tested_against_that_of_the_best() -> None:
    found = widths(EVEN, (EVEN[0], (0.953, 0.954, 0.955)))
    assert "its test accuracy differs by −0.3 percentage points (larger than the noise, n = 3, p = 0.021)" in (
        main_sentence(found, 0.5)
    )
    with speaking("ja"):
        said = spaced(main_sentence(found, 0.5))
    assert "、テスト精度の差は −0.3 ポイント（有意、n = 3、p = 0.021）である。" in said
    once = widths(((1.0,), (0.951,)), ((1.0,), (0.954,)))
    assert main_sentence(once, 0.5).endswith("its test accuracy differs by −0.3 percentage points.")


def test_times_that_do_not_differ_are_called_so_in_the_summary() -> None:
    found = widths(((1.0, 1.5, 2.0), EVEN[1]), ((1.1, 1.6, 2.0), (0.953, 0.954, 0.955)))
    assert "the training time (not to be told from the noise, n = 3, p = " in main_sentence(found, 0.5)
    with speaking("ja"):
        assert "倍（有意差は認められない、n = 3、p = " in spaced(main_sentence(found, 0.5))
    found = widths(EVEN, ((3.0, 3.1, 3.2), (0.953, 0.954, 0.955)))
    assert "the training time (larger than the noise, n = 3, p < 0.001)" in main_sentence(found, 0.5)
