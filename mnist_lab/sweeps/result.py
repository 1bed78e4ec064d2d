"""What a sweep has found: its points with time and accuracy, the Pareto front, the smallest model that holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, median

from optuna.trial import FrozenTrial

from mnist_lab.runs.model_names import model_names
from mnist_lab.runs.run import Run
from mnist_lab.sweeps.point_ids import is_again, point_order
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.run_result import RunResult
from mnist_lab.sweeps.trial_attributes import point_of, run_results
from mnist_lab.sweeps.trial_states import trial_states


@dataclass(frozen=True)
class PointResult:
    """All runs of one point."""

    point: Point
    runs: tuple[RunResult, ...]
    """The completed ones."""
    again: tuple[RunResult, ...] = ()
    """Those that measured the time again, on the same device; their times take the place of the first."""
    ended_otherwise: tuple[RunResult, ...] = ()
    """Those that diverged, ran out of memory, or could not be trained."""
    strange: bool = False
    """Whether the time lies outside what the neighbours say, even when measured again."""
    name: str | None = None
    """Of the model, where another base has another network of the same class name."""

    @property
    def model(self) -> str:
        """Name of the model's class, with its file where that alone would not tell the sweep's models apart."""
        return self.name or next(
            (run.model for run in (*self.runs, *self.ended_otherwise) if run.model), self.point.base
        )

    @property
    def device(self) -> str | None:
        """What the point was trained on; None where nothing was."""
        return self.runs[0].device if self.runs else None

    @property
    def parameters(self) -> int:
        """Number of the model's parameters."""
        return self.runs[0].parameters or 0

    @property
    def times_s(self) -> list[float]:
        """Training time of each repeat in seconds."""
        return [run.train_s for run in self.again or self.runs if run.train_s is not None]

    @property
    def disturbed(self) -> float | None:
        """Largest share of the processor that other programs took in a run whose time counts; None where it is fine."""
        return max((run.disturbed for run in self.again or self.runs if run.disturbed is not None), default=None)

    @property
    def rejected(self) -> list[RunResult]:
        """The runs that do not count, since they were disturbed and trained once more."""
        return [early for run in (*self.runs, *self.again, *self.ended_otherwise) for early in run.rejected]

    @property
    def train_s(self) -> float:
        """Median training time in seconds."""
        return median(self.times_s)

    @property
    def first_train_s(self) -> float:
        """Median training time in seconds before it was measured again."""
        return median(run.train_s for run in self.runs if run.train_s is not None)

    @property
    def val_accuracy(self) -> float:
        """Mean validation accuracy, 0 to 1; by it models are chosen, so that the test set stays out of the choice."""
        return fmean(self.val_accuracies)

    @property
    def val_accuracies(self) -> list[float]:
        """Validation accuracy of each repeat, 0 to 1."""
        return [run.val_accuracy for run in self.runs if run.val_accuracy is not None]

    @property
    def test_accuracies(self) -> list[float]:
        """Test accuracy of each repeat, 0 to 1."""
        return [run.test_accuracy for run in self.runs if run.test_accuracy is not None]

    @property
    def test_accuracy(self) -> float:
        """Mean test accuracy, 0 to 1."""
        return fmean(self.test_accuracies)


@dataclass(frozen=True)
class SweepResult:
    """All points of a sweep."""

    points: tuple[PointResult, ...]
    """Those with at least one completed run."""
    failed: tuple[PointResult, ...] = ()
    """Those without."""
    first_trials: Mapping[str, FrozenTrial] = field(default_factory=dict)
    """The first trial of each point, by the point's key."""

    @property
    def models(self) -> list[str]:
        """Names of the models, in the order of the sweep."""
        return list(dict.fromkeys(result.model for result in self.points))

    def of_model(self, model: str) -> list[PointResult]:
        """Return a model's points."""
        return [entry for entry in self.points if entry.model == model]

    @property
    def sizes_vary(self) -> bool:
        """Whether size was varied, so that "the smallest" says something: within a model, or of one point each."""
        sizes = {(result.model, result.parameters) for result in self.points}
        return len(sizes) > len(self.models) or len(sizes) == len(self.points) > 1

    @property
    def devices(self) -> list[str]:
        """What the points were trained on."""
        return sorted({result.device for result in self.points if result.device})


