"""Models whose hooks have to see single steps, and those that need not."""

from __future__ import annotations

from typing import Any

import pytest
from lightning.pytorch import LightningModule, Trainer

from mnist_lab.loops.single_steps import why_single_steps
from mnist_lab.models import FC


class _EndOfBatch(FC):
    def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
        super().on_train_batch_end(outputs, batch, batch_idx)


class _StartOfBatch(FC):
    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        pass


class OfLightning(LightningModule):
    def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
        pass


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (FC((4,), 3), None),
        (_EndOfBatch((4,), 3), "_EndOfBatch has on_train_batch_end"),
        (_StartOfBatch((4,), 3), "_StartOfBatch has on_train_batch_start"),
        (OfLightning(), "OfLightning has on_train_batch_end"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, LightningModule) else "",
)
def test_models_with_hooks_around_a_batch_get_single_steps(model: LightningModule, reason: str | None) -> None:
    trainer = Trainer(
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    assert why_single_steps(trainer, model) == reason
