"""The order in which an epoch goes through its samples, and each process's share of it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Sampler, SequentialSampler

SPLIT_STREAM = 0
SHUFFLE_STREAM = 1


def generator(seed: int, *stream: int) -> torch.Generator:
    """Return a random generator of its own for each (seed, stream).

    Plain ``seed + epoch`` would give seed 1 the epochs of seed 0, one late; NumPy's ``SeedSequence`` keeps them apart.
    """
    state = np.random.SeedSequence(seed, spawn_key=stream).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(state[0]))


class ShuffledOrder(Sampler[int]):
    """A new permutation each epoch, the same for the same (seed, epoch), shared out equally among the processes.

    Lightning finds it as the ``sampler`` of a dataloader and calls ``set_epoch`` before each epoch, after a resume
    too, which is how a resumed run sees the order that the whole run would have seen.

    Args:
        num_samples: Samples in the split, at least 1.
        seed: Chooses the permutations.
        rank: This process.
        world_size: Number of processes. Each gets the same number of samples, because a gradient step needs them all:
            the permutation starts over where it does not divide evenly, as torch's ``DistributedSampler`` does.
    """

    def __init__(self, num_samples: int, seed: int, rank: int = 0, world_size: int = 1) -> None:
        self.num_samples = num_samples
        self.seed = seed
        self.rank = rank
        self.world_size = world_size
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the permutation of ``epoch``, counted from 0."""
        self.epoch = epoch

    def __len__(self) -> int:
        return math.ceil(self.num_samples / self.world_size)

    def __iter__(self) -> Iterator[int]:
        return iter(self.indices().tolist())

    def indices(self) -> Tensor:
        """Return this process's samples in this epoch's order, int64 ``(len(self),)``, on the CPU."""
        shuffle = generator(self.seed, SHUFFLE_STREAM, self.epoch)
        permutation = torch.randperm(self.num_samples, generator=shuffle)
        positions = torch.arange(len(self)) * self.world_size + self.rank
        return permutation[positions % self.num_samples]


class SequentialOrder(SequentialSampler):
    """The samples as they lie, shared out without doubles, so that an evaluation counts each sample once.

    It is a ``SequentialSampler`` so that Lightning sees that there is nothing to stop shuffling.

    Args:
        num_samples: Samples in the split.
        rank: This process; it gets every ``world_size``-th sample.
        world_size: Number of processes; their shares differ by one sample at most.
        equal_shares: Start over where the samples do not divide evenly (for training in a fixed order).
    """

    def __init__(self, num_samples: int, rank: int = 0, world_size: int = 1, equal_shares: bool = False) -> None:
        self.num_samples = num_samples
        self.rank = rank
        self.world_size = world_size
        largest_share = math.ceil(num_samples / world_size)
        self._share = largest_share if equal_shares else len(range(rank, num_samples, world_size))
        super().__init__(range(self._share))

    def __len__(self) -> int:
        return self._share

    def __iter__(self) -> Iterator[int]:
        return iter(self.indices().tolist())

    def indices(self) -> Tensor:
        """Return this process's samples, int64 ``(len(self),)``, on the CPU."""
        return (torch.arange(self._share) * self.world_size + self.rank) % self.num_samples
