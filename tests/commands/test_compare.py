"""``lightning compare``: order, seeds, what it refuses, and what comes out."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.runs.processor_load import EpochLoad, ProcessorLoad
from mnist_lab.runs.record import RunRecord, read_record
from tests.commands.program import Outcome, call, refused, runs
from tests.conftest import CHECKOUT

QUICK = ("--data.source", "Digits", "--trainer.max_epochs=2", "--trainer.limit_train_batches=4", "--model.hidden=[8]")
REPEATS = 2


class OneThread(Callback):
    """Takes all threads but one away while it trains, as a user's own callback could."""

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        torch.set_num_threads(1)


class Stop(Callback):
    """Stops the counted run behind ``after`` others as Ctrl+C does."""

    def __init__(self, after: int = 1) -> None:
        self.after = after
        done = [read_record(path.parent) for path in Path("tb_logs").glob("*/*/record.json")]
        self.seen = sum(record.status == "completed" for record in done)  # one that was disturbed is made once more

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        if self.seen == self.after:
            signal.raise_signal(signal.SIGINT)  # os.kill would end the process on Windows


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    folder = tmp_path_factory.mktemp("compare")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "120")
        outcome = call(
            folder, "compare", "cnn.yaml", "fc.yaml", "--repeats", str(REPEATS), *QUICK, "--output", "report"
        )
    return folder, outcome


def records(folder: Path) -> list[RunRecord]:
    """All runs in the order in which they were made."""
    made = sorted(runs(folder), key=lambda path: (path / "record.json").stat().st_mtime_ns)
    return [read_record(path) for path in made]


def own_config(folder: Path, name: str, **changes: Any) -> str:
    settings = yaml.safe_load((CHECKOUT / "configs" / "fc.yaml").read_text(encoding="utf-8"))
    settings["data"]["source"] = {"class_path": "Digits"}
    for key, value in changes.items():
        place = settings
        *above, last = key.split("__")
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    (folder / name).write_text(yaml.safe_dump(settings), encoding="utf-8")
    return name


def test_runs_take_turns_and_share_seeds(compared: tuple[Path, Outcome]) -> None:
    folder, outcome = compared
    assert outcome.code == 0, outcome.err
    made = records(folder)
    assert [record.model for record in made] == ["CNN", "FC"] * REPEATS
    assert [record.settings["seed_everything"] for record in made] == [0, 0, 1, 1]
    assert [record.data["seed"] for record in made] == [0, 0, 1, 1]
    assert {record.status for record in made} == {"completed"}


def test_warm_up_leaves_nothing_behind(compared: tuple[Path, Outcome]) -> None:
    folder, _ = compared
    assert len(runs(folder)) == 2 * REPEATS
    assert sorted(path.name for path in folder.iterdir()) == ["report", "tb_logs"]


def test_options_hold_for_all_configs(compared: tuple[Path, Outcome]) -> None:
    for record in records(compared[0]):
        assert record.data["name"] == "Digits"
        assert record.settings["model"]["init_args"]["hidden"] == [8]
        assert len(record.epochs) == 2


def test_table_is_that_of_the_records(compared: tuple[Path, Outcome]) -> None:
    folder, outcome = compared
    made = records(folder)
    with (folder / "report" / "data" / "results.csv").open(encoding="utf-8-sig") as file:
        rows = {row["configuration"]: row for row in csv.DictReader(file)}
    for model in ("CNN", "FC"):
        own = [record for record in made if record.model == model]
        epoch_s = [np.mean([epoch.epoch_s for epoch in record.epochs if epoch.epoch_s]) for record in own]
        assert float(rows[model]["epoch_s_mean"]) == pytest.approx(np.mean(epoch_s))
        assert float(rows[model]["epoch_s_sd"]) == pytest.approx(np.std(epoch_s, ddof=1))
        accuracies = [100 * record.test_accuracy for record in own if record.test_accuracy is not None]
        assert float(rows[model]["test_accuracy_percent_mean"]) == pytest.approx(np.mean(accuracies))
        assert f"{own[0].parameters:,}" in outcome.out
    ratios = [
        cnn.train_s / fc.train_s for cnn, fc in zip(made[::2], made[1::2], strict=True) if cnn.train_s and fc.train_s
    ]
    with (folder / "report" / "data" / "comparisons.csv").open(encoding="utf-8-sig") as file:
        (time, _) = csv.DictReader(file)
    assert float(time["mean"]) == pytest.approx(np.exp(np.mean(np.log(ratios))))


