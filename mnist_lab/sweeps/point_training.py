"""Trains a point: one run of it at a time, whose failure is a result like any other."""

from __future__ import annotations

import platform
from dataclasses import replace
from typing import Any

from optuna import Study

from mnist_lab.callbacks.sweep_labels import SweepLabels
from mnist_lab.cli.stop_signals import stop_signals
from mnist_lab.errors import MnistLabError, UsageError, first_line, stop_behind
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run import Run
from mnist_lab.sweeps.points import Point, short_key, short_value
from mnist_lab.sweeps.run_result import RunResult, rejected_result, run_result
from mnist_lab.sweeps.same_data import check_same_data
from mnist_lab.sweeps.space import Sweep
from mnist_lab.sweeps.sweep_check import CheckedSweep
from mnist_lab.sweeps.swept_run import SweptRun
from mnist_lab.sweeps.warm_up import WarmUp
from mnist_lab.training.headline import setting_text
from mnist_lab.training.train_once import train_undisturbed


class PointTraining:
    """Trains the points of a study on this machine."""

    def __init__(self, study: Study, sweep: Sweep, checked: CheckedSweep) -> None:
        """Get ready.

        Args:
            study: Of the sweep.
            sweep: What is varied.
            checked: What the trainer's parser made of it.
        """
        self._study = study
        self._sweep = sweep
        self._checked = checked
        self._warm_up = WarmUp()

    def train(self, point: Point, point_id: str, repeat: int) -> RunResult:
        """Train a point once, and return what the run came to.

        Args:
            point: The point.
            point_id: Its id.
            repeat: Number of the run among the point's, from 0; it has a seed of its own.

        Raises:
            MnistLabError: The data cannot be had, or are others than those of the study.
            KeyboardInterrupt: The user stopped it.
        """
        arguments = self._arguments(point, repeat)
        swept = SweptRun(
            name=self._sweep.name,
            study=self._study.study_name,
            within=self._sweep.within,
            point_id=point_id,
            repeat=repeat,
            base=point.base,
            values=dict(point.values),
            machine=platform.node(),
        )
        labels = {short_key(key): setting_text(short_key(key), _label(value)) for key, value in point.values.items()}
        model = self._checked.bases[point.base].model
        rejected: list[Run] = []
        try:
            with stop_signals.heard():
                self._warm_up.warm_up(point.base, arguments)
                labelled = SweepLabels(swept.to_dict(), labels, self._check_data)
                done = train_undisturbed(arguments, [labelled], made_by="sweep", rejected=rejected.append)
        except UsageError as error:
            return RunResult("refused", model=model, message=str(error))
        except MnistLabError:
            raise
        except Exception as error:
            if stop := stop_behind(error):
                raise stop from None
            return RunResult("failed", model=model, message=f"{type(error).__name__}: {first_line(error)}")
        again = tuple(rejected_result(run.record, self._folder(run), platform.node()) for run in rejected)
        return replace(run_result(done.record, self._folder(done), platform.node()), rejected=again)

    def _folder(self, run: Run) -> str:
        return run.folder.resolve().relative_to(self._checked.log_dir.resolve()).as_posix()

    def _arguments(self, point: Point, repeat: int) -> list[str]:
        base = self._checked.bases[point.base]
        arguments = [*base.arguments, *point.options()]
        if base.seed is not None:
            arguments += [f"--seed_everything={base.seed + repeat}", f"--data.seed={base.data_seed + repeat}"]
        return arguments

    def _check_data(self, record: RunRecord) -> None:
        check_same_data(self._study, record)


def _label(value: Any) -> Any:
    """Return a value as HParams can show it."""
    return short_value(value) if value is None or isinstance(value, dict) else value
