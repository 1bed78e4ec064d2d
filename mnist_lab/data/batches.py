"""In-memory batches: the dataloader that cuts batches out of tensors by index."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from mnist_lab.data.order import SequentialOrder, ShuffledOrder
from mnist_lab.data.samples import Samples
from mnist_lab.data.standardisation import Standardisation


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
