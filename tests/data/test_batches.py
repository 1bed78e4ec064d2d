"""Batches cut out of memory, alone and inside Lightning."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import pytest
import torch
from lightning.pytorch.utilities import CombinedLoader
from torch import Tensor

from mnist_lab.data.batches import BatchBlock, IndexedBatch, InMemoryBatches
from mnist_lab.data.order import SequentialOrder, ShuffledOrder
from mnist_lab.data.samples import Samples
from mnist_lab.data.standardisation import Standardisation

# Lightning 2.6 with torch 2.15: not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore:`isinstance.treespec, LeafSpec.` is deprecated:FutureWarning")


def samples(count: int) -> Samples:
    """Sample i is a 2×2 picture of value i with label i."""
    values = torch.arange(count)
    return Samples(values.to(torch.uint8).reshape(-1, 1, 1, 1).repeat(1, 1, 2, 2), values)


def loader(count: int, batch_size: int, order: ShuffledOrder | SequentialOrder | None = None) -> InMemoryBatches:
    standardisation = Standardisation(torch.tensor(2.0), torch.tensor(4.0))
    return InMemoryBatches(
        samples(count), standardisation, batch_size, SequentialOrder(count) if order is None else order
    )


def test_batch_is_cut_and_standardised() -> None:
    inputs, labels = next(iter(loader(10, 4, ShuffledOrder(10, seed=0))))
    assert inputs.dtype == torch.float32
    assert inputs.shape == (4, 1, 2, 2)
    torch.testing.assert_close(inputs[:, 0, 1, 1], (labels - 2) / 4)


def test_stored_samples_stay_as_they_are() -> None:
    batches = loader(10, 4)
    next(iter(batches)).cut()
    assert batches.samples.inputs.flatten().tolist() == samples(10).inputs.flatten().tolist()


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_network_that_changes_its_batch_in_place_changes_no_sample(dtype: torch.dtype) -> None:
    kept = samples(10)
    kept = Samples(kept.inputs.to(dtype), kept.labels)
    before = kept.inputs.clone()
    whole = IndexedBatch(
        kept, Standardisation(torch.tensor(2.0), torch.tensor(4.0)), torch.arange(10), torch.device("cpu")
    )
    (first, _), (second, _), (third, _) = BatchBlock(whole, 4).batches()
    untouched = second.clone()
    first.zero_()
    third.zero_()
    whole.cut()[0].zero_()
    assert torch.equal(kept.inputs, before)
    assert torch.equal(second, untouched)


def test_last_incomplete_batch_is_kept() -> None:
    batches = loader(10, 4)
    assert len(batches) == 3
    assert [len(batch) for batch in batches] == [4, 4, 2]
    assert [label for _, labels in batches for label in labels.tolist()] == list(range(10))


def test_mnist_has_860_batches_of_64() -> None:
    order = SequentialOrder(55_000)
    split = Samples(torch.zeros(55_000, 1, dtype=torch.uint8), torch.zeros(55_000, dtype=torch.int64))
    batches = InMemoryBatches(split, Standardisation.of(split.inputs), 64, order)
    assert len(batches) == 860
    assert len(list(batches)[-1]) == 24


def test_to_changes_the_destination_only() -> None:
    batch = next(iter(loader(10, 4)))
    moved = batch.to("meta")
    assert batch.device == torch.device("cpu")
    assert moved.indices is batch.indices
    inputs, labels = moved
    assert inputs.device == labels.device == torch.device("meta")
    assert (inputs.shape, inputs.dtype) == ((4, 1, 2, 2), torch.float32)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_samples_on_host_and_device_give_the_same_batches() -> None:
    cuda = torch.device("cuda", 0)
    order = ShuffledOrder(100, seed=0)
    on_host = loader(100, 32, order)
    on_device = InMemoryBatches(on_host.samples.to(cuda), on_host.standardisation, 32, order)
    for near, far in zip(on_device, on_host, strict=True):
        assert near.indices.device == cuda
        for tensor, same in zip(near.to(cuda), far.to(cuda), strict=True):
            assert tensor.device == same.device == cuda
            torch.testing.assert_close(tensor, same)


def test_batches_survive_pickling() -> None:
    batches = loader(10, 4, ShuffledOrder(10, seed=1))
    again: InMemoryBatches = pickle.loads(pickle.dumps(batches))
    for batch, copy in zip(batches, again, strict=True):
        assert torch.equal(batch.cut()[0], copy.cut()[0])
    one: IndexedBatch = pickle.loads(pickle.dumps(next(iter(batches))))
    assert torch.equal(one.cut()[1], next(iter(batches)).cut()[1])


@pytest.mark.parametrize(
    ("count", "batch_size", "world_size", "sizes"),
    [
        (12, 3, 2, [[3, 3], [3, 3]]),
        (13, 3, 2, [[3, 3, 1], [3, 2, 1]]),
        (11, 3, 2, [[3, 3], [3, 2]]),
        (7, 3, 2, [[3, 1], [2, 1]]),
        (3, 1, 2, [[1, 1], [1]]),
        (1, 4, 2, [[1], []]),
    ],
)
def test_evaluation_batches_agree_in_number_and_count_each_sample_once(
    count: int, batch_size: int, world_size: int, sizes: list[list[int]]
) -> None:
    shares = [list(loader(count, batch_size, SequentialOrder(count, rank, world_size))) for rank in range(world_size)]
    assert [[len(batch) for batch in share] for share in shares] == sizes
    seen = [label for share in shares for batch in share for label in batch.cut()[1].tolist()]
    assert sorted(seen) == list(range(count))


class Recorder(pl.LightningModule):
    """Notes the labels that it sees."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)
        self.epochs: list[list[int]] = []
        self.evaluated: list[int] = []

    def on_train_epoch_start(self) -> None:
        self.epochs.append([])

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        inputs, labels = batch["x"] if isinstance(batch, dict) else batch
        self.epochs[-1] += labels.tolist()
        loss: Tensor = self.layer(inputs.flatten(1)).mean()
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.0)


