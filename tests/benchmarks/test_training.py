"""The benchmark's own arithmetic, and (slow) that training has not become slower than the hand-written loop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.contestants import NAMES, Outcome
from benchmarks.training import check, measure, start, summary, table


def outcomes(**times: list[float]) -> dict[str, list[Outcome]]:
    return {name: [Outcome(time, 860, 0.97) for time in of_one] for name, of_one in times.items()}


def test_summary_gives_medians_and_ratios_within_each_round() -> None:
    found = summary(outcomes(a=[1.0, 2.0, 4.0], c=[0.5, 1.8, 3.0]))["contestants"]
    assert (found["a"]["epoch_s"], found["a"]["min_s"], found["a"]["max_s"]) == (2.0, 1.0, 4.0)
    # 0.5, 0.9 and 0.75: a machine that slows down in a round slows both.
    assert found["c"]["ratio_to"]["a"] == pytest.approx(0.75)
    assert found["a"]["steps"] == [860]


def test_different_numbers_of_steps_are_refused() -> None:
    unequal = {"a": [Outcome(1.0, 860, 0.97)], "c": [Outcome(1.0, 859, 0.97)]}
    with pytest.raises(AssertionError, match="different numbers of steps"):
        check(summary(unequal))


def test_different_accuracies_are_refused() -> None:
    unequal = {"a": [Outcome(1.0, 860, 0.97)], "c": [Outcome(1.0, 860, 0.95)]}
    with pytest.raises(AssertionError, match=r"accuracies differ by 0\.020"):
        check(summary(unequal))
    check(summary({"a": [Outcome(1.0, 860, 0.97)], "c": [Outcome(1.0, 860, 0.969)]}))


def test_table_has_a_row_for_each_contestant() -> None:
    result: dict[str, Any] = {"model": "fc", "batch_size": 64, **summary(outcomes(a=[1.0], c=[0.8]))}
    shown = table(result, 1, NAMES)
    assert list(shown.columns[0].cells) == ["(a) hand-written loop", "(c) ours, everything on"]
    assert list(shown.columns[3].cells) == ["0.80", ""]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("model", "limit"), [("fc", 1.0), ("cnn", 0.95)])
def test_training_is_faster_than_the_hand_written_loop(model: str, limit: float, mnist_root: Path) -> None:
    workers = start("benchmarks.contestants", ["a", "c"], mnist_root)
    try:
        result = summary(measure(workers, model, 64, 5, mnist_root))
    finally:
        for pipe, process in workers.values():
            pipe.send(None)
            process.join(10)
    check(result)
    assert result["contestants"]["c"]["ratio_to"]["a"] <= limit
