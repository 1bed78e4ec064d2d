"""Blocks: several training batches handed out at once, for a loop that takes several steps to a call."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from mnist_lab.data.batches import IndexedBatch, InMemoryBatches
from mnist_lab.data.order import SequentialOrder, ShuffledOrder
from mnist_lab.data.samples import Samples
from mnist_lab.data.standardisation import Standardisation

# Batches are cut several at a time up to this size: fewer operations, and the result still fits a processor's cache.
_CUT_BYTES = 2 << 20


class BatchBlock:
    """Batches that are not cut yet, in the order of training.

    Attributes:
        whole: All their samples as one batch.
        batch_size: Samples of each batch; the last one may be smaller.
    """

    __slots__ = ("batch_size", "whole")

    def __init__(self, whole: IndexedBatch, batch_size: int) -> None:
        self.whole = whole
        self.batch_size = batch_size

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.whole)

    @property
    def num_batches(self) -> int:
        """Number of batches, which is the number of steps they make."""
        return math.ceil(len(self) / self.batch_size)

    @property
    def indices(self) -> Tensor:
        """Which samples, int64 ``(N,)``."""
        return self.whole.indices

    def with_indices(self, indices: Tensor) -> BatchBlock:
        """Return a block of other samples."""
        whole = IndexedBatch(self.whole.samples, self.whole.standardisation, indices, self.whole.device)
        return BatchBlock(whole, self.batch_size)

    def to(self, device: torch.device | str, non_blocking: bool = False) -> BatchBlock:
        """Return the block with another destination; nothing moves before it is cut."""
        return BatchBlock(self.whole.to(device, non_blocking), self.batch_size)

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield inputs ``(batch size, *input shape)`` and labels ``(batch size,)`` of one batch after the other."""
        whole = self.whole
        sample_bytes = 4 * whole.samples.inputs[0].numel()
        at_once = max(_CUT_BYTES // (sample_bytes * self.batch_size), 1)
        for indices in whole.indices.split(at_once * self.batch_size):  # type: ignore[no-untyped-call]
            inputs, labels = IndexedBatch(whole.samples, whole.standardisation, indices, whole.device).cut()
            yield from zip(*(part.split(self.batch_size) for part in (inputs, labels)), strict=True)  # type: ignore[no-untyped-call]


class BatchBlocks(InMemoryBatches):
    """The dataloader of blocks: the same batches as ``InMemoryBatches`` makes, some at a time.

    Args:
        samples: The whole split, on the device where the batches are to be cut.
        standardisation: As measured on the training split.
        batch_size: Samples a batch.
        order: The samples, epoch by epoch; of a single process.
        batches_per_block: Batches in a block; the last block of an epoch may have fewer.
        num_batches: Batches an epoch, where that is less than the samples would give.
        steps_left: Asked before each block: how many steps may still be taken, None without a limit.
    """

    def __init__(
        self,
        samples: Samples,
        standardisation: Standardisation,
        batch_size: int,
        order: ShuffledOrder | SequentialOrder,
        *,
        batches_per_block: int,
        num_batches: int | None = None,
        steps_left: Callable[[], int | None] = lambda: None,
    ) -> None:
        super().__init__(samples, standardisation, batch_size, order)
        self.batches_per_block = batches_per_block
        self.num_batches = (
            len(self._batch_sizes()) if num_batches is None else min(num_batches, len(self._batch_sizes()))
        )
        self._steps_left = steps_left

    def __len__(self) -> int:
        """Return the number of blocks an epoch."""
        return math.ceil(self.num_batches / self.batches_per_block)

    def __iter__(self) -> Iterator[BatchBlock]:  # type: ignore[override]
        indices = self.sampler.indices()[: self.num_batches * self.batch_size].to(self.samples.device)
        for piece in indices.split(self.batches_per_block * self.batch_size):  # type: ignore[no-untyped-call]
            steps_left = self._steps_left()
            taken = piece if steps_left is None else piece[: max(steps_left, 1) * self.batch_size]
            whole = IndexedBatch(self.samples, self.standardisation, taken, self.samples.device)
            yield BatchBlock(whole, self.batch_size)
