"""What TensorBoard is told, read back from the event files with TensorBoard's own classes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout
from tensorboard.plugins.hparams import api_pb2
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from mnist_lab.callbacks import TensorBoardPages, TrainingTimer
from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.runs.run import Run
from mnist_lab.training.train_once import train_once
from tests.small_run import STEPS, interval_data, perceptron, quiet_trainer

SETTINGS = {"model": "Perceptron", "lr": 0.001, "batch_size": 64, "shuffle": True, "hidden": [30], "nothing": None}
# design.md's tags of a run on a CPU, and the two curves within an epoch.
TAGS = {
    *("train/loss", "train/accuracy", "val/loss", "val/accuracy", "test/loss", "test/accuracy"),
    *("time/train_s", "time/epoch_s", "time/wall_s", "time/samples_per_s", "model/parameters", "accuracy_vs_time_ms"),
    *("train/loss_step", "train/accuracy_step", "epoch"),
}


class Noting(Callback):
    """Notes the timer's figure and the validation accuracy after each validation but the sanity check."""

    def __init__(self, timer: TrainingTimer) -> None:
        self.timer = timer
        self.seen: list[tuple[float, float]] = []

    def on_validation_end(self, trainer: Trainer, *_: Any) -> None:
        if not trainer.sanity_checking:
            self.seen.append((self.timer.train_s, trainer.callback_metrics["val/accuracy"].item()))


def events_in(folder: Path) -> EventAccumulator:
    events = EventAccumulator(str(folder))
    events.Reload()
    return events


def hparams_in(events: EventAccumulator) -> dict[str, Any]:
    return {
        tag.rpartition("/")[2]: HParamsPluginData.FromString(content)
        for tag, content in events.PluginTagToContent("hparams").items()
    }


def logged_run(folder: Path, *callbacks: Callback, **settings: Any) -> tuple[Trainer, Path]:
    logger = TensorBoardLogger(folder, name="run", version="one", default_hp_metric=False)
    return quiet_trainer(folder, logger=logger, callbacks=list(callbacks), **settings), Path(logger.log_dir)


@pytest.fixture(scope="module")
def completed(tmp_path_factory: pytest.TempPathFactory) -> tuple[EventAccumulator, Noting, Trainer]:
    """A run of three epochs with its test, closed as a success."""
    timer, pages = TrainingTimer(), TensorBoardPages(SETTINGS)
    noting = Noting(timer)
    run, place = logged_run(tmp_path_factory.mktemp("completed"), timer, pages, noting, max_epochs=3)
    model, data = perceptron(), interval_data()
    run.fit(model, data)
    run.test(model, data, verbose=False)
    pages.close(run, succeeded=True)
    return events_in(place), noting, run


def test_all_tags_are_there_after_a_fit_and_its_test(completed: tuple[EventAccumulator, Noting, Trainer]) -> None:
    events, _, run = completed
    assert set(events.Tags()["scalars"]) == TAGS
    assert [event.value for event in events.Scalars("model/parameters")] == [370]
    assert [event.step for event in events.Scalars("model/parameters")] == [0]
    assert events.Scalars("test/accuracy")[0].value == run.callback_metrics["test/accuracy"].item()


def test_accuracy_over_time_has_milliseconds_of_training_as_its_axis(
    completed: tuple[EventAccumulator, Noting, Trainer],
) -> None:
    events, noting, _ = completed
    points = events.Scalars("accuracy_vs_time_ms")
    assert [point.step for point in points] == [round(train_s * 1000) for train_s, _ in noting.seen]
    assert [point.value for point in points] == [pytest.approx(accuracy) for _, accuracy in noting.seen]
    assert len(points) == 3
    assert 0 < points[0].step < points[1].step < points[2].step
    # The clock that TensorBoard's axis "Relative" reads goes on by training time as well.
    for earlier, later, one, two in zip(points, points[1:], noting.seen, noting.seen[1:], strict=False):
        assert later.wall_time - earlier.wall_time == pytest.approx(two[0] - one[0], abs=1e-5)
    assert points[-1].step == pytest.approx(1000 * events.Scalars("time/train_s")[-1].value, abs=1)