def test_outcome_is_told_on_the_terminal(compared: tuple[Path, Outcome]) -> None:
    out = compared[1].out
    assert "1/4  cnn.yaml, seed 0: " in out
    assert "4/4  fc.yaml, seed 1: " in out
    # Two runs each: which of both sentences stands there is for the test to say.
    (time,) = [
        line
        for line in out.splitlines()
        if "times as fast per epoch as" in line or "- The training of an epoch" in line
    ]
    assert ("larger than the noise" in time) == ("times as fast" in time)
    assert "From CNN to FC, Conv2d 1→4 (3×3), ReLU, Conv2d 4→4 (3×3) and ReLU were removed" in out
    assert "Linear 2304→8 became Linear 784→8" in out
    assert f"Report: {Path('report', 'report.html')}" in out
    assert "\x1b[" not in out


def test_report_of_the_same_runs_has_the_same_bytes(compared: tuple[Path, Outcome]) -> None:
    folder, _ = compared
    made = sorted(runs(folder), key=lambda path: (path / "record.json").stat().st_mtime_ns)
    outcome = call(folder, "report", *(str(path) for path in made), "--output", "again")
    assert outcome.code == 0, outcome.err
    files = sorted(path.relative_to(folder / "report") for path in (folder / "report").rglob("*") if path.is_file())
    assert len(files) == 16
    for file in files:
        assert (folder / "report" / file).read_bytes() == (folder / "again" / file).read_bytes(), file


def test_report_lies_beside_the_logs_and_speaks_japanese(tmp_path: Path) -> None:
    configs = [own_config(tmp_path, f"{width}.yaml", model__init_args__hidden=[width]) for width in (8, 16)]
    limits = ("--trainer.max_epochs=1", "--trainer.limit_train_batches=2")
    outcome = call(tmp_path, "compare", *configs, "--repeats=1", "--language=ja", *limits)
    assert outcome.code == 0, outcome.err
    (report,) = tmp_path.glob("reports/*-fc/report.md")
    assert report.read_text(encoding="utf-8").startswith(
        "# Digits における FC（隠れ層のノード数 8）と FC（隠れ層のノード数 16）の比較："
    )
    assert outcome.out.count("差があるかどうかは判断できない。") == 1


@pytest.mark.usefixtures("unrendered_figures")
def test_diverged_run_is_a_result(tmp_path: Path) -> None:
    calm = own_config(tmp_path, "calm.yaml")
    wild = own_config(tmp_path, "wild.yaml", optimizer={"class_path": "SGD", "init_args": {"lr": 1e30}})
    outcome = call(tmp_path, "compare", calm, wild, "--repeats=1", "--trainer.max_epochs=1", "--output=report")
    assert outcome.code == 0, outcome.err
    assert sorted(record.status for record in records(tmp_path)) == ["completed", "diverged"]
    assert "wild.yaml, seed 0: diverged." in outcome.out
    assert "diverged and is not part of the means" in (tmp_path / "report" / "report.md").read_text(encoding="utf-8")


def test_comparison_in_which_nothing_comes_to_its_end_fails(tmp_path: Path) -> None:
    wild = {"optimizer": {"class_path": "SGD", "init_args": {"lr": 1e30}}}
    configs = [own_config(tmp_path, f"{w}.yaml", model__init_args__hidden=[w], **wild) for w in (8, 16)]
    outcome = call(tmp_path, "compare", *configs, "--repeats=1", "--trainer.max_epochs=1", "--output=report")
    assert outcome.code == 1
    line = outcome.err.splitlines()[-1]
    assert line.startswith("Error: No run was completed, so there is nothing to compare; the first: diverged. The ")
    assert not (tmp_path / "report").exists()


@pytest.mark.usefixtures("unrendered_figures")
def test_keyboard_leaves_a_report_where_each_config_has_a_run(tmp_path: Path) -> None:
    first, second = (own_config(tmp_path, f"{width}.yaml", model__init_args__hidden=[width]) for width in (8, 16))
    stop = '{"class_path": "tests.commands.test_compare.Stop", "init_args": {"after": 2}}'
    options = (f"--trainer.callbacks+={stop}", "--trainer.max_epochs=1", "--output=report")
    outcome = call(tmp_path, "compare", first, second, "--repeats=2", *options)
    assert outcome.code == 130, outcome.err
    assert "The comparison was interrupted after 2 of 4 runs; what follows is about these." in outcome.out
    text = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    stopped = re.findall(r"The run (\S+) \(FC, hidden 8\) was interrupted and is not part of the means", text)
    assert len(stopped) == 1
    assert f"| {stopped[0]} | FC, hidden 8 | 1 | was interrupted | 0 |" in text
    (line,) = [line for line in outcome.err.splitlines() if "this makes a report: lightning report " in line]
    assert line.endswith(stopped[0].replace("\\", "").rpartition("/")[2])


