"""The steps and the scores of a classifier in a real Trainer, against an evaluation of our own."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import Callback, LightningModule, Trainer, seed_everything
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.lr_scheduler import OneCycleLR

from mnist_lab.data import ClassificationDataModule
from mnist_lab.errors import DivergedError, UsageError
from mnist_lab.models import CNN, FC, Classifier, Perceptron
from tests.small_run import STEPS, TRAINING_SAMPLES, interval_data, perceptron, quiet_trainer, scalars_in


def evaluation(model: Classifier, inputs: Tensor, labels: Tensor) -> tuple[float, float]:
    """Mean loss and accuracy over all samples at once."""
    with torch.no_grad():
        logits = model.network.eval()(inputs)
    accuracy = (logits.argmax(dim=1) == labels).double().mean().item()
    return functional.cross_entropy(logits, labels).item(), accuracy


def whole_split(data: ClassificationDataModule, split: Any) -> tuple[Tensor, Tensor]:
    samples = data.samples(split)
    return data.standardisation.apply(samples.inputs), samples.labels


class Tracing(Callback):
    """Notes the loss and the hits of each training batch before its step changes the weights."""

    def __init__(self) -> None:
        self.epochs: list[list[tuple[float, int, int]]] = []

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.epochs.append([])

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        inputs, labels = batch
        with torch.no_grad():
            logits = pl_module(inputs)
        loss = functional.cross_entropy(logits, labels).item()
        self.epochs[-1].append((loss, int((logits.argmax(dim=1) == labels).sum()), len(labels)))


def test_validation_and_test_scores_are_those_of_the_whole_split(tmp_path: Path) -> None:
    model, data = perceptron(), interval_data()
    run = quiet_trainer(tmp_path)
    run.fit(model, data)
    loss, accuracy = evaluation(model, *whole_split(data, "val"))
    assert run.callback_metrics["val/loss"].item() == pytest.approx(loss, rel=1e-5)
    assert run.callback_metrics["val/accuracy"].item() == pytest.approx(accuracy, abs=1e-6)
    (tested,) = run.test(model, data, verbose=False)
    loss, accuracy = evaluation(model, *whole_split(data, "test"))
    assert tested == {
        "test/loss": pytest.approx(loss, rel=1e-5),
        "test/accuracy": pytest.approx(accuracy, abs=1e-6),
    }
    assert 0 < accuracy < 1


def test_training_scores_are_those_of_the_batches_as_trained(tmp_path: Path) -> None:
    tracing = Tracing()
    logger = TensorBoardLogger(tmp_path)
    run = quiet_trainer(tmp_path, callbacks=[tracing], logger=logger)
    run.fit(perceptron(), interval_data())
    logged = scalars_in(Path(logger.log_dir))
    expected_loss, expected_accuracy = [], []
    for batches in tracing.epochs:
        assert [size for *_, size in batches] == [64] * 8 + [23]
        expected_loss.append(sum(loss * size for loss, _, size in batches) / TRAINING_SAMPLES)
        expected_accuracy.append(sum(right for _, right, _ in batches) / TRAINING_SAMPLES)
    for tag, expected in (("train/loss", expected_loss), ("train/accuracy", expected_accuracy)):
        assert [step for step, _ in logged[tag]] == [STEPS - 1, 2 * STEPS - 1]
        assert [value for _, value in logged[tag]] == pytest.approx(expected, rel=1e-5)
    # Four steps a window, and the one that an epoch's end leaves.
    windows = [batches[start : start + 4] for batches in tracing.epochs for start in (0, 4, 8)]
    expected = [sum(loss * n for loss, _, n in part) / sum(n for *_, n in part) for part in windows]
    assert [step for step, _ in logged["train/loss_step"]] == [3, 7, 8, 12, 16, 17]
    assert [value for _, value in logged["train/loss_step"]] == pytest.approx(expected, rel=1e-5)
    hit_rates = [sum(right for _, right, _ in part) / sum(n for *_, n in part) for part in windows]
    assert [value for _, value in logged["train/accuracy_step"]] == pytest.approx(hit_rates, abs=1e-6)


def test_scores_in_steps_are_left_out_where_nothing_is_to_be_logged_between(tmp_path: Path) -> None:
    logger = CSVLogger(tmp_path)
    run = quiet_trainer(tmp_path, logger=logger, log_every_n_steps=0, max_epochs=1)
    run.fit(perceptron(), interval_data())
    assert "train/loss_step" not in (Path(logger.log_dir) / "metrics.csv").read_text(encoding="utf-8")
    assert math.isfinite(run.callback_metrics["train/loss"].item())


def test_scores_do_not_depend_on_the_evaluation_batch_size(tmp_path: Path) -> None:
    found = []
    for size in (7, 1000):
        model, data = perceptron(), interval_data(eval_batch_size=size)
        found.append(quiet_trainer(tmp_path).test(model, data, verbose=False)[0])
    assert found[0] == pytest.approx(found[1], rel=1e-5)


def test_prediction_is_probabilities(tmp_path: Path) -> None:
    model, data = perceptron(), interval_data()
    predicted = quiet_trainer(tmp_path).predict(model, data)
    assert predicted is not None
    probabilities = torch.cat(predicted)  # type: ignore[arg-type]
    inputs, labels = whole_split(data, "test")
    assert probabilities.shape == (len(labels), 10)
    torch.testing.assert_close(probabilities.sum(dim=1), torch.ones(len(labels)))
    torch.testing.assert_close(probabilities, model.network(inputs).softmax(dim=1).detach())


def test_loss_that_is_no_number_names_the_epoch(tmp_path: Path) -> None:
    class Spoiling(Callback):
        def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
            if trainer.current_epoch == 1:
                with torch.no_grad():
                    next(pl_module.parameters()).fill_(math.nan)

    with pytest.raises(
        DivergedError,
        match=r"The training loss became nan in epoch 1 \(step 13\); lower the learning rate \(--optimizer\.lr\) or "
        r"clip the gradients \(--trainer\.gradient_clip_val 1\)",
    ):
        quiet_trainer(tmp_path, callbacks=[Spoiling()]).fit(perceptron(), interval_data())


def test_infinite_loss_is_no_number_either(tmp_path: Path) -> None:
    class Infinite(nn.Module):
        def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
            return functional.cross_entropy(logits, labels) * math.inf

    model = perceptron()
    model.loss = Infinite()
    with pytest.raises(DivergedError, match=r"became inf in epoch 0 \(step 1\)"):
        quiet_trainer(tmp_path, log_every_n_steps=1).fit(model, interval_data())


def test_finite_epochs_do_not_raise_where_the_validation_loss_is_nan(tmp_path: Path) -> None:
    class NanInEvaluation(nn.Module):
        def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
            loss = functional.cross_entropy(logits, labels)
            return loss if torch.is_grad_enabled() else loss * math.nan

    model = perceptron()
    model.loss = NanInEvaluation()
    run = quiet_trainer(tmp_path, max_epochs=1)
    run.fit(model, interval_data())
    assert math.isnan(run.callback_metrics["val/loss"].item())


def test_checkpoint_loads_with_weights_only_and_builds_the_same_network(tmp_path: Path) -> None:
    seed_everything(0, verbose=False)
    model = CNN((1, 28, 28), 10, channels=[2], hidden=[8], dropout=0.1, label_smoothing=0.05)
    run = quiet_trainer(tmp_path)
    run.strategy.connect(model)
    path = tmp_path / "model.ckpt"
    run.save_checkpoint(path)
    checkpoint = torch.load(path, weights_only=True)
    assert checkpoint["hyper_parameters"] == {
        "input_shape": (1, 28, 28),
        "num_classes": 10,
        "channels": [2],
        "kernel_size": 3,
        "padding": 0,
        "pooling": 1,
        "conv_dropout": 0.0,
        "hidden": [8],
        "activation": "ReLU",
        "dropout": 0.1,
        "loss": "CrossEntropyLoss",
        "label_smoothing": 0.05,
    }
    assert all(isinstance(value, torch.Tensor) for value in checkpoint["state_dict"].values())
    again = CNN.load_from_checkpoint(path, weights_only=True)
    inputs = torch.rand(3, 1, 28, 28)
    assert torch.equal(again.eval()(inputs), model.eval()(inputs))


def test_checkpoint_of_a_fit_loads_with_weights_only(tmp_path: Path) -> None:
    keep = ModelCheckpoint(tmp_path, filename="last")
    model = perceptron()
    quiet_trainer(tmp_path, callbacks=[keep], enable_checkpointing=True, max_epochs=1).fit(model, interval_data())
    again = Perceptron.load_from_checkpoint(tmp_path / "last.ckpt", weights_only=True)
    for name, value in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], value)
    assert not [name for name in model.state_dict() if "scores" in name]


def test_same_seed_gives_the_same_weights_and_another_gives_others(tmp_path: Path) -> None:
    found = []
    for seed in (0, 0, 1):
        seed_everything(seed, verbose=False)
        model = FC((1,), 10, hidden=[16], dropout=0.5)
        quiet_trainer(tmp_path).fit(model, interval_data())
        found.append(torch.cat([parameter.detach().flatten() for parameter in model.parameters()]))
    assert torch.equal(found[0], found[1])
    assert not torch.allclose(found[0], found[2])


def test_adam_is_the_default() -> None:
    model = perceptron()
    optimizer = model.configure_optimizers()
    assert isinstance(optimizer, torch.optim.Adam)
    assert optimizer.defaults["lr"] == 0.001
    assert sum(len(group["params"]) for group in optimizer.param_groups) == len(list(model.parameters()))


def test_schedule_shorter_than_the_training_is_explained(tmp_path: Path) -> None:
    class Short(Perceptron):
        def configure_optimizers(self) -> Any:
            optimizer = torch.optim.SGD(self.parameters(), lr=0.1)
            schedule = OneCycleLR(optimizer, max_lr=0.1, total_steps=5)
            return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    seed_everything(0, verbose=False)
    with pytest.raises(
        UsageError, match=r"lr_scheduler: OneCycleLR in epoch 0: .*; make its length that of the training\."
    ):
        quiet_trainer(tmp_path).fit(Short((1,), 10), interval_data())


def test_epoch_begins_without_what_an_interrupted_one_left(tmp_path: Path) -> None:
    model, data = perceptron(), interval_data()

    class Stopping(Callback):
        def on_train_batch_end(self, trainer: Trainer, pl_module: LightningModule, *_: Any) -> None:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        quiet_trainer(tmp_path, callbacks=[Stopping()], log_every_n_steps=50).fit(model, data)
    tracing = Tracing()
    run = quiet_trainer(tmp_path, callbacks=[tracing], max_epochs=1)
    run.fit(model, data)
    samples = sum(size for *_, size in tracing.epochs[0])
    hits = sum(right for _, right, _ in tracing.epochs[0])
    assert run.callback_metrics["train/accuracy"].item() == pytest.approx(hits / samples, abs=1e-6)