def test_hparams_show_the_settings(completed: tuple[EventAccumulator, Noting, Trainer]) -> None:
    start = hparams_in(completed[0])["session_start_info"].session_start_info
    found = {name: getattr(value, str(value.WhichOneof("kind"))) for name, value in start.hparams.items()}
    assert found == {
        "model": "Perceptron",
        "lr": "0.001",
        "batch_size": "64",
        "shuffle": "True",
        "hidden": "[30]",
        "nothing": "None",
        "parameters": "370",
    }


def test_hparams_metrics_are_scalars_of_the_run_with_their_real_values(
    completed: tuple[EventAccumulator, Noting, Trainer],
) -> None:
    events, noting, run = completed
    experiment = hparams_in(events)["experiment"].experiment
    tags = [metric.name.tag for metric in experiment.metric_infos]
    assert tags == ["test/accuracy", "time/train_s", "val/accuracy", "model/parameters"]
    assert {info.name for info in experiment.hparam_infos} == {*SETTINGS, "parameters"}
    last = {tag: events.Scalars(tag)[-1].value for tag in tags}
    assert last == {
        "test/accuracy": run.callback_metrics["test/accuracy"].item(),
        "time/train_s": pytest.approx(noting.timer.train_s),
        "model/parameters": 370,
        "val/accuracy": pytest.approx(noting.seen[-1][1]),
    }
    # Nothing stands before the real values, as add_hparams would put there.
    assert len(events.Scalars("test/accuracy")) == 1
    assert len(events.Scalars("val/accuracy")) == 3


def session_status(events: EventAccumulator) -> int:
    status: int = hparams_in(events)["session_end_info"].session_end_info.status
    return status


def test_completed_run_ends_as_a_success(completed: tuple[EventAccumulator, Noting, Trainer]) -> None:
    end = hparams_in(completed[0])["session_end_info"].session_end_info
    assert end.status == api_pb2.Status.Value("STATUS_SUCCESS")
    assert end.end_time_secs >= completed[0].Scalars("test/accuracy")[0].wall_time


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_interrupted_run_ends_as_a_failure_and_shows_what_is_known(error: type[BaseException], tmp_path: Path) -> None:
    class Stopping(Callback):
        def on_train_batch_start(self, trainer: Trainer, *_: Any) -> None:
            if trainer.global_step == STEPS + 3:
                raise error

    run, place = logged_run(tmp_path, TrainingTimer(), TensorBoardPages(SETTINGS), Stopping())
    with pytest.raises((error, SystemExit)):
        run.fit(perceptron(), interval_data())
    events = events_in(place)
    assert session_status(events) == api_pb2.Status.Value("STATUS_FAILURE")
    assert len(events.Scalars("val/accuracy")) == len(events.Scalars("accuracy_vs_time_ms")) == 1
    assert "test/accuracy" not in events.Tags()["scalars"]


def test_run_under_way_has_no_end(tmp_path: Path) -> None:
    run, place = logged_run(tmp_path, TrainingTimer(), TensorBoardPages(SETTINGS), max_epochs=1)
    run.fit(perceptron(), interval_data())
    assert hparams_in(events_in(place)).keys() == {"experiment", "session_start_info"}


def test_page_of_custom_scalars_names_tags_of_the_run(completed: tuple[EventAccumulator, Noting, Trainer]) -> None:
    events = completed[0]
    (event,) = events.Tensors("custom_scalars__config__")
    (category,) = Layout.FromString(event.tensor_proto.string_val[0]).category
    assert category.title == "Time and accuracy"
    shown = {}
    for chart in category.chart:
        # TensorBoard shows each tag that one of the patterns matches from its beginning.
        patterns = [re.compile(pattern) for pattern in chart.multiline.tag]
        shown[chart.title] = {tag for tag in TAGS if any(pattern.match(tag) for pattern in patterns)}
        assert all(any(pattern.match(tag) for tag in TAGS) for pattern in patterns)
    assert shown == {
        "accuracy over training time (step axis: training time in ms)": {"accuracy_vs_time_ms"},
        "training time per epoch [s]": {"time/epoch_s"},
        "accuracy over optimizer steps": {"val/accuracy", "test/accuracy"},
        "loss over optimizer steps": {"train/loss", "val/loss"},
    }


