"""The progress bar counts batches, in blocks and without; read from rich's own task."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.loggers import CSVLogger
from rich.cells import cell_len
from rich.console import Console
from rich.progress import Progress, TextColumn

from mnist_lab.callbacks import StepProgressBar
from mnist_lab.callbacks.step_progress_bar import RateColumn
from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.language import Language, speaking
from mnist_lab.loops.block_optimization import take_steps_in_blocks
from mnist_lab.training.train_once import fit_config
from mnist_lab.training.training_cli import TrainingCLI
from tests.small_run import STEPS, interval_data, perceptron, quiet_trainer


class Reading(Callback):
    """Reads the bar's length and position after each call of the loop; stands behind the bar."""

    def __init__(self) -> None:
        self.seen: list[tuple[float | None, float]] = []
        self.scores: list[dict[str, Any]] = []

    def on_train_batch_end(self, trainer: Trainer, *_: Any) -> None:
        bar = next(callback for callback in trainer.callbacks if isinstance(callback, StepProgressBar))  # type: ignore[attr-defined]
        assert bar.progress is not None
        task = next(task for task in bar.progress.tasks if task.id == bar.train_progress_bar_id)
        self.seen.append((task.total, task.completed))
        self.scores.append(dict(bar.get_metrics(trainer, trainer.lightning_module)))


def watched(folder: Path, batches_per_block: int, **settings: Any) -> Reading:
    bar = StepProgressBar()
    reading = Reading()
    run = quiet_trainer(folder, callbacks=[bar, reading], enable_progress_bar=True, **settings)
    data = interval_data()
    if batches_per_block > 1:
        take_steps_in_blocks(run, batches_per_block)
    run.fit(perceptron(), data)
    assert run.global_step == sum(settings.get("limit_train_batches", STEPS) for _ in range(run.max_epochs or 0))
    return reading


def test_one_by_one_each_batch_moves_the_bar(tmp_path: Path) -> None:
    reading = watched(tmp_path, 1)
    assert reading.seen == [(STEPS, position) for position in range(1, STEPS + 1)] * 2


@pytest.mark.parametrize(
    ("batches_per_block", "positions"),
    [(2, [2, 4, 6, 8, 9]), (3, [3, 6, 9]), (4, [4, 8, 9]), (9, [9]), (50, [9])],
)
def test_block_moves_the_bar_by_its_batches(batches_per_block: int, positions: list[int], tmp_path: Path) -> None:
    reading = watched(tmp_path, batches_per_block)
    assert reading.seen == [(STEPS, position) for position in positions] * 2


def test_limit_on_batches_is_the_bars_length(tmp_path: Path) -> None:
    assert watched(tmp_path / "one", 1, limit_train_batches=5).seen == [(5, n) for n in range(1, 6)] * 2
    assert watched(tmp_path / "blocks", 4, limit_train_batches=5).seen == [(5, 4), (5, 5)] * 2


@pytest.mark.parametrize("batches_per_block", [1, 4])
def test_scores_beside_the_bar_are_the_last_validations(batches_per_block: int, tmp_path: Path) -> None:
    reading = watched(tmp_path, batches_per_block, logger=CSVLogger(tmp_path), log_every_n_steps=3)
    half = len(reading.scores) // 2
    assert all(scores == {} for scores in reading.scores[:half])
    for scores in reading.scores[half:]:
        assert scores.keys() == {"val/loss", "val/accuracy"}
    assert len({float(scores["val/loss"]) for scores in reading.scores[half:]}) == 1


def test_redraws_are_few() -> None:
    assert StepProgressBar().refresh_rate == 5


@pytest.mark.parametrize(
    ("steps", "positions"), [("5", [5, 10, 15, 20, 22]), ("1", list(range(1, 23)))], ids=["blocks", "one by one"]
)
def test_bar_of_fit_counts_batches(steps: str, positions: list[int], tmp_path: Path) -> None:
    quieten_lightning()
    reading = Reading()
    config = ["--config", "fc.yaml", "--data.source", "Digits", "--trainer.max_epochs", "2"]
    more = ["--steps_per_execution", steps, "--trainer.default_root_dir", str(tmp_path)]
    # Given last, so that its hook comes after the bar's.
    arguments = resolve_configs([*config, *more, "--trainer.enable_progress_bar", "true"])
    fit_config(TrainingCLI("fit", arguments), callbacks=[reading])
    assert reading.seen == [(22, position) for position in positions] * 2
    # No version of the run's folder among the scores; none before the first validation.
    assert reading.scores[0] == {}
    assert reading.scores[-1].keys() == {"val/loss", "val/accuracy"}


class Watching(Callback):
    """Keeps what the training bar shows after each call of the loop; stands behind the bar."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.rates: list[str] = []

    def on_train_batch_end(self, trainer: Trainer, *_: Any) -> None:
        bar = next(callback for callback in trainer.callbacks if isinstance(callback, StepProgressBar))  # type: ignore[attr-defined]
        task = bar.train_progress_bar
        self.names.append(task.description)
        self.rates.append(RateColumn().render(task).plain)


@pytest.mark.parametrize(("language", "word"), [("en", "Epoch"), ("ja", "エポック")])
def test_epochs_count_from_1_to_the_end(language: Language, word: str, tmp_path: Path) -> None:
    watching = Watching()
    with speaking(language):
        trainer = quiet_trainer(tmp_path, callbacks=[StepProgressBar(), watching], enable_progress_bar=True)
        trainer.fit(perceptron(), interval_data())
    assert list(dict.fromkeys(watching.names)) == [f"{word} 1/2", f"{word} 2/2"]
    assert watching.names.count(f"{word} 1/2") == STEPS
    assert all(re.fullmatch(r"[\d,]+(\.\d)? it/s", rate) and rate != "0.0 it/s" for rate in watching.rates)


def test_rate_is_of_the_whole_bar() -> None:
    now_s = 0.0
    bars = Progress(get_time=lambda: now_s)
    bars.add_task("", total=172)
    (task,) = bars.tasks
    assert RateColumn().render(task).plain == ""
    now_s = 2.0
    bars.update(task.id, completed=172)
    now_s = 60.0
    assert RateColumn().render(task).plain == "86 it/s"


def test_line_fits_80_columns_with_the_scores_beneath_one_another(tmp_path: Path) -> None:
    bar, now_s = StepProgressBar(), 0.0
    trainer = quiet_trainer(tmp_path, callbacks=[bar], enable_progress_bar=True)
    columns = [*bar.configure_columns(trainer), TextColumn("val/accuracy: 0.952")]
    bars = Progress(*columns, get_time=lambda: now_s)
    task = bars.add_task("エポック 100/100", total=10_000)
    now_s = 1.0
    bars.update(task, completed=10_000)
    file = io.StringIO()
    Console(file=file, width=200).print(bars.get_renderable())
    (line,) = file.getvalue().rstrip().splitlines()
    assert "10,000 it/s" in line
    assert cell_len(line) < 80
    assert bar.theme.metrics_text_delimiter == "\n"


def test_bar_counts_batches_where_blocks_are_of_different_lengths(tmp_path: Path) -> None:
    reading = Reading()
    run = quiet_trainer(tmp_path, callbacks=[StepProgressBar(), reading], enable_progress_bar=True)
    take_steps_in_blocks(run, 4, borders_every=[3])
    run.fit(perceptron(), interval_data())
    assert reading.seen == [(STEPS, position) for position in (3, 4, 6, 8, 9)] * 2
