"""Two groups compared: ratio of times, difference of accuracies, and whether either is larger than the noise."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from mnist_lab.reports.curves import first_epoch_of
from mnist_lab.runs.groups import Group
from mnist_lab.runs.run import Run
from mnist_lab.runs.spread import Spread, spread_of

SIGNIFICANCE = 0.05
Quantity = Literal["time", "accuracy"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
TestName = Literal["paired", "welch"]
Reason = Literal["too_few", "constant"]


@dataclass(frozen=True)
class NoiseTest:
    """A two-sided t-test of whether two groups differ by more than their spread."""

    name: TestName
    n: tuple[int, int]
    """Runs that went in, of the first and of the second group; pairs where paired."""
    p: float | None
    """Corrected after Holm where several groups are compared with the first; None where there is no test."""
    reason: Reason | None = None
    """Why there is no test."""

    @property
    def is_larger_than_noise(self) -> bool:
        """Whether the difference is called larger than the noise, at 5 %."""
        return self.p is not None and self.p < SIGNIFICANCE


@dataclass(frozen=True)
class Comparison:
    """The second group against the first, in one quantity."""

    quantity: Quantity
    first: Group
    second: Group
    change: Spread
    """Time: the first's time per epoch divided by the second's (above 1: the second is faster), as the geometric mean
    of the pairs, whose inverse is the second's divided by the first's. Accuracy: the second's minus the first's, in
    percentage points."""
    test: NoiseTest
    tests_in_family: int = 1
    """Groups compared with the first."""

    @property
    def faster(self) -> tuple[Group, Group, Spread]:
        """Of a comparison of times: the faster group, the slower one, and how many times as fast it is."""
        if self.change.mean >= 1:
            return self.second, self.first, self.change
        return self.first, self.second, self.inverse

    @property
    def inverse(self) -> Spread:
        """Of a comparison of times: the second's time divided by the first's."""
        sd = self.change.sd
        return Spread(1 / self.change.mean, None if sd is None else sd / self.change.mean**2, self.change.n)


def compare_groups(groups: Sequence[Group], *, times: bool = True, accuracies: bool = True) -> list[Comparison]:
    """Compare every group with the first, in time per epoch and in test accuracy.

    Args:
        groups: At least one.
        times: Whether the times may be compared; False where devices or threads differ.
        accuracies: Whether the accuracies may be compared; False where the data differ.
    """
    measures: list[tuple[Quantity, Callable[[Run], float | None]]] = []
    if times:
        # Ratios are compared, so logarithms are tested: twice as fast and twice as slow are equally far from no change.
        measures.append(("time", lambda run: math.log(run.epoch_s) if run.epoch_s else None))
    if accuracies:
        measures.append(("accuracy", lambda run: run.accuracy_percent))
    found: list[Comparison] = []
    for quantity, measure in measures:
        family = [_compare(quantity, groups[0], other, measure) for other in groups[1:]]
        found += _holm([comparison for comparison in family if comparison])
    return found


def compare_reached(mark_percent: float, groups: Sequence[Group]) -> list[Comparison]:
    """Compare with the first group's how long the runs of every other group took to reach an accuracy themselves.

    Groups of which a run never reached it are left out: their runs' times are not known.

    Args:
        mark_percent: The validation accuracy.
        groups: At least one.
    """

    def measure(run: Run) -> float | None:
        """Return the logarithm of the training time to the mark; None where a run never reached it."""
        epoch = first_epoch_of(run, mark_percent)
        return math.log(epoch.train_s) if epoch and epoch.train_s else None

    def is_known(group: Group) -> bool:
        """Say whether all completed runs of a group reached the mark."""
        return all(measure(run) is not None for run in group.completed)

    if not is_known(groups[0]):
        return []
    family = [_compare("time", groups[0], other, measure) for other in groups[1:] if is_known(other)]
    return _holm([comparison for comparison in family if comparison])


def pairs_of(first: Group, second: Group) -> list[tuple[Run, Run]]:
    """Return the completed runs that share their seeds; of several with the same seeds, the first with the first."""
    partners = {_turn(second.completed, place): run for place, run in enumerate(second.completed)}
    turns = [(_turn(first.completed, place), run) for place, run in enumerate(first.completed)]
    return [(run, partners[turn]) for turn, run in turns if turn in partners]


def _turn(runs: Sequence[Run], place: int) -> tuple[Any, ...]:
    seeds = runs[place].seeds
    return (*map(str, seeds), sum(run.seeds == seeds for run in runs[:place]))


def _compare(
    quantity: Quantity, first: Group, second: Group, measure: Callable[[Run], float | None]
) -> Comparison | None:
    pairs = [(measure(one), measure(other)) for one, other in pairs_of(first, second)]
    measured = [(one, other) for one, other in pairs if one is not None and other is not None]
    alone = [[value for run in group.completed if (value := measure(run)) is not None] for group in (first, second)]
    if not alone[0] or not alone[1]:
        return None
    if len(measured) > 1 or len(measured) == len(alone[0]) == len(alone[1]):
        change, test = spread_of([other - one for one, other in measured]), _paired(measured)
    else:
        change, test = _unpaired_change(*alone), welch_test(*alone)
    assert change is not None
    return Comparison(quantity, first, second, _as_ratio(change) if quantity == "time" else change, test)


def _as_ratio(change: Spread) -> Spread:
    """Return first ÷ second from the second's logarithm minus the first's; the spread to first order."""
    ratio = math.exp(-change.mean)
    return Spread(ratio, None if change.sd is None else ratio * change.sd, change.n)


def _paired(pairs: Sequence[tuple[float, float]]) -> NoiseTest:
    from scipy.stats import ttest_rel

    n = (len(pairs), len(pairs))
    if len(pairs) < 2:
        return NoiseTest("paired", n, None, "too_few")
    differences = [other - one for one, other in pairs]
    # Equal but for rounding: the t value would be that rounding's.
    if statistics.stdev(differences) <= 1e-9 * max(1.0, *(abs(value) for pair in pairs for value in pair)):
        return NoiseTest("paired", n, None, "constant")
    return NoiseTest("paired", n, float(ttest_rel(*zip(*pairs, strict=True)).pvalue))


def welch_test(first: Sequence[float], second: Sequence[float]) -> NoiseTest:
    """Test whether two samples that have no pairs differ; both are on the scale on which they spread evenly."""
    from scipy.stats import ttest_ind_from_stats

    n = (len(first), len(second))
    if min(n) < 2:
        return NoiseTest("welch", n, None, "too_few")
    if statistics.stdev(first) == statistics.stdev(second) == 0:
        return NoiseTest("welch", n, None, "constant")
    # From the moments: of the values themselves SciPy warns where those of one sample are all alike.
    one, other = ((statistics.mean(values), statistics.stdev(values), len(values)) for values in (first, second))
    return NoiseTest("welch", n, float(ttest_ind_from_stats(*one, *other, equal_var=False).pvalue))


def _unpaired_change(first: Sequence[float], second: Sequence[float]) -> Spread | None:
    """Return the difference of the means; its spread follows from both spreads."""
    one, other = spread_of(first), spread_of(second)
    assert one is not None
    assert other is not None
    sd = None if one.sd is None or other.sd is None else math.hypot(one.sd, other.sd)
    return Spread(other.mean - one.mean, sd, min(one.n, other.n))


def _holm(family: Sequence[Comparison]) -> list[Comparison]:
    """Correct the p values of a family of tests after Holm, 1979."""
    tested = sorted((c.test.p, place) for place, c in enumerate(family) if c.test.p is not None)
    largest = itertools.accumulate(
        (min(1.0, (len(tested) - rank) * p) for rank, (p, _) in enumerate(tested)), max, initial=0.0
    )
    corrected = {place: p for (_, place), p in zip(tested, itertools.islice(largest, 1, None), strict=True)}
    return [
        replace(c, test=replace(c.test, p=corrected.get(place)), tests_in_family=len(tested))
        for place, c in enumerate(family)
    ]
