"""What the guard learns of this package's own batches, for the batch size that it advises."""

from __future__ import annotations

import torch

import mnist_lab.loops.block_optimization  # noqa: F401 - says what of a block one step has in memory
from mnist_lab.data.batches import BatchBlock, IndexedBatch
from mnist_lab.data.samples import Samples
from mnist_lab.data.standardisation import Standardisation
from mnist_lab.gpu.holders import batch_size_and_bytes

SAMPLES = Samples(torch.randint(0, 256, (100, 1, 28, 28), dtype=torch.uint8), torch.zeros(100, dtype=torch.int64))
BATCH_BYTES = 64 * (28 * 28 * 4 + 8)  # float32 pixels and int64 labels, as they are when cut


def batch(count: int) -> IndexedBatch:
    return IndexedBatch(SAMPLES, Standardisation.of(SAMPLES.inputs), torch.arange(count), torch.device("cpu"))


def test_batch_that_is_cut_in_the_step_is_measured_as_cut() -> None:
    assert batch_size_and_bytes(batch(64)) == (64, BATCH_BYTES)


def test_block_is_measured_by_one_of_its_batches() -> None:
    assert batch_size_and_bytes(BatchBlock(batch(100), 64)) == (64, BATCH_BYTES)


def test_generator_is_left_alone() -> None:
    numbers = iter([torch.zeros(3)])
    assert batch_size_and_bytes(numbers) is None
    assert len(list(numbers)) == 1
