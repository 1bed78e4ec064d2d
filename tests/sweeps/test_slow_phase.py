"""A stretch of slow runs is found whatever the settings, and chance is not taken for one."""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.result import PointResult
from mnist_lab.sweeps.slow_phase import slow_phase
from tests.sweeps.made_results import run

RECORD = {"model": "FC", "data": {"name": "MNIST"}, "settings": {}, "parameters": 4, "layers": [], "versions": {}} | {
    "device": {"type": "cpu"}
}


def taking_turns(times_s: Sequence[Sequence[float]], *, other_machine: Collection[int] = ()) -> list[PointResult]:
    """Points by the times of each round, a run a minute; runs by their number may be of another machine."""
    count = len(times_s[0])
    return [
        PointResult(
            Point("fc", {"model.hidden": [4 + place]}),
            tuple(
                replace(
                    run(train_s=own[place], parameters=4 + place),
                    record=RECORD
                    | {"started": f"2026-04-17T{number // 60:02}:{number % 60:02}:00+09:00", "sweep": {"repeat": turn}},
                    machine="other" if number in other_machine else "lab",
                )
                for turn, own in enumerate(times_s)
                for number in [turn * count + place]
            ),
        )
        for place in range(count)
    ]


def rounds(slow: Collection[int] = (), *, factor: float = 1.2, points: int = 8, seed: int = 0) -> list[list[float]]:
    """Times of three rounds of points that take 1, 2, … seconds and spread by 2 %; slow: the numbers of slow runs."""
    chance = random.Random(seed)
    return [
        [
            (1 + place) * math.exp(chance.gauss(0.0, 0.02)) * (factor if turn * points + place in slow else 1.0)
            for place in range(points)
        ]
        for turn in range(3)
    ]


def is_slow(points: Sequence[PointResult]) -> bool:
    found = slow_phase(points)
    assert found is not None
    return found.is_one


def test_stretch_across_two_rounds_is_found_with_the_points_whose_medians_it_moves() -> None:
    found = slow_phase(taking_turns(rounds(range(6, 16))))
    assert found is not None
    assert found.is_one
    assert [(one.record or {})["started"][11:16] for one in (found.runs[0], found.runs[-1])] == ["00:06", "00:15"]
    assert (len(found.runs), found.others) == (10, 14)
    assert found.factor == pytest.approx(1.2, rel=0.03)
    assert found.p == pytest.approx(1 / 2000)
    assert (found.longer, found.compared) == (8, 8)
    assert [entry.point.values["model.hidden"] for entry in found.moved] == [[10], [11]]


def test_slow_end_counts_as_well_and_a_small_change_does_not() -> None:
    found = slow_phase(taking_turns(rounds(range(18, 24))))
    assert found is not None
    assert len(found.runs) == 6
    assert found.moved == ()
    assert not is_slow(taking_turns(rounds(range(6, 16), factor=1.04)))


def test_chance_is_seldom_a_slow_phase_even_where_points_spread_unequally() -> None:
    found = 0
    for seed in range(40):
        chance = random.Random(seed)
        times = [[math.exp(chance.gauss(0.0, 0.01 if place < 4 else 0.2)) for place in range(8)] for _ in range(3)]
        found += is_slow(taking_turns(times))
    assert found <= 5  # of 40 at 5 %: six or more in 1.4 of 100 such tests


def test_time_that_is_slow_in_all_rounds_is_the_setting_not_the_computer() -> None:
    assert not is_slow(taking_turns(rounds([5, 13, 21], factor=3.0)))


def test_few_runs_single_ones_disturbed_ones_and_two_machines_say_nothing() -> None:
    assert slow_phase(taking_turns(rounds(points=3))) is None
    assert slow_phase(taking_turns(rounds()[:1])) is None
    assert slow_phase(taking_turns(rounds())) is not None
    assert slow_phase(taking_turns(rounds(), other_machine=[3])) is None
    disturbed = [
        replace(entry, runs=tuple(replace(one, disturbed=0.5) for one in entry.runs))
        for entry in taking_turns(rounds(range(6, 16)))
    ]
    assert slow_phase(disturbed) is None
