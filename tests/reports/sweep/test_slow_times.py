"""What a report says of a slow stretch of runs: which runs, how slow, whose medians, and what is to be done."""

from __future__ import annotations

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.sweep.limits import limits, open_questions
from mnist_lab.reports.sweep.observations import observations
from mnist_lab.reports.sweep.slow_times import how_slow_times_are_found, slow_times, slow_times_looked_for
from mnist_lab.sweeps.result import SweepResult
from tests.sweeps.test_slow_phase import rounds, taking_turns

SLOW = SweepResult(tuple(taking_turns(rounds(range(6, 16)))))
EVEN = SweepResult(tuple(taking_turns(rounds())))
SMALL = SweepResult(tuple(taking_turns(rounds(range(6, 16), factor=1.04))))


def no_figure(_: str) -> None:
    return None


def test_slow_phase_is_named_with_what_it_moves_and_what_hangs_on_it() -> None:
    (said,) = slow_times(SLOW, no_figure)
    assert said == (
        f"By {cite('runs')}, in the order in which they began and beside runs of the same points, the 10 runs from "
        "00:06:00 to 00:15:00 took 1.20 times as long as the other 14 (permutation test, p < 0.001), and longer at 8 "
        "of the 8 points that have runs in both. Since it concerns many settings, the likely cause is not the models "
        "but the state of the computer meanwhile, such as the processor's clock. More than half of the repeats of FC, "
        "hidden 10 and FC, hidden 11 were made there, so that the median is too long there as well. The longest time "
        "of the widest spread, FC, hidden 5 with 2.41 s, lies there, too, which explains it. With these times divided "
        "by 1.20, no number of pairs that differ in training time, or in which it falls, is another."
    )
    assert said in observations(SLOW, 0.5)
    assert slow_times_looked_for(SLOW) == []
    assert limits(SLOW)[-1].endswith("not why (but for what is supposed of the computer's state).")
    with speaking("ja"):
        said = spaced(slow_times(SLOW, no_figure)[0])
        asked = [spaced(one) for one in open_questions(SLOW)]
    assert (
        "00:06:00 から 00:15:00 までに始めた 10 回は、ほかの 14 回の 1.20 倍である（並べ替え検定、p < 0.001）" in said
    )
    assert (
        "00:06:00 から 00:15:00 までの間に学習時間が長くなったのは、何が原因と考えられるか。"
        "FC（隠れ層のノード数 10）と FC（隠れ層のノード数 11）をもう一度学習させて、"
        "学習時間が短くなるかを確かめること。"
    ) in asked


def test_medians_that_are_not_moved_are_said_to_be_safe() -> None:
    (said,) = slow_times(SweepResult(tuple(taking_turns(rounds(range(18, 24))))), no_figure)
    assert " No point has more than half of its repeats there, so that the medians hardly depend on it." in said


def test_fall_that_comes_of_the_phase_goes_where_it_is_allowed_for() -> None:
    times_s = [[5.0 + place / 100 + turn / 1000 for place in range(8)] for turn in range(3)]
    for number in range(3, 12):
        times_s[number // 8][number % 8] *= 1.3
    (said,) = slow_times(SweepResult(tuple(taking_turns(times_s))), lambda key: "hidden")
    assert f" the training time falls in 0 steps instead of 1 for FC ({cite('hidden')})." in said
    with speaking("ja"):
        (said,) = map(spaced, slow_times(SweepResult(tuple(taking_turns(times_s))), lambda key: "hidden"))
    assert f"{cite('hidden')} の FC では学習時間が短くなる組が 1 組から 0 組に変わる。" in said


def test_that_none_was_found_is_said_among_the_limits_with_its_p() -> None:
    assert slow_times(EVEN, no_figure) == slow_times(SMALL, no_figure) == []
    assert slow_times_looked_for(EVEN) == [
        "In the order in which the runs began, the slowest stretch is that of the 8 runs from 00:09:00 to 00:16:00, "
        "which took 1.01 times as long as the other 16; that cannot be told from the noise (permutation test, p = "
        "0.68)."
    ]
    assert slow_times_looked_for(SMALL) == [
        "In the order in which the runs began, the slowest stretch is that of the 8 runs from 00:09:00 to 00:16:00, "
        "which took 1.04 times as long as the other 16; that is too little to matter (permutation test, p = 0.0085)."
    ]
    assert slow_times_looked_for(SweepResult(EVEN.points[:2])) == []
    assert not [one for one in open_questions(EVEN) if "slowed" in one]
    assert limits(EVEN)[-1] == "This report says what was measured, not why."
    assert how_slow_times_are_found(SweepResult(EVEN.points[:2])) == []
    assert "shuffled among its runs 1,999 times" in how_slow_times_are_found(EVEN)[0]