def test_keyboard_before_the_first_run_says_that_there_is_nothing_yet(tmp_path: Path) -> None:
    first, second = (own_config(tmp_path, f"{width}.yaml", model__init_args__hidden=[width]) for width in (8, 16))
    stop = '{"class_path": "tests.commands.test_compare.Stop", "init_args": {"after": 0}}'
    outcome = call(tmp_path, "compare", first, second, f"--trainer.callbacks+={stop}", "--trainer.max_epochs=1")
    assert outcome.code == 130, outcome.err
    assert outcome.err.splitlines()[-2:] == [
        "Stopped from the keyboard.",
        "No run was completed yet, so there is nothing to report; the same command starts the comparison anew.",
    ]


def test_keyboard_ends_it_and_leaves_the_runs(tmp_path: Path) -> None:
    first, second = (own_config(tmp_path, f"{width}.yaml", model__init_args__hidden=[width]) for width in (8, 16))
    stopping = ("--trainer.callbacks+=tests.commands.test_compare.Stop", "--trainer.max_epochs=1")
    done = subprocess.run(
        [sys.executable, "-m", "mnist_lab", "compare", first, second, "--repeats=2", *stopping],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 130, done.stderr
    assert "Stopped from the keyboard." in done.stderr
    assert "The comparison was interrupted after 1 of 4 runs" in done.stdout
    (line,) = [line for line in done.stderr.splitlines() if "this makes a report: lightning report " in line]
    outcome = call(tmp_path, *line.partition("lightning ")[2].split(), "--output=report")
    assert outcome.code == 0, outcome.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("cnn.yaml",), "given: 'cnn.yaml' alone. lightning compare"),
        (("--repeats", "3"), "given: none. lightning compare"),
        (("cnn.yaml", "fcc.yaml"), "There is no config 'fcc.yaml'"),
        (("cnn.yaml", "fc.yaml", "--repeats", "0"), "argument --repeats: '0' is not a whole number of at least 1"),
        (("cnn.yaml", "fc.yaml", "--repeats", "many"), "'many' is not a whole number of at least 1"),
        (("cnn.yaml", "fc.yaml", "--language", "de"), "invalid choice: 'de'"),
        (("cnn.yaml", "fc.yaml", "--trainer.max_epoch", "1"), "Did you mean 'trainer.max_epochs'?"),
        (("cnn.yaml", "fc.yaml", "--model.channels=[4]"), "fc.yaml: "),
        (("cnn.yaml", "fc.yaml", "--seed_everything", "1"), "--seed_everything: compare sets the seeds itself"),
        (("cnn.yaml", "fc.yaml", "--data.seed=1"), "--data.seed: compare sets the seeds itself"),
        (("cnn.yaml", "fc.yaml", "--trainer.logger=false"), "--trainer.logger: compare reads each run's folder"),
        (("cnn.yaml", "fc.yaml", "--config", "cnn.yaml"), "--config: name the configs first"),
        (("cnn.yaml", "cnn.yaml"), "cnn.yaml and cnn.yaml are the same configuration"),
        (("cnn.yaml", "perceptron.yaml"), "ask for different data (data.source: MNIST and Intervals)"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_training(args: tuple[str, ...], said: str, tmp_path: Path) -> None:
    assert said in refused(tmp_path, "compare", *args)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"data__val_fraction": 0.2}, "different data (data.val_fraction: "),
        # 3 or 3.0: typing holds Optional[int | float] for what another library asked for first, and float | int was it.
        ({"trainer__limit_train_batches": 3}, "different data (trainer.limit_train_batches: null and 3"),
        ({"trainer__accelerator": "cpu"}, "different devices (trainer.accelerator: auto and cpu)"),
        ({"trainer__fast_dev_run": True}, "fast_dev_run: a run that leaves nothing behind"),
    ],
)
def test_configs_under_other_conditions_are_refused(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    configs = [own_config(tmp_path, "a.yaml"), own_config(tmp_path, "b.yaml", **changes)]
    assert said in refused(tmp_path, "compare", *configs)


def test_other_numbers_of_threads_are_refused_after_the_warm_up(tmp_path: Path) -> None:
    callbacks = [{"class_path": "tests.commands.test_compare.OneThread"}]
    configs = [own_config(tmp_path, "a.yaml"), own_config(tmp_path, "b.yaml", trainer__callbacks=callbacks)]
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        outcome = call(tmp_path, "compare", *configs, "--trainer.limit_train_batches=2")
    finally:
        torch.set_num_threads(before)
    assert outcome.code == 2
    assert "a.yaml and b.yaml use different numbers of CPU threads (threads: 2 and 1)" in outcome.err
    assert runs(tmp_path) == []


@pytest.mark.usefixtures("unrendered_figures")
def test_disturbed_runs_are_trained_once_more_and_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ProcessorLoad, "so_far", EpochLoad(0.48, 1.0))
    outcome = call(tmp_path, "compare", "cnn.yaml", "fc.yaml", "--repeats=1", *QUICK, "--output=out")
    assert outcome.code == 0, outcome.err
    ends = [(record.model, record.status) for record in records(tmp_path)]
    assert ends == [("CNN", "disturbed"), ("CNN", "completed"), ("FC", "disturbed"), ("FC", "completed")]
    assert (
        outcome.err.count("is not counted, and trained once more: other programs took up to 48 % of the processor") == 2
    )
    assert "2/2  fc.yaml, seed 0: " in outcome.out
    # Never quiet: the second runs count, and it is said.
    assert outcome.out.count("None of the times is to be trusted: other programs took up to 48 % of the processor") == 1
    with (tmp_path / "out" / "data" / "results.csv").open(encoding="utf-8-sig") as file:
        assert [row["n"] for row in csv.DictReader(file)] == ["1", "1"]
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert text.count("were trained once more, since other programs took up to 48 % of the processor meanwhile") == 1
    assert text.count("| was disturbed and trained once more |") == 2


