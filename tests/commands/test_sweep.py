"""``lightning sweep``: what it trains and keeps, and how its trials end."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from mnist_lab.runs.processor_load import EpochLoad, ProcessorLoad
from mnist_lab.runs.record import read_record
from mnist_lab.sweeps.sweep_progress import duration
from tests.commands.program import call, runs
from tests.commands.sweeps import FAST, failing, sweep, widths, write

pytestmark = pytest.mark.usefixtures("unrendered_figures")


def test_disturbed_runs_are_trained_once_more_and_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ProcessorLoad, "so_far", EpochLoad(0.48, 1.0))
    outcome = sweep(tmp_path, widths(4, 8), "--output=out")
    records = [read_record(run) for run in runs(tmp_path)]
    assert sorted(record.status for record in records) == ["completed"] * 2 + ["disturbed"] * 2
    assert outcome.err.count("is not counted, and trained once more") == 2
    said = "None of the times is to be trusted: other programs took up to 48 %"
    assert said in outcome.out
    report = (tmp_path / "out" / "report.md").read_bytes()
    assert said in report.decode("utf-8")
    assert call(tmp_path, "report", "tb_logs", "--output=again").code == 0
    assert (tmp_path / "again" / "report.md").read_bytes() == report


def test_auto_is_one_number_of_threads_for_all_points_and_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def found(args: Sequence[Sequence[str]]) -> int:
        asked.append(len(args))
        return 1

    monkeypatch.setattr("mnist_lab.sweeps.same_threads.fastest_for_all", found)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        for _ in range(2):
            sweep(tmp_path, widths(4, 8), "--threads=auto")
    finally:
        torch.set_num_threads(before)
    assert asked == [1]
    assert [read_record(run).device["threads"] for run in runs(tmp_path)] == [1, 1]


def test_diverged_trial_is_recorded_and_the_sweep_goes_on(tmp_path: Path) -> None:
    content = widths() | {
        "parameters": {"optimizer": [{"class_path": "SGD", "init_args": {"lr": lr}} for lr in (1e30, 0.1)]}
    }
    outcome = sweep(tmp_path, content, "--output=out")
    assert "1/2  FC  optimizer SGD lr 1e+30: diverged." in outcome.out
    assert "2/2  FC  optimizer SGD lr 0.1: " in outcome.out
    assert [read_record(run).status for run in runs(tmp_path)] == ["diverged", "completed"]
    assert "| FC | SGD lr 1e+30 | – | – | – | – | diverged |" in (tmp_path / "out" / "report.md").read_text(
        encoding="utf-8"
    )


def test_trial_out_of_memory_or_broken_is_recorded_and_the_sweep_goes_on(tmp_path: Path) -> None:
    outcome = sweep(tmp_path, failing("memory", "bug", "none"), "--output=out")
    lines = [line for line in outcome.out.splitlines() if "/3  FC" in line]
    assert ": out of memory. CUDA out of memory." in lines[0]
    assert ": failed. RuntimeError: shapes do not match" in lines[1]
    assert "second line" not in outcome.out
    assert re.search(r": test [\d.]+ %, [\d.]+ s", lines[2])
    assert sorted(read_record(run).status for run in runs(tmp_path)) == ["completed", "failed", "out_of_memory"]


def test_sweep_without_a_completed_trial_fails(tmp_path: Path) -> None:
    outcome = call(tmp_path, "sweep", str(write(tmp_path, failing("bug"))))
    assert outcome.code == 1
    assert outcome.err.splitlines()[-1].endswith("was completed; the first: failed, RuntimeError: shapes do not match")


@pytest.mark.filterwarnings("ignore::UserWarning")  # Lightning misses the monitored score, and says so
@pytest.mark.parametrize("split", ["val", "test"])
def test_trials_without_a_score_are_called_so(split: str, tmp_path: Path) -> None:
    content = widths() | {"parameters": {f"trainer.limit_{split}_batches": [0, 1.0]}}
    outcome = sweep(tmp_path, content)
    assert f"1/2  FC  limit_{split}_batches 0: unscored. It has no validation accuracy, no test accuracy" in outcome.out
    assert f"2/2  FC  limit_{split}_batches 1: " in outcome.out


def test_stopped_sweep_goes_on(tmp_path: Path) -> None:
    content = failing("none", "stop")
    outcome = call(tmp_path, "sweep", str(write(tmp_path, content)))
    assert outcome.code == 130
    assert "The same command goes on from here." in outcome.out
    assert outcome.err.splitlines()[-1] == "Stopped from the keyboard."
    again = call(tmp_path, "sweep", str(write(tmp_path, content)))
    assert "1 of 2 trainings were done before." in again.out
    assert [read_record(run).status for run in runs(tmp_path)] == ["completed", "interrupted", "interrupted"]


def test_points_of_a_grid_take_turns(tmp_path: Path) -> None:
    outcome = sweep(tmp_path, widths(4, 8), "--repeats=2", "--output=out")
    said = [line.partition("  (")[0] for line in outcome.out.splitlines() if "/4  FC" in line]
    assert [re.sub(r"test [\d.]+ %, [\d.]+ s", "…", line) for line in said] == [
        "1/4  FC  hidden 4: … (1 of 2)",
        "2/4  FC  hidden 8: … (1 of 2)",
        "3/4  FC  hidden 4: … (2 of 2)",
        "4/4  FC  hidden 8: … (2 of 2)",
    ]
    records = sorted(map(read_record, runs(tmp_path)), key=lambda record: record.started)
    assert [record.sweep["repeat"] for record in records if record.sweep] == [0, 0, 1, 1]
    assert "n = 2" in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    again = sweep(tmp_path, widths(4, 8), "--repeats=2", "--output=again")
    assert "4 of 4 trainings were done before." in again.out
    assert len(runs(tmp_path)) == 4


def test_stopped_rounds_go_on_where_they_were(tmp_path: Path) -> None:
    path = str(write(tmp_path, failing("none", "stop") | {"repeats": 2}))
    assert call(tmp_path, "sweep", path).code == 130
    again = call(tmp_path, "sweep", path)
    assert "1 of 4 trainings were done before." in again.out
    assert "(2 of 2)" in again.out
    assert sorted(read_record(run).status for run in runs(tmp_path)) == ["completed"] * 2 + ["interrupted"] * 2


@pytest.mark.slow
def test_point_whose_time_does_not_fit_is_measured_again(tmp_path: Path) -> None:
    content = widths(remeasure=True) | {
        "parameters": {"data.val_fraction": [0.10, 0.11, 0.12]},
        "settings": FAST | {"data.batch_size": 128},
    }
    slow = json.dumps([{"class_path": "tests.commands.slow_callback.SlowSteps", "init_args": {"val_samples": 165}}])
    outcome = sweep(tmp_path, content, f"--trainer.callbacks={slow}", "--output=out")
    # On a busy machine the others may have to be measured again as well.
    assert re.search(r"\d/\d  FC  val_fraction 0\.11 \(measured again\): ", outcome.out)
    assert re.search(r"val_fraction 0\.11.* measured again\. .* still that far outside what they say\.", outcome.out)
    assert 4 <= len(runs(tmp_path)) <= 6
    assert "time stays outside its neighbours'" in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "sampler",
    ["nsga2", pytest.param("random", marks=pytest.mark.slow), pytest.param("tpe", marks=pytest.mark.slow)],
)
def test_sampled_points(sampler: str, tmp_path: Path) -> None:
    parameters = {"optimizer.lr": {"low": 1e-3, "high": 1e-1, "log": True}, "model.hidden": [[4], [8]]}
    content = widths() | {"parameters": parameters, "sampler": sampler, "trials": 4}
    sweep(tmp_path, content)
    rates = [read_record(run).settings["optimizer"]["init_args"]["lr"] for run in runs(tmp_path)]
    assert len(rates) == len(set(rates)) == 4
    assert all(1e-3 <= rate <= 1e-1 for rate in rates)


def test_machine_that_lacks_the_data_is_refused(tmp_path: Path, mnist_root: str) -> None:
    settings = {
        "trainer.max_epochs": 1,
        "trainer.limit_train_batches": 3,
        "data.source.mirrors": ["http://127.0.0.1:9/"],
    }
    path = str(write(tmp_path, failing("none", "stop") | {"settings": settings}))
    assert call(tmp_path, "sweep", path, "--study=shared", f"--data.source.root={mnist_root}").code == 130
    outcome = call(tmp_path, "sweep", path, "--study=shared", f"--data.source.root={tmp_path / 'nowhere'}")
    assert outcome.code == 1
    assert outcome.err.splitlines()[-1] == (
        "Error: The study shared has runs on MNIST, and this machine has Digits for the same settings, so they cannot "
        "be compared; bring the same data here, or give another --study."
    )
    again = call(tmp_path, "sweep", path, "--study=shared", f"--data.source.root={mnist_root}")
    assert "1 of 2 trainings were done before." in again.out


@pytest.mark.slow
def test_grid_of_24_trials_takes_less_than_3_minutes(tmp_path: Path) -> None:
    content = widths() | {
        "settings": {"data.source": "Digits", "trainer.max_epochs": 5},
        "parameters": {
            "model.hidden": [[4], [8], [16], [32]],
            "model.activation": ["ReLU", "Tanh", "Sigmoid"],
            "data.batch_size": [32, 64],
        },
    }
    began_s = time.monotonic()
    sweep(tmp_path, content)
    assert len(runs(tmp_path)) == 24
    assert time.monotonic() - began_s < 180


@pytest.mark.parametrize(
    ("seconds", "text"), [(4.4, "4 s"), (89, "89 s"), (90, "2 min"), (3000, "50 min"), (11_100, "3 h 5 min")]
)
def test_durations_are_as_spoken(seconds: float, text: str) -> None:
    assert duration(seconds) == text
