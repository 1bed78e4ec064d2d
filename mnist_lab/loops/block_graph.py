"""A block's steps as one CUDA graph: recorded once, then replayed with other samples and other learning rates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.optim import Optimizer

from mnist_lab.models.classifier import StepOutput

Replay = Callable[[], None]


Step = Callable[[Any], StepOutput]
"""Trains on one batch: forward, backward, optimizer, gradients set to None."""


class Block(Protocol):
    """A block of batches whose samples can be chosen anew (see ``mnist_lab.data.batches``)."""

    @property
    def indices(self) -> Tensor:
        """Which samples, int64 ``(N,)``."""

    @property
    def num_batches(self) -> int:
        """Number of steps."""

    def with_indices(self, indices: Tensor) -> Block:
        """Return a block of other samples."""

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield inputs and labels, batch by batch."""


def record_on_cuda(work: Callable[[], None]) -> Replay:
    """Record what ``work`` launches on the current CUDA device, without running it.

    Raises:
        RuntimeError: Something in it cannot be recorded.
    """
    graph = torch.cuda.CUDAGraph()
    # Only this thread's calls are part of it; TensorBoard's writer may do what it wants.
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        work()
    return graph.replay


class BlockGraph:
    """The recorded steps of one block.

    Sample indices and learning rates are read from tensors of fixed address, so a replay trains on what they hold then;
    a rate given as a number would be frozen into the graph.
    """

    def __init__(
        self,
        block: Block,
        optimizer: Optimizer,
        step: Step,
        record: Callable[[Callable[[], None]], Replay] = record_on_cuda,
    ) -> None:
        """Record.

        Args:
            block: Gives the sizes.
            optimizer: A fused one that has taken a step, so that its state exists.
            step: Trains on one batch.
            record: Turns work into a replay; the tests put a model of CUDA graphs here.
        """
        self._indices = block.indices.clone()
        self._rates = torch.zeros(block.num_batches, len(optimizer.param_groups), device=block.indices.device)
        self._rates_held: Sequence[Sequence[float]] = []
        self._outputs: list[StepOutput] = []
        recorded = block.with_indices(self._indices)

        def steps() -> None:
            self._outputs.clear()
            for index, batch in enumerate(recorded.batches()):
                with _rates_in_tensors(optimizer, self._rates[index]):
                    self._outputs.append(step(batch))

        self._replay = record(steps)

    def replay(self, block: Block, rates: Sequence[Sequence[float]]) -> list[StepOutput]:
        """Train on a block of the recorded size.

        Args:
            block: The samples.
            rates: Learning rate of each parameter group, for each step.

        Returns:
            Copies of what each step left.
        """
        self._indices.copy_(block.indices)
        if rates != self._rates_held:
            self._rates.copy_(torch.tensor(rates, dtype=torch.float32), non_blocking=True)
            self._rates_held = rates
        self._replay()
        return [StepOutput(*(tensor.clone() for tensor in output)) for output in self._outputs]


@contextmanager
def _rates_in_tensors(optimizer: Optimizer, rates: Tensor) -> Iterator[None]:
    """Let the optimizer read its rates from a tensor ``(parameter groups,)`` while a step is recorded."""
    before: list[dict[str, Any]] = [
        {key: group[key] for key in ("lr", "capturable") if key in group} for group in optimizer.param_groups
    ]
    for index, group in enumerate(optimizer.param_groups):
        group["lr"] = rates[index]
        group["capturable"] = True
    try:
        yield
    finally:
        for group, values in zip(optimizer.param_groups, before, strict=True):
            group.pop("capturable")
            group.update(values)
