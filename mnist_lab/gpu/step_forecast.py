"""The largest batch size that any training step would have fitted with: forecast when one has run out of memory."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils._pytree import tree_leaves, tree_map

from mnist_lab.gpu.allocation_log import DEVICE, AllocationLog, Event
from mnist_lab.gpu.allocation_replay import AllocationReplay
from mnist_lab.gpu.allocator_model import AllocatorModel, PastLimitError, Place
from mnist_lab.gpu.batch_size_search import largest_batch_size
from mnist_lab.gpu.copy_without_memory import copied_without_memory, on_device, put_on_device
from mnist_lab.gpu.kernel_workspaces import Kernels

MAIN = Place("main")
STEPS = 3  # the first makes the optimizer's state; from the second on gradients of the step before are there


def without_values(batch: Any) -> Any | None:
    """Return a batch of which nothing is left but the shapes of its tensors; None where it consists of more."""
    leaves = tree_leaves(batch)
    plain = (Tensor, bool, int, float, str, type(None))
    if not any(isinstance(one, Tensor) for one in leaves) or not all(isinstance(one, plain) for one in leaves):
        return None
    return tree_map(lambda one: on_device(one) if isinstance(one, Tensor) else one, batch)


class StepForecast:
    """Forecasts the steps of a network that says its loss in ``training_step(batch, index)``, for any batch size.

    The order is Lightning's: forward, old gradients given up, backward, optimizer.
    """

    def __init__(
        self,
        network: nn.Module,
        optimizer: Optimizer,
        batch: Any,
        batch_size: int,
        resident_bytes: int,
        kernels: Kernels,
    ) -> None:
        """Copy everything but the tensors' contents.

        Args:
            network: It is left as it is.
            optimizer: Of its parameters; likewise. It is taken to be as before its first step.
            batch: As ``without_values`` gives it.
            batch_size: Samples of it.
            resident_bytes: What else stays on the device, such as data.
            kernels: Of the card.
        """
        state, optimizer.state = optimizer.state, type(optimizer.state)(dict)  # it is made anew by the first step
        try:
            # It may be bound to more than the network, and what it would make is the optimizer that is here already.
            left_out = filter(None, [vars(network).get("configure_optimizers")])
            self._network, self._optimizer = copied_without_memory(network, optimizer, left_out=left_out)
        finally:
            optimizer.state = state
        self._batch, self._batch_size = batch, batch_size
        self._resident_bytes, self._kernels = resident_bytes, kernels
        self._rehearsed: dict[int, tuple[list[Event], AllocationLog]] = {}

    def largest_batch_size(self, limit_bytes: int) -> int:
        """Return the largest batch size, up to the batch's own, that fits within a limit; 0 where none does."""
        return largest_batch_size(
            lambda size: self._played(size, None).peak.reserved_bytes,
            lambda size: self._fits(size, limit_bytes),
            limit_bytes,
            most=self._batch_size,
            begin=max(self._batch_size // 2, 1),
        )

    def _fits(self, batch_size: int, limit_bytes: int) -> bool:
        try:
            self._played(batch_size, limit_bytes)
        except PastLimitError:
            return False
        return True

    def _played(self, batch_size: int, limit_bytes: int | None) -> AllocationReplay:
        events, log = self._events_of(batch_size)
        replay = AllocationReplay(AllocatorModel(limit_bytes), log.kinds, self._kernels.cublas_bytes)
        if self._resident_bytes:
            replay.take("data", [self._resident_bytes], MAIN)
        replay.play(events, MAIN)
        return replay

    def _events_of(self, batch_size: int) -> tuple[list[Event], AllocationLog]:
        if batch_size not in self._rehearsed:
            self._rehearsed[batch_size] = self._rehearse(batch_size)
        return self._rehearsed[batch_size]

    def _rehearse(self, batch_size: int) -> tuple[list[Event], AllocationLog]:
        log = AllocationLog(with_cudnn=torch.backends.cudnn.enabled, kernels=self._kernels)
        network, optimizer = copied_without_memory(self._network, self._optimizer)
        put_on_device(log, network, optimizer)
        network.train()
        with warnings.catch_warnings(), torch.random.fork_rng(devices=[]), log.writing():
            warnings.simplefilter("ignore")
            for index in range(STEPS):
                self._step(network, optimizer, batch_size, index)
        return log.cut(), log

    def _step(self, network: nn.Module, optimizer: Optimizer, batch_size: int, index: int) -> None:
        batch = tree_map(lambda one: self._resized(one, batch_size), self._batch)
        step: Any = network

        def closure() -> Tensor:
            """Do what Lightning does within an optimizer's step, and return the loss."""
            output = step.training_step(batch, index)
            loss: Tensor = (output["loss"] if isinstance(output, Mapping) else output) / 1
            kept = loss.detach().clone()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            return kept

        optimizer.step(closure)  # type: ignore[arg-type]

    def _resized(self, value: Any, batch_size: int) -> Any:
        if not isinstance(value, Tensor):
            return value
        is_of_samples = value.ndim > 0 and len(value) == self._batch_size
        shape = (batch_size, *value.shape[1:]) if is_of_samples else value.shape
        return torch.empty(shape, dtype=value.dtype, device=DEVICE)
