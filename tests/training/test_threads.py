"""The number of threads: as asked for, kept by a resume, found by a probe that leaves no trace."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from mnist_lab.models import FC
from mnist_lab.runs.processor_load import EpochLoad, ProcessorLoad
from mnist_lab.runs.record import read_record
from mnist_lab.training import thread_probe, threads
from mnist_lab.training.fit import fit
from mnist_lab.training.thread_probe import TooSlowError, candidates, fastest, step_times, timed
from mnist_lab.training.threads import fastest_for_all
from tests.commands.program import SMALL, call, only_record, refused, runs
from tests.commands.program import fit as fit_digits
from tests.small_run import interval_data, perceptron, quiet_trainer


def short_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_probe, "_PROBE_S", 0.0)
    monkeypatch.setattr(thread_probe, "_SLICE_S", 0.001)


@pytest.fixture(autouse=True)
def _two_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have PyTorch compute with two threads on four cores, and put its own number back."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    for module in (threads, thread_probe):
        monkeypatch.setattr(module, "psutil", SimpleNamespace(cpu_count=lambda logical=True: 4))
    yield
    torch.set_num_threads(before)


class Machine:
    """Takes so long for a step as the number of threads says."""

    def __init__(self, step_s: dict[int, float]) -> None:
        self.step_s = step_s
        self.now_s = 0.0
        self.steps: list[int] = []

    def __call__(self) -> float:
        return self.now_s

    def step(self) -> None:
        self.steps.append(torch.get_num_threads())
        self.now_s += self.step_s[torch.get_num_threads()]


def probe_finds(monkeypatch: pytest.MonkeyPatch, times: dict[int, float]) -> list[int]:
    """Have a probe find these times; the list grows with each."""
    probes: list[int] = []

    def found(step: Any, numbers: Any) -> dict[int, float]:
        probes.append(len(numbers))
        return times

    monkeypatch.setattr(thread_probe, "timed", found)
    return probes


def test_mean_time_of_a_step_is_that_of_each_number() -> None:
    machine = Machine({1: 0.003, 2: 0.01})
    assert timed(machine.step, [1, 2], machine) == {1: pytest.approx(0.003), 2: pytest.approx(0.01)}
    assert machine.now_s < 1


def test_numbers_take_turns() -> None:
    machine = Machine({1: 0.01, 2: 0.01})
    timed(machine.step, [1, 2], machine)
    turns = [number for place, number in enumerate(machine.steps) if place == 0 or machine.steps[place - 1] != number]
    assert len(turns) > 20


def test_slow_steps_are_timed_once_with_each_number() -> None:
    machine = Machine({1: 5.0, 2: 3.0})
    assert timed(machine.step, [1, 2], machine) == {1: 5.0, 2: 3.0}
    assert machine.steps == [2, 1, 1, 2, 2]


@pytest.mark.parametrize(("steps", "found"), [(3, {}), (5, {1: 5.0, 2: 3.0}), (6, {1: 5.0, 2: 3.0})])
def test_probe_that_is_too_slow_finds_what_all_numbers_have_done(steps: int, found: dict[int, float]) -> None:
    machine = Machine({1: 5.0, 2: 3.0})

    def step() -> None:
        if len(machine.steps) == steps:
            raise TooSlowError
        machine.step()

    assert timed(step, [1, 2], machine) == found


def test_one_step_that_takes_too_long_ends_the_probe_and_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread_probe, "LONGEST_S", 0.05)
    model, data = perceptron(), interval_data()
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=100_000, max_eval=100_000, tolerance_change=-1)
    model.configure_optimizers = lambda: optimizer  # type: ignore[method-assign]
    data.setup()
    weights = copy.deepcopy(model.state_dict())
    assert step_times(quiet_trainer(tmp_path), model, data) == {}
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    assert (torch.get_num_threads(), dict(optimizer.state)) == (2, {})


@pytest.mark.parametrize(
    ("own", "cores", "tried"),
    [(2, 2, [1, 2]), (1, 4, [1, 2, 4]), (6, 6, [1, 2, 4, 6]), (3, 8, [1, 2, 3, 4, 8]), (2, None, [1, 2])],
)
def test_candidates_are_the_powers_of_two_and_the_own_number(
    own: int, cores: int | None, tried: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: own)
    monkeypatch.setattr(thread_probe, "psutil", SimpleNamespace(cpu_count=lambda logical: cores))
    assert candidates() == tried


def test_probe_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short_probes(monkeypatch)
    model, data = FC((1,), 10, hidden=[8], dropout=0.5), interval_data()
    optimizer = torch.optim.Adam(model.parameters())
    model.configure_optimizers = lambda: optimizer  # type: ignore[method-assign]
    data.setup()
    model.eval()
    weights, chance = copy.deepcopy(model.state_dict()), torch.get_rng_state()
    stepped = []
    optimizer.register_step_post_hook(lambda *_: stepped.append(torch.get_num_threads()))
    times = step_times(quiet_trainer(tmp_path), model, data)
    assert list(times) == [1, 2, 4]
    assert set(stepped) == {1, 2, 4}
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert optimizer.state_dict()["state"] == {}
    assert torch.equal(torch.get_rng_state(), chance)
    assert (torch.get_num_threads(), model.training) == (2, False)


def test_training_after_a_probe_is_the_same_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short_probes(monkeypatch)
    monkeypatch.setattr(threads, "fastest", lambda times: 2)
    models = []
    for asked in (None, "auto"):
        models.append(perceptron())
        fit(quiet_trainer(tmp_path), models[-1], interval_data(), threads=asked, run_folder=False, quiet=True)
    for one, other in zip(*(model.parameters() for model in models), strict=True):
        assert torch.equal(one, other)


def test_model_that_was_trained_and_tested_can_be_probed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short_probes(monkeypatch)
    trainer, model, data = quiet_trainer(tmp_path), perceptron(), interval_data()
    fit(trainer, model, data, run_folder=False, quiet=True)
    assert list(step_times(trainer, model, data)) == [1, 2, 4]


def test_several_processes_are_not_probed(tmp_path: Path) -> None:
    trainer = quiet_trainer(tmp_path, devices=2, strategy="ddp")
    assert step_times(trainer, perceptron(), interval_data()) == {}


def test_number_asked_for_is_used_recorded_and_put_back(tmp_path: Path) -> None:
    result = fit(quiet_trainer(tmp_path), perceptron(), interval_data(), threads=1, run_folder=False, quiet=True)
    assert result.record.device["threads"] == 1
    assert torch.get_num_threads() == 2


def test_own_number_is_used_and_nothing_probed_where_none_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    probes = probe_finds(monkeypatch, {1: 0.001, 2: 0.005})
    fit_digits(tmp_path)
    assert only_record(tmp_path).device["threads"] == 2
    assert probes == []


def test_auto_takes_the_fastest_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    probes = probe_finds(monkeypatch, {1: 0.001, 2: 0.005})
    outcome = call(tmp_path, "fit", *SMALL, "--threads=auto")
    assert outcome.code == 0, outcome.err
    assert "Threads: 1 (1: 1.00, 2: 5.00 ms a step)" in outcome.out
    assert only_record(tmp_path).device["threads"] == 1
    assert only_record(tmp_path).settings["threads"] == "auto"
    assert probes == [3]
    # The config that is left behind is every command's.
    (run,) = runs(tmp_path)
    assert call(tmp_path, "test", "--config", str(run / "config.yaml"), "--ckpt_path=last").code == 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("5", "--threads: 5 threads do not suit this machine's 4 processors; give 1 to 4, or auto."),
        ("0", "threads: '0' is not allowed"),
        ("many", "threads: 'many' is not allowed"),
    ],
)
def test_number_that_cannot_be_is_refused(asked: str, said: str, tmp_path: Path) -> None:
    message = refused(tmp_path, "fit", "--config", "fc.yaml", "--data.source=Digits", f"--threads={asked}")
    assert said in message
    assert "auto" in message
    configs = ("cnn.yaml", "fc.yaml", "--data.source=Digits")
    assert said in refused(tmp_path, "compare", *configs, f"--threads={asked}")


def test_resume_keeps_the_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = fit_digits(tmp_path, "--threads=1")
    again = ("--trainer.max_epochs=2", "--ckpt_path=last")
    for more in ((), ("--threads=auto",), ("--threads=1",)):
        second = fit_digits(tmp_path, *again, *more)
        assert read_record(second).device["threads"] == 1
        again = ("--trainer.max_epochs=2", f"--ckpt_path={first / 'checkpoints' / 'last.ckpt'}")
    outcome = call(tmp_path, "fit", *SMALL, *again, "--threads=2")
    assert outcome.code == 2
    assert "--threads: 2 asked for, but this run was trained with 1 so far" in outcome.err
    assert len(runs(tmp_path)) == 4


def test_resume_elsewhere_goes_by_the_machine_it_is_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fit_digits(tmp_path, "--threads=1")
    monkeypatch.setattr("mnist_lab.training.run_facts.cpu_name", lambda: "Another Processor")
    second = fit_digits(tmp_path, "--trainer.max_epochs=2", "--ckpt_path=last")
    assert read_record(second).device["threads"] == 2


@pytest.mark.parametrize(("times", "faster"), [({1: 0.002, 2: 0.005}, True), ({1: 0.004, 2: 0.005}, False)])
def test_much_faster_number_is_named_after_a_disturbed_run(
    times: dict[int, float], faster: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProcessorLoad, "so_far", EpochLoad(0.48, 1.0))
    probes = probe_finds(monkeypatch, times)
    outcome = call(tmp_path, "fit", *SMALL, "--trainer.max_epochs=2")
    assert outcome.code == 0, outcome.err
    said = "With the machine as it is now, --threads 1 trains 2.5 times as fast as 2"
    assert (said in outcome.out) == faster
    table = " ".join(outcome.out.replace("│", " ").split())
    assert "disturbed other programs took up to 48 % of the processor in 2 of 2 epochs" in table
    assert probes == [3]
    assert [epoch.waited_s for epoch in only_record(tmp_path).epochs] == [1.0, 1.0]


def test_number_for_several_is_that_of_their_times_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = iter([{1: 0.010, 2: 0.006}, {1: 0.001, 2: 0.003}])
    monkeypatch.setattr(threads, "step_times", lambda *_: next(found))
    args = [f"--trainer.default_root_dir={tmp_path}", "--data.source=Digits"]
    models = [["--model=FC", *args], ["--model=CNN", *args]]
    assert fastest_for_all(models) == 2
    monkeypatch.setattr(threads, "step_times", lambda *_: {})
    assert fastest_for_all(models) is None


def test_fastest_has_the_shortest_time() -> None:
    assert fastest({1: 0.2, 2: 0.1, 4: 0.3}) == 2
