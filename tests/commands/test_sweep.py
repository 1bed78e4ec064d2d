"""``lightning sweep``: what it trains, keeps, shows and refuses."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from matplotlib.image import imread
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from mnist_lab.callbacks.processor_load import EpochLoad, ProcessorLoad
from mnist_lab.language import Language, speaking
from mnist_lab.reports.words import word
from mnist_lab.runs.record import read_record
from mnist_lab.sweeps.sweep_progress import duration
from tests.commands.program import Outcome, call, refused, runs

FAST = {"data.source": "Digits", "trainer.max_epochs": 1}
CALLBACK = "tests.commands.failing_callback.FailsAt"


def write(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "own.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def widths(*values: int, **more: Any) -> dict[str, Any]:
    parameters = {"model.hidden": [[value] for value in values]}
    return {"config": "fc.yaml", "settings": FAST, "parameters": parameters, "remeasure": False} | more


def sweep(folder: Path, content: dict[str, Any], *args: str) -> Outcome:
    outcome = call(folder, "sweep", str(write(folder, content)), *args)
    assert outcome.code == 0, outcome.err
    return outcome


def failing(*kinds: str) -> dict[str, Any]:
    callbacks = [[{"class_path": CALLBACK, "init_args": {"kind": kind}}] for kind in kinds]
    return widths() | {"parameters": {"trainer.callbacks": callbacks}}


def test_two_kinds_are_trained_shown_and_written(tmp_path: Path) -> None:
    content = widths() | {
        "bases": [
            {"config": "fc.yaml", "parameters": {"model.hidden": [[8], [32]]}},
            {
                "config": "cnn.yaml",
                "settings": {"model.pooling": 2},
                "parameters": {"model.channels": [[2], [4]], "model.hidden": [[], [8]]},
            },
        ]
    }
    del content["config"], content["parameters"]
    outcome = sweep(tmp_path, content, "--output", "out")
    assert ": 6 points." in outcome.out
    assert "6/6  CNN  channels 4, hidden 8: " in outcome.out
    assert "The smallest model within one validation sample (" in outcome.out
    records = [read_record(run) for run in runs(tmp_path)]
    assert len(records) == 6
    assert {record.status for record in records} == {"completed"}
    written = {path.name for path in (tmp_path / "out" / "figures").iterdir() if path.suffix == ".png"}
    assert written == {"hidden.png", "channels.png", "cnn-channels-hidden.png", "pareto.png"}
    assert imread(tmp_path / "out" / "figures" / "pareto.png").shape[1] > 1000
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "| model | hidden \\[nodes\\] | channels | parameters | training time \\[s\\] |" in report
    assert "](figures/pareto.png)" in report
    results = report.partition("## Results")[2].partition("## ")[0]
    assert results.count("| FC |") == 2
    assert results.count("| CNN |") == 4
    assert "| CNN | model.channels | \\[2\\], \\[4\\] |" in report.partition("## What was changed")[2]


def test_disturbed_runs_are_trained_once_more_and_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ProcessorLoad, "so_far", EpochLoad(0.48, 1.0))
    outcome = sweep(tmp_path, widths(4, 8), "--output=out")
    records = [read_record(run) for run in runs(tmp_path)]
    assert sorted(record.status for record in records) == ["completed"] * 2 + ["disturbed"] * 2
    assert outcome.err.count("is not counted, and trained once more") == 2
    said = "The times of FC, hidden 4 and FC, hidden 8 are not to be trusted: other programs took up to 48 %"
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


@pytest.mark.parametrize("language", ["en", pytest.param("ja", marks=pytest.mark.slow)])
def test_report_of_the_runs_is_the_sweeps_report(language: Language, tmp_path: Path) -> None:
    content = widths(4, 8, repeats=2) | {"parameters": {"model.hidden": [[4], [8]], "model.dropout": [0.0, 0.2]}}
    sweep(tmp_path, content, "--output=out", f"--language={language}")
    assert call(tmp_path, "report", "tb_logs", "--output=again", f"--language={language}").code == 0
    first, again = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("out", "again")
    )
    assert len(first) == 13  # and the list of its files
    assert first == again
    report = first[Path("report.md")].decode("utf-8")
    sections = [line.removeprefix("## ") for line in report.splitlines() if line.startswith("## ")]
    names = (
        "summary",
        "changed",
        "models",
        "conditions",
        "results",
        "figures",
        "observations",
        "limits",
        "open",
        "runs",
    )
    with speaking(language):
        assert [name for name in sections if name != word("remarks")] == [word(name) for name in names]
    assert str(tmp_path) not in report


def test_runs_of_two_sweeps_are_reported_as_runs(tmp_path: Path) -> None:
    sweep(tmp_path, widths(4))
    sweep(tmp_path, widths(8))
    assert call(tmp_path, "report", "tb_logs", "--output=out").code == 0
    assert "Sweep" not in (tmp_path / "out" / "report.md").read_text(encoding="utf-8").splitlines()[0]


def test_every_trial_is_a_run_in_tensorboard_with_hparams(tmp_path: Path) -> None:
    outcome = sweep(tmp_path, widths(repeats=2) | {"parameters": {"data.val_fraction": [0.1]}})
    assert ": 1 point, 2 trainings each." in outcome.out
    assert [read_record(run).settings["seed_everything"] for run in runs(tmp_path)] == [0, 1]
    shown: list[set[str]] = []
    for run in runs(tmp_path):
        events = EventAccumulator(str(run))
        events.Reload()
        content = events.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
        shown.append({name for name in ("sweep", "own", "val_fraction", "batch_size") if name.encode() in content})
    assert shown == [{"sweep", "own", "val_fraction", "batch_size"}] * 2


def test_repeats_of_the_command_line_take_the_place_of_the_files(tmp_path: Path) -> None:
    outcome = sweep(tmp_path, widths(4), "--repeats=2")
    assert ": 1 point, 2 trainings each." in outcome.out
    assert [read_record(run).data["seed"] for run in runs(tmp_path)] == [0, 1]


def test_same_command_does_nothing_twice(tmp_path: Path) -> None:
    sweep(tmp_path, widths(4, 8))
    before = runs(tmp_path)
    outcome = sweep(tmp_path, widths(4, 8))
    assert "2 of 2 trials were done before." in outcome.out
    assert runs(tmp_path) == before
    sweep(tmp_path, widths(4, 8), "--data.batch_size=32")
    assert len(runs(tmp_path)) == 4


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
    assert " in " in lines[2]
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
    assert "1 of 2 trials were done before." in again.out
    assert [read_record(run).status for run in runs(tmp_path)] == ["completed", "interrupted", "interrupted"]


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
    assert re.search(r"val_fraction 0\.11: measured again, .*It stays outside what they say\.", outcome.out)
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
    assert "1 of 2 trials were done before." in again.out


def test_report_in_japanese(tmp_path: Path) -> None:
    outcome = sweep(tmp_path, widths(4, 8), "--language=ja", "--output=out")
    assert "最も小さいモデルは FC（隠れ層のノード数 " in outcome.out
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "| モデル | 隠れ層のノード数 \\[個\\] | パラメータ数 | 学習時間 \\[s\\] |" in report
    assert "data:font/woff;base64," in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


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
    ("args", "said"),
    [
        (["nothere.yaml"], "Sweeps that come along: sweeps/activation.yaml, sweeps/batch_size.yaml, "),
        (["wdth.yaml"], "There is no sweep 'wdth.yaml'"),
        (["wdth.yaml"], "Did you mean 'sweeps/width.yaml'? Sweeps that come along: "),
        (
            ["--language=ja"],
            "'--language=ja' stands where the sweep's file must be: lightning sweep sweeps/width.yaml.",
        ),
        (["sweeps/width.yaml", "--heartbeat=0"], "argument --heartbeat: '0' is not a whole number of at least 1."),
        (["sweeps/width.yaml", "--heartbeat=x"], "argument --heartbeat: 'x' is not a whole number of at least 1."),
        (["sweeps/width.yaml", "--language=fr"], "argument --language: invalid choice: 'fr'"),
        (["sweeps/width.yaml", "Digits"], "'Digits' belongs to no option"),
        (["sweeps/width.yaml", "--model.hidden=[3]"], "--model.hidden: the sweep varies this"),
        (["sweeps/width.yaml", "--ckpt_path=last"], "--ckpt_path: a sweep takes this from its file or sets it itself"),
        (
            ["sweeps/width.yaml", "--data.batchsize=3"],
            "fc.yaml: There is no option 'data.batchsize'. Did you mean 'data.batch",
        ),
        (
            ["sweeps/width.yaml", "--storage=sqlite:///taken/own.db"],
            "--storage: the folder taken cannot be made",
        ),
        (["sweeps/width.yaml", "--repeat=3"], "There is no option '--repeat'. Did you mean '--repeats'?"),
        (["sweeps/width.yaml", "--repeats=x"], "argument --repeats: 'x' is not a whole number of at least 1."),
        (
            ["sweeps/width.yaml", f"--output={Path('taken', 'out')}"],
            f"--output: {Path('taken', 'out')} cannot be written: ",
        ),
        (["sweeps/width.yaml", "--storage=there"], "--storage: 'there' is no address of a database"),
    ],
)
def test_wrong_arguments_are_one_line(args: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "tb_logs").mkdir()
    (tmp_path / "taken").touch()
    assert said in refused(tmp_path, "sweep", *args)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"config": "fcc.yaml"}, "There is no config 'fcc.yaml'"),
        (
            {"parameters": {"model.hiden": [[3]]}},
            "with model.hiden 3: model: FC has no argument 'hiden'. Did you mean",
        ),
        (
            {"parameters": {"model.hidden": [[3], [0]]}},
            "fc.yaml with model.hidden 0: hidden: [0] has a layer without nodes",
        ),
        ({"parameters": {"model.hidden": [[3], ["x"]]}}, "fc.yaml with model.hidden x: "),
        ({"parameters": {"model.activation": ["ReLU", "Relu"]}}, "fc.yaml with model.activation Relu: "),
        ({"parameters": {"optimizer": ["Adamm"]}}, "fc.yaml with optimizer Adamm: "),
        ({"parameters": {"optimizer": ["SparseAdam"]}}, "--optimizer SparseAdam works on sparse gradients"),
        ({"parameters": {"data.batch_size": [0]}}, "data.batch_size: 0 is not a batch size"),
        ({"parameters": {"trainer.max_steps": [0]}}, "trainer.max_steps: 0 trains nothing"),
        ({"settings": {"trainer.max_epochs": -1}}, "trainer.max_epochs: -1 trains without end"),
        (
            {"parameters": {"trainer.log_every_n_steps": [-1]}},
            "trainer.log_every_n_steps: -1 is too low; give 0 or more.",
        ),
        ({"parameters": {"trainer.plugins": ["none"]}}, "trainer.plugins: there is no class 'none'."),
        (
            {"parameters": {"data.fallback": [[1]]}},
            "data.fallback: '[1]' is not allowed; give the name of a Source or null.",
        ),
        ({"parameters": {"trainer.max_steps": ["two"]}}, "fc.yaml with trainer.max_steps two: "),
        ({"settings": {"trainer.max_epoch": 3}}, "fc.yaml: There is no option 'trainer.max_epoch'"),
        (
            {"settings": {"trainer.devices": 2, "trainer.accelerator": "cpu"}},
            "trainer.devices: 2 devices are asked for",
        ),
    ],
)
def test_wrong_values_are_one_line_before_anything_is_trained(
    change: dict[str, Any], said: str, tmp_path: Path
) -> None:
    message = refused(tmp_path, "sweep", str(write(tmp_path, widths(4) | change)))
    assert said in message


@pytest.mark.parametrize(("low", "high"), [(0, 8), (1, 100_000)])
def test_ends_of_ranges_are_looked_at(low: int, high: int, tmp_path: Path) -> None:
    parameters = {"data.batch_size": {"low": low, "high": high}}
    content = widths() | {"parameters": parameters, "sampler": "random", "trials": 2}
    if low < 1:
        assert "data.batch_size: 0 is not a batch size" in refused(tmp_path, "sweep", str(write(tmp_path, content)))
    else:  # what only the data can say is found by the trial
        outcome = call(tmp_path, "sweep", str(write(tmp_path, content)))
        assert "refused" in outcome.out
        assert "is larger than the training split" in outcome.out


def test_large_grid_has_each_value_looked_at(tmp_path: Path) -> None:
    parameters = {"model.hidden": [[width] for width in range(1, 30)], "data.batch_size": [*range(8, 0, -1), 0]}
    message = refused(tmp_path, "sweep", str(write(tmp_path, widths() | {"parameters": parameters})))
    assert "fc.yaml with data.batch_size 0, model.hidden 1: data.batch_size: 0 is not a batch size" in message


def test_help_lists_the_options(tmp_path: Path) -> None:
    outcome = call(tmp_path, "sweep", "--help")
    assert outcome.code == 0
    for option in ("--storage", "--study", "--heartbeat", "--language", "--output"):
        assert option in outcome.out
    assert call(tmp_path, "sweep").out == outcome.out


@pytest.mark.parametrize(
    ("seconds", "text"), [(4.4, "4 s"), (89, "89 s"), (90, "2 min"), (3000, "50 min"), (11_100, "3 h 5 min")]
)
def test_durations_are_as_spoken(seconds: float, text: str) -> None:
    assert duration(seconds) == text