def test_each_of_several_tensorboards_is_filled_and_other_loggers_are_left_alone(tmp_path: Path) -> None:
    loggers = [TensorBoardLogger(tmp_path, name=name, version="") for name in ("one", "two")]
    pages = TensorBoardPages(SETTINGS)
    run = quiet_trainer(
        tmp_path, logger=[*loggers, CSVLogger(tmp_path)], callbacks=[TrainingTimer(), pages], max_epochs=1
    )
    run.fit(perceptron(), interval_data())
    pages.close(run, succeeded=True)
    for logger in loggers:
        events = events_in(Path(logger.log_dir))
        assert session_status(events) == api_pb2.Status.Value("STATUS_SUCCESS")
        assert len(events.Scalars("accuracy_vs_time_ms")) == 1


def test_without_a_timer_there_is_no_time_axis(tmp_path: Path) -> None:
    run, place = logged_run(tmp_path, TensorBoardPages(SETTINGS), max_epochs=1)
    run.fit(perceptron(), interval_data())
    assert "accuracy_vs_time_ms" not in events_in(place).Tags()["scalars"]


def test_without_tensorboard_nothing_is_written(tmp_path: Path) -> None:
    pages = TensorBoardPages(SETTINGS)
    run = quiet_trainer(tmp_path, callbacks=[TrainingTimer(), pages], max_epochs=1)
    run.fit(perceptron(), interval_data())
    pages.close(run, succeeded=True)
    assert not list(tmp_path.rglob("events.out*"))


def fit(folder: Path, *args: str) -> Run:
    """Train as the command line does."""
    quieten_lightning()
    common = ["--config", "fc.yaml", "--data.source", "Digits", "--trainer.default_root_dir", str(folder)]
    return train_once(resolve_configs([*common, *args]))


def test_fit_shows_its_settings_and_the_records_values(tmp_path: Path) -> None:
    trial = fit(tmp_path, "--trainer.max_epochs", "2")
    events, record = events_in(trial.folder), trial.record
    settings = hparams_in(events)["session_start_info"].session_start_info.hparams
    # Model and data stand in the run's name; what is usual stands nowhere.
    found = {name: value.string_value for name, value in settings.items()}
    assert found == {"settings": "max_epochs 2", "parameters": "101,770"}
    shown = {tag: events.Scalars(tag)[-1].value for tag in ("test/accuracy", "time/train_s", "val/accuracy")}
    assert shown == {
        "test/accuracy": pytest.approx(record.test_accuracy),
        "time/train_s": pytest.approx(record.train_s),
        "val/accuracy": pytest.approx(record.epochs[-1].val_accuracy),
    }
    assert events.Scalars("model/parameters")[0].value == record.parameters == 101_770
    steps = [event.step for event in events.Scalars("accuracy_vs_time_ms")]
    assert steps == [round((epoch.train_s or 0) * 1000) for epoch in record.epochs]
    assert session_status(events) == api_pb2.Status.Value("STATUS_SUCCESS")


def test_fit_that_diverges_ends_as_a_failure_and_shows_what_is_known(tmp_path: Path) -> None:
    trial = fit(tmp_path, "--optimizer", "SGD", "--optimizer.lr", "1e30", "--trainer.max_epochs", "2")
    assert trial.record.status == "diverged"
    events = events_in(trial.folder)
    assert session_status(events) == api_pb2.Status.Value("STATUS_FAILURE")
    assert events.Scalars("model/parameters")[0].value == 101_770


def test_fit_shows_the_settings_that_are_not_the_usual_ones(tmp_path: Path) -> None:
    options = ("--trainer.max_epochs=1", "--model.hidden=[8]", "--optimizer.lr=0.01", "--data.batch_size=128")
    events = events_in(fit(tmp_path, *options, "--seed_everything=3").folder)
    settings = hparams_in(events)["session_start_info"].session_start_info.hparams
    assert {name: value.string_value for name, value in settings.items()} == {
        "settings": "hidden 8, lr 0.01, batch_size 128, seed 3, max_epochs 1",
        "parameters": "6,370",
    }
    # Lightning adds it to all that is logged, and its card stands second on the page.
    assert "epoch" not in events.Tags()["scalars"]
