"""``fit`` without a command line: a model, data and a trainer, as a notebook has them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

import mnist_lab
from mnist_lab.callbacks import TrainingTimer
from mnist_lab.errors import UsageError
from mnist_lab.runs.record import read_record
from mnist_lab.training.checkpoints import best_and_last
from mnist_lab.training.fit import fit
from tests.conftest import CHECKOUT
from tests.small_run import STEPS, TRAINING_SAMPLES, interval_data, perceptron, quiet_trainer


def test_objects_make_a_run_with_its_record(tmp_path: Path) -> None:
    trainer = quiet_trainer(tmp_path, callbacks=[TrainingTimer(), *best_and_last()], enable_checkpointing=True)
    result = fit(trainer, perceptron(), interval_data(), quiet=True)
    assert result.folder is not None
    assert result.folder.parent == tmp_path / "perceptron-intervals"
    record = read_record(result.folder)
    assert (record.status, record.model, record.parameters, len(record.epochs)) == ("completed", "Perceptron", 370, 2)
    assert record.epochs[-1].steps == 2 * STEPS
    assert record.data["split_sizes"]["train"] == TRAINING_SAMPLES
    assert record.settings["model"]["init_args"]["hidden"] == [30]
    assert record.settings["optimizer"]["class_path"].endswith(".Adam")
    assert record.test_accuracy is not None
    assert (result.folder / "checkpoints" / "last.ckpt").is_file()


def test_nothing_is_left_where_no_folder_is_wanted(tmp_path: Path) -> None:
    result = fit(quiet_trainer(tmp_path), perceptron(), interval_data(), run_folder=False, quiet=True)
    assert result.folder is None
    assert result.record.test_accuracy is not None
    assert list(tmp_path.iterdir()) == []


def test_blocks_and_single_steps_come_to_the_same(tmp_path: Path) -> None:
    models = []
    for steps in (1, 4):
        models.append(perceptron())
        trainer = quiet_trainer(tmp_path)
        fit(trainer, models[-1], interval_data(), steps_per_execution=steps, run_folder=False, quiet=True)
    for one, other in zip(*(model.parameters() for model in models), strict=True):
        assert torch.equal(one, other)


def test_what_cannot_train_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    class Sparse(mnist_lab.Perceptron):
        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SparseAdam(list(self.parameters()))

    with pytest.raises(UsageError, match="those of Sparse are dense"):
        fit(quiet_trainer(tmp_path), Sparse((1,), 10), interval_data())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", mnist_lab.__all__)
def test_name_leads_to_its_room(name: str) -> None:
    found = getattr(mnist_lab, name)
    assert found.__name__ == name
    assert name in dir(mnist_lab)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'mnist_lab' has no attribute 'RNN'"):
        _ = mnist_lab.RNN


def test_names_are_listed_without_loading_torch() -> None:
    code = "import sys, mnist_lab; dir(mnist_lab); print('torch' in sys.modules, 'CNN' in dir(mnist_lab))"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"
