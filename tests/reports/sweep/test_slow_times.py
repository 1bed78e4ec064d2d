"""What a report says of a slow stretch of runs: which runs, how slow, whose medians, and what is to be done."""

from __future__ import annotations

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.sweep.limits import open_questions
from mnist_lab.reports.sweep.observations import observations
from mnist_lab.reports.sweep.slow_times import slow_times, slow_times_looked_for
from mnist_lab.sweeps.result import SweepResult
from tests.sweeps.test_slow_phase import rounds, taking_turns

SLOW = SweepResult(tuple(taking_turns(rounds(range(6, 16)))))
EVEN = SweepResult(tuple(taking_turns(rounds())))


def test_slow_phase_is_named_with_the_medians_that_it_moves() -> None:
    (said,) = slow_times(SLOW)
    assert said == (
        f"By {cite('runs')}, in the order in which they began and beside runs of the same points, the 10 runs from "
        "00:06:00 to 00:15:00 took 1.20 times as long as the other 14 (permutation test, p = 0.0020). Since this holds "
        "whatever the setting, the likely cause is not the models but the state of the computer meanwhile, such as the "
        "processor's clock. More than half of the repeats of FC, hidden 10 and FC, hidden 11 were made there, so that "
        "the median is too long there as well: where its time does not fit that of other settings, this may be why."
    )
    assert said in observations(SLOW, 0.5)
    assert slow_times_looked_for(SLOW) == []
    with speaking("ja"):
        assert "00:06:00 から 00:15:00 までに始めた 10 回は、ほかの 14 回の 1.20 倍である" in spaced(
            slow_times(SLOW)[0]
        )
        asked = [spaced(one) for one in open_questions(SLOW)]
    assert (
        "00:06:00 から 00:15:00 までの間に学習時間が長くなったのは、何が原因と考えられるか。"
        "FC（隠れ層のノード数 10）と FC（隠れ層のノード数 11）をもう一度学習させて、"
        "学習時間が短くなるかを確かめること。"
    ) in asked


def test_medians_that_are_not_moved_are_said_to_be_safe() -> None:
    (said,) = slow_times(SweepResult(tuple(taking_turns(rounds(range(18, 24))))))
    assert said.endswith(" No point has more than half of its repeats there, so that the medians hardly depend on it.")


def test_that_none_was_found_is_said_among_the_limits() -> None:
    assert slow_times(EVEN) == []
    (said,) = slow_times_looked_for(EVEN)
    assert said.startswith("In the order in which the runs began, no stretch of them was slower than chance explains")
    assert slow_times_looked_for(SweepResult(EVEN.points[:2])) == []
    assert not [one for one in open_questions(EVEN) if "slowed" in one]
