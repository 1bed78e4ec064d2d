"""A batch's way, from the samples in memory to the step that trains on it.

1. ``Source.load()`` gives ``Samples``: whole splits as tensors, kept on the device or the host (``placement``).
2. An epoch is a list of indices in an order (``order``), cut into pieces by a dataloader.
3. ``InMemoryBatches`` hands out pieces of one batch as ``IndexedBatch``; ``BatchBlocks`` pieces of several as
   ``BatchBlock``. How many, the loop says that trains on them: ``ClassificationDataModule.train_dataloader`` asks it.
4. Inside the step the indices become inputs and labels, moved and standardised: by unpacking an ``IndexedBatch``, or
   one after the other by ``BatchBlock.batches()``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, pairwise

import torch
from torch import Tensor

from mnist_lab.data.order import SequentialOrder, ShuffledOrder
from mnist_lab.data.samples import Samples
from mnist_lab.data.standardisation import Standardisation

# Batches are cut several at a time up to this size: fewer operations, and the result still fits a processor's cache.
_CUT_BYTES = 2 << 20


class IndexedBatch:
    """A batch that is not cut yet: which samples, and the device that wants them.

    ``inputs, labels = batch`` cuts it. That happens inside ``training_step``, so that the cutting is part of the
    training time that is measured, and nothing is cut for a batch that is skipped. Each unpacking cuts anew.

    Attributes:
        samples: The whole split.
        standardisation: Brings the cut inputs to mean 0 and standard deviation 1; on the device of the samples.
        indices: int64 ``(batch size,)`` on the device of the samples.
        device: Where the cut batch goes.
    """

    __slots__ = ("device", "indices", "samples", "standardisation")

    def __init__(
        self, samples: Samples, standardisation: Standardisation, indices: Tensor, device: torch.device
    ) -> None:
        self.samples = samples
        self.standardisation = standardisation
        self.indices = indices
        self.device = device

    def __len__(self) -> int:
        """Return the number of samples, what ``self.log(…, batch_size=len(batch))`` wants."""
        return len(self.indices)

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.cut())

    def to(self, device: torch.device | str, non_blocking: bool = False) -> IndexedBatch:
        """Return the batch with another destination; Lightning calls this with the device that trains.

        Nothing moves before the batch is cut, hence ``non_blocking`` changes nothing.
        """
        return IndexedBatch(self.samples, self.standardisation, self.indices, torch.device(device))

    def cut(self) -> tuple[Tensor, Tensor]:
        """Cut, move and standardise.

        Returns:
            Inputs, float32 ``(batch size, *input shape)``, and labels, int64 ``(batch size,)``, on ``device``.
        """
        inputs = self.samples.inputs.index_select(0, self.indices)
        labels = self.samples.labels.index_select(0, self.indices)
        standardisation = self.standardisation
        if self.device != self.samples.device:
            # Bytes travel, a quarter of the floats that they become.
            inputs = inputs.to(self.device)
            labels = labels.to(self.device)
            standardisation = standardisation.to(self.device)
        return standardisation.apply(inputs), labels


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


class InMemoryBatches:
    """A dataloader without workers, collating or per-sample Python: an epoch is one list of indices, cut in pieces.

    Lightning takes any iterable with a length. It looks for ``sampler`` (to call ``set_epoch``) and, where there is
    one, for ``batch_sampler``. The last incomplete batch is kept.

    Args:
        samples: The whole split, on the device where the batches are to be cut.
        standardisation: As measured on the training split.
        batch_size: Samples a batch and process, at least 1.
        order: The samples of this process, epoch by epoch.
    """

    batch_sampler = None

    def __init__(
        self,
        samples: Samples,
        standardisation: Standardisation,
        batch_size: int,
        order: ShuffledOrder | SequentialOrder,
    ) -> None:
        self.samples = samples
        self.standardisation = standardisation.to(samples.device)
        self.batch_size = batch_size
        self.sampler = order

    def __len__(self) -> int:
        return len(self._batch_sizes())

    def __iter__(self) -> Iterator[IndexedBatch]:
        # One transfer an epoch; the pieces are views.
        indices = self.sampler.indices().to(self.samples.device)
        sizes = self._batch_sizes()
        for piece in indices.split_with_sizes(sizes) if sizes else ():
            yield IndexedBatch(self.samples, self.standardisation, piece, self.samples.device)

    def _batch_sizes(self) -> list[int]:
        """Sizes of this process's batches: as many batches as the process with the largest share has.

        Shares differ by one sample at most. So a process can be one batch short only where its batches are all full;
        its last full one then gives a sample to one more, since a process without a batch would leave the others
        waiting. Batches of one sample cannot be split: there the numbers differ.
        """
        full, rest = divmod(len(self.sampler), self.batch_size)
        sizes = [self.batch_size] * full + ([rest] if rest else [])
        largest_share = math.ceil(self.sampler.num_samples / self.sampler.world_size)
        if sizes and len(sizes) < math.ceil(largest_share / self.batch_size) and self.batch_size > 1:
            sizes[-1:] = [self.batch_size - 1, 1]
        return sizes


class BatchBlocks(InMemoryBatches):
    """The dataloader of blocks: the same batches as ``InMemoryBatches`` makes, some at a time.

    Args:
        samples: The whole split, on the device where the batches are to be cut.
        standardisation: As measured on the training split.
        batch_size: Samples a batch.
        order: The samples, epoch by epoch; of a single process.
        batches_per_block: Batches in a block; the last block of an epoch may have fewer.
        borders_every: After every so many batches of an epoch a block ends as well: one is cut in two there.
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
        borders_every: Sequence[int] = (),
        num_batches: int | None = None,
        steps_left: Callable[[], int | None] = lambda: None,
    ) -> None:
        super().__init__(samples, standardisation, batch_size, order)
        self.batches_per_block = batches_per_block
        self.num_batches = (
            len(self._batch_sizes()) if num_batches is None else min(num_batches, len(self._batch_sizes()))
        )
        # The same in each epoch: Lightning asks once for their number.
        borders = (range(every, self.num_batches, every) for every in (batches_per_block, *borders_every))
        self._block_ends = sorted({*chain.from_iterable(borders), self.num_batches} - {0})
        self._steps_left = steps_left

    @property
    def block_ends(self) -> list[int]:
        """How many batches of the epoch are over at the end of each block."""
        return self._block_ends

    def __len__(self) -> int:
        """Return the number of blocks an epoch."""
        return len(self._block_ends)

    def __iter__(self) -> Iterator[BatchBlock]:  # type: ignore[override]
        # Without a wait for the GPU; CUDA has read memory that is not pinned before the call returns.
        indices = self.sampler.indices()[: self.num_batches * self.batch_size]
        indices = indices.to(self.samples.device, non_blocking=True)
        for first, end in pairwise([0, *self._block_ends]):
            piece = indices[first * self.batch_size : end * self.batch_size]
            steps_left = self._steps_left()
            taken = piece if steps_left is None else piece[: max(steps_left, 1) * self.batch_size]
            whole = IndexedBatch(self.samples, self.standardisation, taken, self.samples.device)
            yield BatchBlock(whole, self.batch_size)
