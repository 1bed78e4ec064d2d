"""A LightningModule as the widely used templates write it: metrics objects and ``self.log`` in every step."""

from __future__ import annotations

import tempfile
import time
import warnings
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint, RichProgressBar
from lightning.pytorch.loggers import TensorBoardLogger
from torch import Tensor, nn
from torchmetrics import MeanMetric
from torchmetrics.classification import MulticlassAccuracy


class LitClassifier(LightningModule):
    """The template's module around a network."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net
        self.criterion = nn.CrossEntropyLoss()
        self.train_loss = MeanMetric()
        self.train_acc = MulticlassAccuracy(num_classes=10, average="micro")

    def forward(self, inputs: Tensor) -> Tensor:
        """Return logits."""
        logits: Tensor = self.net(inputs)
        return logits

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        """Return the loss, and log it with the accuracy."""
        inputs, labels = batch
        logits = self(inputs)
        loss: Tensor = self.criterion(logits, labels)
        self.train_loss(loss)
        self.train_acc(logits.argmax(dim=1), labels)
        self.log("train/loss", self.train_loss, on_step=False, on_epoch=True, prog_bar=True)
        self.log("train/acc", self.train_acc, on_step=False, on_epoch=True, prog_bar=True)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return Adam."""
        return torch.optim.Adam(self.parameters(), lr=2e-3)


class EpochClock(Callback):
    """Measures from an epoch's start to its end."""

    epoch_s = 0.0

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start."""
        self._started = time.perf_counter()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stop."""
        self.epoch_s = time.perf_counter() - self._started


def train(model: LitClassifier, loader: Any) -> tuple[float, int]:
    """Train one epoch with logger, checkpoints and progress bar; return seconds and optimizer steps."""
    clock = EpochClock()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = Trainer(
            max_epochs=1,
            accelerator="cpu",
            logger=TensorBoardLogger(folder),
            callbacks=[clock, ModelCheckpoint(), RichProgressBar()],
            enable_model_summary=False,
        )
        trainer.fit(model, loader)
    return clock.epoch_s, trainer.global_step