@pytest.mark.usefixtures("unrendered_figures")
def test_auto_is_one_number_of_threads_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def found(args: Sequence[Sequence[str]]) -> int:
        asked.append(len(args))
        return 1

    monkeypatch.setattr("mnist_lab.comparisons.turns.fastest_for_all", found)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        outcome = call(tmp_path, "compare", "cnn.yaml", "fc.yaml", "--repeats=1", *QUICK, "--threads=auto")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert outcome.code == 0, outcome.err
    assert asked == [2]
    assert [record.device["threads"] for record in records(tmp_path)] == [1, 1]


def test_numbers_of_threads_that_differ_are_refused_before_training(tmp_path: Path) -> None:
    configs = [own_config(tmp_path, "a.yaml", threads=1), own_config(tmp_path, "b.yaml", threads="auto")]
    said = refused(tmp_path, "compare", *configs)
    assert said.startswith("--threads differs between the configs (1, auto), so that their times could not be compared")


@pytest.mark.usefixtures("unrendered_figures")
def test_data_that_cannot_be_had_are_asked_for_once(tmp_path: Path) -> None:
    nowhere = ['--data.source.mirrors=["http://127.0.0.1:9/"]', f"--data.source.root={tmp_path / 'data'}"]
    quickly = ["--trainer.max_epochs=1", "--trainer.limit_train_batches=2", "--repeats=1"]
    for _ in range(2):
        outcome = call(tmp_path, "compare", "fc.yaml", "cnn.yaml", *quickly, *nowhere, "--output=out")
        assert outcome.code == 0
        assert outcome.err.count("MNIST is missing") == 1
    assert "Digits stands in for MNIST" in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")


def test_help_names_the_options(tmp_path: Path) -> None:
    outcome = call(tmp_path, "compare", "--help")
    assert outcome.code == 0
    for part in ("--repeats", "--language", "--output", "lightning compare CONFIG CONFIG", "cnn.yaml fc.yaml"):
        assert part in outcome.out


@pytest.mark.parametrize("more", [["--model", "FC"], ["--model=FC"]])
def test_model_beside_one_config_is_told_where_settings_stand(more: list[str], tmp_path: Path) -> None:
    message = refused(tmp_path, "compare", "cnn.yaml", *more)
    assert "Did you mean" not in message
    assert message.startswith("compare takes two or more configs, in which the settings stand that are to differ")
    assert "'cnn.yaml' alone" in message