class ValidatingRecorder(Recorder):
    def validation_step(self, batch: IndexedBatch, batch_idx: int) -> None:
        self.evaluated += batch.cut()[1].tolist()


def trainer(folder: Path, **settings: Any) -> pl.Trainer:
    return pl.Trainer(
        default_root_dir=folder,
        accelerator="cpu",
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **settings,
    )


def expected_epochs(number: int) -> list[list[int]]:
    order = ShuffledOrder(10, seed=5)
    epochs = []
    for epoch in range(number):
        order.set_epoch(epoch)
        epochs.append(list(order))
    return epochs


def test_lightning_shuffles_anew_each_epoch_and_validates_in_order(tmp_path: Path) -> None:
    model = ValidatingRecorder()
    fit = trainer(tmp_path, max_epochs=3, enable_checkpointing=False, num_sanity_val_steps=0)
    fit.fit(model, loader(10, 4, ShuffledOrder(10, seed=5)), loader(7, 3))
    assert model.epochs == expected_epochs(3)
    assert model.evaluated == list(range(7)) * 3
    assert fit.global_step == 9


def test_lightning_sets_the_epoch_inside_a_combined_loader(tmp_path: Path) -> None:
    model = Recorder()
    combined = CombinedLoader({"x": loader(10, 4, ShuffledOrder(10, seed=5))}, "max_size_cycle")
    trainer(tmp_path, max_epochs=2, enable_checkpointing=False, limit_val_batches=0).fit(model, combined)
    assert model.epochs == expected_epochs(2)


def test_resumed_run_sees_the_order_of_the_whole_run(tmp_path: Path) -> None:
    first = trainer(tmp_path, max_epochs=2, enable_checkpointing=False, limit_val_batches=0)
    first.fit(Recorder(), loader(10, 4, ShuffledOrder(10, seed=5)))
    first.save_checkpoint(tmp_path / "two.ckpt")
    model = Recorder()
    second = trainer(tmp_path, max_epochs=4, enable_checkpointing=False, limit_val_batches=0)
    second.fit(model, loader(10, 4, ShuffledOrder(10, seed=5)), ckpt_path=tmp_path / "two.ckpt")
    assert model.epochs == expected_epochs(4)[2:]
