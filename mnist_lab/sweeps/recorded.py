"""A sweep's result from the records of its runs alone, without its study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mnist_lab.runs.run import Run
from mnist_lab.sweeps.outliers import strange_points
from mnist_lab.sweeps.point_ids import is_again, point_order
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.result import SweepResult, mark_strange, put_together
from mnist_lab.sweeps.run_result import RunResult, rejected_result, run_result
from mnist_lab.sweeps.swept_run import SweptRun, swept_run

# A run that was killed or interrupted is trained again, so it does not count.
_ENDED = ("completed", "diverged", "out_of_memory", "failed")


def collect_runs(runs: Sequence[Run]) -> SweepResult:
    """Put together what the runs of one study have come to.

    Of several runs of one repeat (a worker may have died before it could say that it was done) the last one counts.
    """
    last: dict[tuple[str, int], tuple[SweptRun, Run]] = {}
    rejected: dict[tuple[str, int], list[RunResult]] = {}
    for run in sorted(runs, key=lambda run: run.record.started):
        swept = swept_run(run)
        if swept is not None and run.record.status == "disturbed":
            early = rejected.setdefault((swept.point_id, swept.repeat), [])
            early.append(rejected_result(run.record, run.name, swept.machine))
        if swept is not None and run.record.status in _ENDED:
            last[swept.point_id, swept.repeat] = swept, run
    points: dict[str, Point] = {}
    first: dict[str, list[RunResult]] = {}
    again: dict[str, list[RunResult]] = {}
    for identity, repeat in sorted(last, key=lambda key: (point_order(key[0]), key[1])):
        swept, run = last[identity, repeat]
        point = Point(swept.base, swept.values)
        points.setdefault(point.key, point)
        results = again if is_again(identity) else first
        counted = run_result(run.record, run.name, swept.machine)
        early = rejected.get((identity, repeat), [])
        results.setdefault(point.key, []).append(replace(counted, rejected=tuple(early)))
    result = put_together([(points[key], results, again.get(key, [])) for key, results in first.items()])
    return mark_strange(result, strange_points(result.points))
