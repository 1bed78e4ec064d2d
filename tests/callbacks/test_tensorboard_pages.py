"""What TensorBoard is told beyond single curves, read back from the event files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
from tensorboard.util.tensor_util import make_ndarray

from mnist_lab.callbacks.tensorboard_pages import HPARAM_METRICS
from mnist_lab.commands.configs import resolve_configs
from mnist_lab.commands.quiet import quieten_lightning
from mnist_lab.commands.trial import Trial, run_trial

TAGS = {
    *("train/loss", "train/accuracy", "val/loss", "val/accuracy", "test/loss", "test/accuracy"),
    *("time/train_s", "time/epoch_s", "time/wall_s", "time/samples_per_s", "model/parameters", "accuracy_vs_time"),
}
SUCCESS, FAILURE = 1, 2


def train(folder: Path, *args: str) -> Trial:
    quieten_lightning()
    common = ["--config", "fc.yaml", "--data.source", "Digits", "--trainer.default_root_dir", str(folder)]
    return run_trial(resolve_configs([*common, *args]))


@pytest.fixture(scope="module")
def completed(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return train(tmp_path_factory.mktemp("completed"), "--trainer.max_epochs", "3")


def events(trial: Trial) -> EventAccumulator:
    read = EventAccumulator(str(trial.folder))
    read.Reload()
    return read


def hparams(trial: Trial) -> dict[str, Any]:
    """Return the three messages of the HParams plugin by the end of their tags."""
    found = {}
    for tag, content in events(trial).PluginTagToContent("hparams").items():
        found[tag.rpartition("/")[2]] = HParamsPluginData.FromString(content)
    return found


def test_every_tag_is_there(completed: Trial) -> None:
    assert set(events(completed).Tags()["scalars"]) >= TAGS


def test_accuracy_vs_time_has_training_time_in_milliseconds_as_its_axis(completed: Trial) -> None:
    points = events(completed).Scalars("accuracy_vs_time")
    expected = [(round(epoch.train_s * 1000), epoch.val_accuracy) for epoch in completed.record.epochs if epoch.train_s]
    # The clock stands still between validation and the record of the epoch.
    assert [point.step for point in points] == [step for step, _ in expected]
    assert [point.value for point in points] == pytest.approx([accuracy for _, accuracy in expected])
    steps = [point.step for point in points]
    assert steps == sorted(set(steps))
    relative_s = points[-1].wall_time - points[0].wall_time
    assert relative_s == pytest.approx((steps[-1] - steps[0]) / 1000, abs=0.002)


def test_hparams_hold_the_settings(completed: Trial) -> None:
    settings = hparams(completed)["session_start_info"].session_start_info.hparams
    assert settings["model"].string_value == "FC"
    assert settings["data"].string_value == "Digits"
    assert settings["hidden"].string_value == "[128]"
    assert settings["lr"].number_value == 0.002
    assert settings["optimizer"].string_value == "Adam"
    assert settings["batch_size"].number_value == 64


def test_hparams_metrics_have_the_records_values(completed: Trial) -> None:
    named = [metric.name.tag for metric in hparams(completed)["experiment"].experiment.metric_infos]
    assert sorted(named) == sorted(HPARAM_METRICS)
    read = events(completed)
    shown = {tag: read.Scalars(tag)[-1].value for tag in named}
    record = completed.record
    assert shown["test/accuracy"] == pytest.approx(record.test_accuracy)
    assert shown["time/train_s"] == pytest.approx(record.train_s)
    assert shown["model/parameters"] == record.parameters == 101_770
    assert shown["val/accuracy"] == pytest.approx(record.epochs[-1].val_accuracy)


def test_completed_run_ends_as_a_success(completed: Trial) -> None:
    assert hparams(completed)["session_end_info"].session_end_info.status == SUCCESS


def test_run_that_diverges_ends_as_a_failure_and_shows_what_is_known(tmp_path: Path) -> None:
    trial = train(tmp_path, "--optimizer", "SGD", "--optimizer.lr", "1e30", "--trainer.max_epochs", "2")
    assert trial.record.status == "diverged"
    assert hparams(trial)["session_end_info"].session_end_info.status == FAILURE
    assert events(trial).Scalars("model/parameters")[0].value == 101_770


def test_one_page_has_time_and_accuracy(completed: Trial) -> None:
    (tensor,) = events(completed).Tensors("custom_scalars__config__")
    layout = Layout.FromString(make_ndarray(tensor.tensor_proto).item())
    (page,) = layout.category
    assert page.title == "Time and accuracy"
    tags = {tag for chart in page.chart for tag in chart.multiline.tag}
    assert {"accuracy_vs_time", "time/epoch_s", "val/accuracy"} <= tags
    assert tags <= set(events(completed).Tags()["scalars"])
