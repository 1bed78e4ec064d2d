"""What becomes of a trial that does not come to its end."""

from __future__ import annotations

import signal
from collections.abc import Sequence

import optuna
import pytest
from optuna import Study, Trial, TrialPruned
from optuna.trial import TrialState

from mnist_lab.cli.stop_signals import StopSignals
from mnist_lab.errors import MnistLabError, Terminated
from mnist_lab.sweeps.one_trial import RoundEnded, do_one_trial
from mnist_lab.sweeps.trial_attributes import POINT_ID, WORKER
from mnist_lab.sweeps.trial_queue import queue_again, queue_point


@pytest.fixture
def study() -> Study:
    study = optuna.create_study()
    queue_point(study, "point-0", {"x": 1.0})
    return study


def states(study: Study) -> list[str]:
    return [trial.state.name for trial in study.get_trials()]


def taken_over(study: Study, trial: Trial) -> None:
    """What another worker does that misses the signs of life."""
    study.tell(trial.number, state=TrialState.FAIL)
    queue_again(study, study.get_trials()[trial.number])


def test_trial_that_ends_is_done(study: Study) -> None:
    do_one_trial(study, lambda trial: 1.0)
    assert states(study) == ["COMPLETE"]


def test_pruned_trial_is_done(study: Study) -> None:
    def prunes(trial: Trial) -> float:
        raise TrialPruned

    do_one_trial(study, prunes)
    assert states(study) == ["PRUNED"]


@pytest.mark.parametrize("error", [MnistLabError("no data"), KeyboardInterrupt()], ids=["data", "keyboard"])
def test_trial_that_cannot_go_on_is_put_back(error: BaseException, study: Study) -> None:
    def fails(trial: Trial) -> float:
        raise error

    with pytest.raises(type(error)):
        do_one_trial(study, fails)
    assert states(study) == ["FAIL", "WAITING"]
    assert study.get_trials()[1].user_attrs[POINT_ID] == "point-0"


def test_trial_whose_round_ends_waits_behind_the_others(study: Study) -> None:
    queue_point(study, "point-1", {"x": 2.0})
    study._storage.set_trial_user_attr(study.get_trials()[0]._trial_id, "run-0", {"status": "completed"})

    def first_round(trial: Trial) -> float:
        raise RoundEnded

    do_one_trial(study, first_round)
    assert states(study) == ["FAIL", "WAITING", "WAITING"]
    assert [trial.user_attrs[POINT_ID] for trial in study.get_trials()] == ["point-0", "point-1", "point-0"]
    assert study.get_trials()[2].user_attrs["run-0"] == {"status": "completed"}


@pytest.mark.parametrize("kept", [False, True], ids=["before it is kept", "after it is kept"])
def test_stop_while_a_rounds_end_is_kept_loses_no_trial(
    kept: bool, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = study._storage.set_trial_state_values
    stopped: list[TrialState] = []

    def stop(trial_id: int, state: TrialState, values: Sequence[float] | None = None) -> bool:
        if state != TrialState.FAIL or stopped:
            return keep(trial_id, state, values)
        stopped.append(state)
        if kept:
            keep(trial_id, state, values)
        raise Terminated

    def first_round(trial: Trial) -> float:
        raise RoundEnded

    monkeypatch.setattr(study._storage, "set_trial_state_values", stop)
    with pytest.raises(Terminated):
        do_one_trial(study, first_round)
    assert states(study) == ["FAIL", "WAITING"]


def test_signal_waits_until_the_database_has_the_trials_end(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    signals = StopSignals()
    monkeypatch.setattr("mnist_lab.sweeps.one_trial.stop_signals", signals)
    monkeypatch.setattr("mnist_lab.cli.stop_signals._send_later", lambda number: None)
    keep = study._storage.set_trial_state_values

    def stopped(trial_id: int, state: TrialState, values: Sequence[float] | None = None) -> bool:
        if state.is_finished():
            signals._handle(signal.SIGINT, None)
        return keep(trial_id, state, values)

    monkeypatch.setattr(study._storage, "set_trial_state_values", stopped)
    with pytest.raises(KeyboardInterrupt):
        do_one_trial(study, lambda trial: 1.0)
    assert states(study) == ["COMPLETE"]


@pytest.mark.parametrize("end", ["value", "attribute", "pruned", "own error"])
def test_trial_that_others_have_taken_over_does_not_count(end: str, study: Study) -> None:
    def sleeps(trial: Trial) -> float:
        taken_over(study, trial)
        if end == "attribute":
            trial.set_user_attr(WORKER, "lab:1")
        elif end == "pruned":
            raise TrialPruned
        elif end == "own error":
            raise MnistLabError("no data")
        return 1.0

    do_one_trial(study, sleeps)
    assert states(study) == ["FAIL", "WAITING"]


@pytest.mark.parametrize("kept", [False, True], ids=["before it is kept", "after it is kept"])
def test_stop_while_the_trials_end_is_kept_is_not_lost(
    kept: bool, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = study._storage.set_trial_state_values

    def stopped(trial_id: int, state: TrialState, values: Sequence[float] | None = None) -> bool:
        if state != TrialState.COMPLETE:
            return keep(trial_id, state, values)
        if kept:
            keep(trial_id, state, values)
        raise Terminated

    monkeypatch.setattr(study._storage, "set_trial_state_values", stopped)
    with pytest.raises(Terminated):
        do_one_trial(study, lambda trial: 1.0)
    assert states(study) == (["COMPLETE"] if kept else ["FAIL", "WAITING"])


def test_keyboard_stops_a_worker_whose_trial_others_have_taken_over(study: Study) -> None:
    def stops(trial: Trial) -> float:
        taken_over(study, trial)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do_one_trial(study, stops)
    assert states(study) == ["FAIL", "WAITING"]
