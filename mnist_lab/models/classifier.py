"""The base of all models: steps, loss, metrics, default optimizer; a subclass only says which network it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from lightning.pytorch import LightningModule
from torch import Tensor, nn

from mnist_lab.errors import DivergedError, UsageError
from mnist_lab.language import say
from mnist_lab.models.losses import LossName, build_loss
from mnist_lab.models.scores import Scores

_WINDOW = 50  # steps that are scored together where the trainer's log_every_n_steps is 0


class StepOutput(NamedTuple):
    """What one training step leaves: logits ``(N, C)``, labels ``(N,)`` and the mean loss."""

    logits: Tensor
    labels: Tensor
    loss: Tensor


class Classifier(LightningModule):
    """Trains ``self.network``, which turns inputs ``(N, *input_shape)`` into logits ``(N, num_classes)``.

    A batch is anything that unpacks into inputs and labels ``(N,)``. Per epoch it logs ``train/loss``,
    ``train/accuracy``, ``val/loss``, ``val/accuracy`` and, at the end, ``test/loss``, ``test/accuracy``; in between,
    ``train/loss_step`` and ``train/accuracy_step`` over the last ``log_every_n_steps`` steps.
    """

    network: nn.Module

    def __init__(
        self,
        input_shape: Sequence[int],
        num_classes: int,
        loss: LossName = "CrossEntropyLoss",
        label_smoothing: float = 0.0,
    ) -> None:
        """Set up loss and metrics; the subclass sets ``self.network``.

        Args:
            input_shape: Shape of one sample, such as (1, 28, 28); taken from the data on the command line.
            num_classes: Number of outputs; taken from the data on the command line.
            loss: CrossEntropyLoss, MultiMarginLoss, BCEWithLogitsLoss (each class against the rest) or MSELoss (on
                softmax probabilities).
            label_smoothing: Share of the target spread over all classes; CrossEntropyLoss only.
        """
        super().__init__()
        # Plain values only, so that checkpoints load with weights_only=True; a network's weights are in there already.
        self.save_hyperparameters(ignore=["network"])
        self.input_shape = tuple(input_shape)
        self.num_classes = num_classes
        self.loss = build_loss(loss, label_smoothing)
        self.train_scores = Scores(num_classes)
        self.val_scores = Scores(num_classes)
        self.test_scores = Scores(num_classes)
        self._window: list[StepOutput] = []
        # Windows that are complete, each with the number of steps at its end.
        self._unscored: list[tuple[int, list[StepOutput]]] = []

    def network_class(self) -> type[nn.Module]:
        """Return the class that says which network it is, and by whose name it goes in tables and folders."""
        return type(self)

    def shown_network(self) -> nn.Module:
        """Return what a summary shows: ``self.network``, or all of it where a subclass has a ``forward`` of its own.

        Raises:
            UsageError: It has neither.
        """
        if type(self).forward is not Classifier.forward:
            return self
        if not isinstance(getattr(self, "network", None), nn.Module):
            raise UsageError(
                say(
                    "model: {kind} sets no self.network and has no forward; one of the two says which network it is.",
                    "model：{kind} に self.network も forward もありません。どちらかでネットワークを定義してください。",
                    kind=type(self).__name__,
                )
            )
        return self.network

    def forward(self, inputs: Tensor) -> Tensor:
        """Return logits ``(N, num_classes)`` for inputs ``(N, *input_shape)``."""
        logits: Tensor = self.network(inputs)
        return logits

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return Adam with its defaults; ``--optimizer`` on the command line takes its place."""
        return torch.optim.Adam(self.parameters())

    def lr_scheduler_step(self, scheduler: Any, metric: Any) -> None:
        """Move the learning rate on.

        Raises:
            UsageError: The schedule has come to its end before the training has, as OneCycleLR can.
        """
        try:
            super().lr_scheduler_step(scheduler, metric)
        except ValueError as error:
            raise UsageError(
                say(
                    "lr_scheduler: {kind} in epoch {epoch}: {why}; make its length that of the training.",
                    "lr_scheduler：エポック {epoch} の {kind}：{why}。"
                    "スケジュールの長さを学習の長さに合わせてください。",
                    kind=type(scheduler).__name__,
                    epoch=self.current_epoch,
                    why=str(error).rstrip("."),
                )
            ) from error

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        """Return the loss of one batch; scores are taken from it later, outside the measured time."""
        output = self.step_output(batch)
        self.note_step(StepOutput(output.logits.detach(), output.labels, output.loss.detach()))
        return output.loss

    def step_output(self, batch: Any) -> StepOutput:
        """Return the logits, the labels and the loss of one batch."""
        inputs, labels = batch
        logits = self(inputs)
        return StepOutput(logits, labels, self.loss(logits, labels))

    def note_step(self, output: StepOutput) -> None:
        """Keep what a step has left until it is scored."""
        self._window.append(output)

    def on_train_epoch_start(self) -> None:
        """Forget what an interrupted epoch left."""
        self._window.clear()
        self._unscored.clear()
        self.train_scores.reset()

    def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Score every ``log_every_n_steps`` steps, and what an epoch's end leaves of them.

        On a GPU that waits for the epoch's end: to look at a number now would be to wait for the GPU.
        """
        if len(self._window) >= (self.trainer.log_every_n_steps or _WINDOW) or self.trainer.is_last_batch:  # type: ignore[attr-defined]
            self._close_window()
            if self.device.type == "cpu":
                self._score_windows()

    def on_train_epoch_end(self) -> None:
        """Log the epoch's training scores."""
        self._close_window()
        self._score_windows()
        self._log_scores("train", self.train_scores)

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        """Score one validation batch."""
        self._evaluate(batch, self.val_scores)

    def on_validation_epoch_end(self) -> None:
        """Log ``val/loss`` and ``val/accuracy``."""
        self._log_scores("val", self.val_scores)

    def test_step(self, batch: Any, batch_idx: int) -> Tensor | None:
        """Score one test batch, and return its logits ``(N, num_classes)`` for callbacks."""
        return self._evaluate(batch, self.test_scores)

    def on_test_epoch_end(self) -> None:
        """Log ``test/loss`` and ``test/accuracy``."""
        self._log_scores("test", self.test_scores)

    def predict_step(self, batch: Any, batch_idx: int) -> Tensor:
        """Return class probabilities ``(N, num_classes)``."""
        inputs, _ = batch
        return torch.softmax(self(inputs), dim=1)

    def _evaluate(self, batch: Any, scores: Scores) -> Tensor:
        inputs, labels = batch
        logits: Tensor = self(inputs)
        scores.update(logits, labels, self.loss(logits, labels))
        return logits

    def _log_scores(self, stage: str, scores: Scores) -> None:
        values = scores.compute()
        self.log_dict({f"{stage}/{name}": value for name, value in values.items()}, prog_bar=stage == "val")

    def _close_window(self) -> None:
        if self._window:
            self._unscored.append((self.trainer.global_step, self._window))
            self._window = []

    def _score_windows(self) -> None:
        """Move the steps since the last call into the epoch's scores, and log what they came to.

        It goes to the loggers directly: ``self.log`` would count calls of ``training_step``, here steps are counted.

        Raises:
            DivergedError: The mean loss of a window is NaN or infinite.
        """
        windows, self._unscored = self._unscored, []
        for global_step, window in windows:
            logits, labels, losses = (list(column) for column in zip(*window, strict=True))
            samples = torch.tensor([len(batch) for batch in labels], device=self.device)
            all_logits, all_labels, all_losses = torch.cat(logits), torch.cat(labels), torch.stack(losses)
            self.train_scores.update(all_logits, all_labels, all_losses, samples)
            mean_loss = ((all_losses * samples).sum() / samples.sum()).item()
            if not math.isfinite(mean_loss):
                raise DivergedError(
                    say(
                        "The training loss became {loss} in epoch {epoch} (step {step}); lower the learning rate "
                        "(--optimizer.lr) or clip the gradients (--trainer.gradient_clip_val 1).",
                        "エポック {epoch}（ステップ {step}）で学習損失が {loss} になりました。学習率を下げる"
                        "（--optimizer.lr）か、勾配をクリップしてください（--trainer.gradient_clip_val 1）。",
                        loss=mean_loss,
                        epoch=self.current_epoch,
                        step=global_step,
                    )
                )
            accuracy = (all_logits.argmax(dim=1) == all_labels).float().mean().item()
            values = {"train/loss_step": mean_loss, "train/accuracy_step": accuracy}
            for logger in self.loggers if self.trainer.log_every_n_steps else ():  # type: ignore[attr-defined]
                # As Lightning does, the axis counts from 0: a step's number is how many were before it.
                logger.log_metrics(values, step=global_step - 1)
