"""What ``fit`` says before the first step where its memory is forecast to go past the guard's limit."""

from __future__ import annotations

import contextlib

from lightning.pytorch import Trainer
from lightning.pytorch.strategies import SingleDeviceStrategy

from mnist_lab.callbacks import CudaMemoryGuard
from mnist_lab.data import ClassificationDataModule
from mnist_lab.gpu.budget import Limits
from mnist_lab.gpu.card import Card, real_card
from mnist_lab.gpu.cuda_runtime import MIB
from mnist_lab.language import say
from mnist_lab.models import Classifier
from mnist_lab.models.summary import ModelSummary
from mnist_lab.training.forecast import Forecaster
from mnist_lab.training.memory_report import in_mib

# A training whose parameters, layers' outputs and data come to a share like this of the limit is not forecast: with the
# optimizer's state, gradients, and what is kept for three streams and the graphs it takes some six times that.
_TIMES = 8
_BESIDE_BYTES = 256 * MIB  # workspaces and segments that are not full


def line_past_limit(
    trainer: Trainer,
    model: Classifier,
    datamodule: ClassificationDataModule,
    layers: ModelSummary,
    steps_per_execution: int | None,
) -> str | None:
    """Return what to say where the forecast is past the limit that the guard will set; None where nothing is.

    Whatever fails in a forecast disturbs no training: then there is nothing to say.

    Args:
        trainer: As configured; nothing is forecast but for CUDA, and nothing is past a limit without a guard.
        model: To be trained.
        datamodule: After ``setup``.
        layers: The model's, at the datamodule's batch size.
        steps_per_execution: As ``fit`` takes it.
    """
    guards = [one for one in trainer.callbacks if isinstance(one, CudaMemoryGuard)]  # type: ignore[attr-defined]
    for guard in guards:
        guard.forecast = None
    on_one_gpu = isinstance(trainer.strategy, SingleDeviceStrategy) and trainer.strategy.root_device.type == "cuda"
    if not on_one_gpu or not guards:
        return None
    with contextlib.suppress(Exception):
        guard = guards[0]
        device = guard.cuda.index_of(trainer.strategy.root_device)
        if device is None:
            return None
        card = real_card(guard.cuda, device, Limits(guard.headroom_mib, guard.limit_mib, guard.fraction))
        forecaster = Forecaster(trainer, model, datamodule, steps_per_execution=steps_per_execution, card=card)
        guard.forecast = forecaster.largest_batch_size
        if not _is_far_below(layers, datamodule, card):
            return _line(forecaster, datamodule, card)
    return None


def _is_far_below(layers: ModelSummary, datamodule: ClassificationDataModule, card: Card) -> bool:
    data_bytes = sum(datamodule.samples(split).size_bytes for split in ("train", "val", "test"))
    known_bytes = layers.parameter_bytes + layers.forward_backward_bytes + layers.input_bytes + data_bytes
    return _TIMES * known_bytes + _BESIDE_BYTES <= card.budget.limit_bytes


def _line(forecaster: Forecaster, datamodule: ClassificationDataModule, card: Card) -> str | None:
    limit_bytes = card.budget.limit_bytes
    if forecaster.fits(datamodule.batch_size, limit_bytes):
        return None
    need, limit = in_mib(forecaster.need_bytes(datamodule.batch_size)), in_mib(limit_bytes)
    largest = forecaster.largest_batch_size(limit_bytes)
    if largest:
        return say(
            "Memory: about {need} MiB are forecast, past the guard's limit of {limit} MiB; --data.batch_size {largest} "
            "would fit.",
            "メモリ：約 {need} MiB が必要と予測され、ガードの上限 {limit} MiB を超えます。"
            "--data.batch_size {largest} なら収まります。",
            need=need,
            limit=limit,
            largest=largest,
        )
    return say(
        "Memory: about {need} MiB are forecast, past the guard's limit of {limit} MiB; no batch size would fit, a "
        "smaller network might.",
        "メモリ：約 {need} MiB が必要と予測され、ガードの上限 {limit} MiB を超えます。"
        "どのバッチサイズでも収まらないため、ネットワークを小さくしてください。",
        need=need,
        limit=limit,
    )