def collect(trials: Sequence[FrozenTrial]) -> SweepResult:
    """Put together what a study's trials have come to; unfinished ones are left out."""
    first_trials: dict[str, FrozenTrial] = {}
    first: dict[str, list[RunResult]] = {}
    again: dict[str, list[RunResult]] = {}
    points: dict[str, Point] = {}
    ended = trial_states(trials).ended
    for identity, trial in sorted(ended.items(), key=lambda item: (point_order(item[0]), item[1].number)):
        point = point_of(trial)
        if point is None:
            continue
        results = again if is_again(identity) else first
        results.setdefault(point.key, []).extend(run_results(trial.user_attrs))
        points.setdefault(point.key, point)
        first_trials.setdefault(point.key, trial)
    result = put_together([(points[key], first[key], again.get(key, [])) for key in first])
    return replace(result, first_trials=first_trials)


def put_together(points: Iterable[tuple[Point, Sequence[RunResult], Sequence[RunResult]]]) -> SweepResult:
    """Return the result of points with their runs, and those that measured their time again."""
    results = _told_apart([_point_result(*entry) for entry in points])
    return SweepResult(
        points=tuple(result for result in results if result.runs),
        failed=tuple(result for result in results if not result.runs),
    )


def mark_strange(result: SweepResult, strange: Iterable[PointResult]) -> SweepResult:
    """Return the result with the points marked whose time does not fit its neighbours'."""
    keys = {entry.point.key for entry in strange}
    return replace(result, points=tuple(replace(entry, strange=entry.point.key in keys) for entry in result.points))


def best_of(points: Sequence[PointResult]) -> PointResult:
    """Return the point with the highest validation accuracy; of equal ones the smallest."""
    return max(points, key=lambda entry: (entry.val_accuracy, -entry.parameters))


def one_sample_points(points: Sequence[PointResult]) -> float:
    """Return what one validation sample is worth in percentage points of accuracy, the most where sets differ.

    0 where no record says how many samples there were.
    """
    records = [run.record for entry in points for run in entry.runs if run.record]
    sizes = [(record["data"].get("split_sizes") or {}).get("val") for record in records]
    return max((100 / size for size in sizes if size), default=0.0)


def margin_points(points: Sequence[PointResult], within: float) -> float:
    """Return how far a model may stay behind the best: what was asked for, but not less than one sample is worth."""
    return max(within, one_sample_points(points))


def smallest_within(points: Sequence[PointResult], within: float) -> dict[str, PointResult | None]:
    """Return for each model its smallest point that holds the accuracy, the smallest of all first.

    Args:
        points: At least one.
        within: How far, in percentage points of validation accuracy, it may stay behind the best; compared to a
            hundred-thousandth, below which there is only rounding, and not finer than one validation sample.
    """
    needed = best_of(points).val_accuracy - margin_points(points, within) / 100 - 1e-5
    found: dict[str, PointResult | None] = dict.fromkeys(entry.model for entry in points)
    for entry in sorted(points, key=lambda entry: (entry.parameters, entry.train_s)):
        if entry.val_accuracy >= needed and found[entry.model] is None:
            found[entry.model] = entry
    return dict(sorted(found.items(), key=lambda item: item[1].parameters if item[1] else float("inf")))


def _told_apart(results: Sequence[PointResult]) -> list[PointResult]:
    """Name the models of bases whose networks share a class name and not their code."""
    trained = {entry.point.base: run for entry in results for run in _recorded(entry)}
    names = dict(zip(trained, model_names([run.record for run in trained.values()]), strict=True))
    models = {base: run.record.model for base, run in trained.items()}
    return [
        replace(entry, name=names[base])
        if (base := entry.point.base) in names and names[base] != models[base]
        else entry
        for entry in results
    ]


def _recorded(entry: PointResult) -> list[Run]:
    return [run.run for run in (*entry.runs, *entry.ended_otherwise) if run.run is not None]


def _point_result(point: Point, runs: Sequence[RunResult], again: Sequence[RunResult]) -> PointResult:
    completed = tuple(run for run in runs if run.status == "completed")
    where = {(run.machine, run.device) for run in completed}
    return PointResult(
        point=point,
        runs=completed,
        again=tuple(run for run in again if run.status == "completed" and (run.machine, run.device) in where),
        ended_otherwise=tuple(run for run in runs if run.status != "completed"),
    )
