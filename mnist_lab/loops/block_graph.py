"""A block's steps as one CUDA graph: recorded once, then replayed with other samples and other learning rates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.optim import Optimizer

from mnist_lab.models.classifier import StepOutput

Replay = Callable[[], None]

Settings = Sequence[Mapping[str, Any]]
"""What an optimizer's parameter groups say for one step: ``lr``, ``betas``, ``weight_decay`` and so on, by group."""

Step = Callable[[Any], StepOutput]
"""Trains on one batch: forward, backward, optimizer, gradients set to None."""

_NOT_OF_A_STEP = ("params", "initial_lr")


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

    Sample indices and learning rates are read from tensors of fixed address, so a replay trains on what they hold then.
    The fused kernels take all else (betas, momentum, weight decay) as numbers, which are frozen into the graph: see
    ``frozen_otherwise``.
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
        self._frozen = [_all_but_rate(group) for group in settings_of(optimizer)]
        self._outputs: list[StepOutput] = []
        recorded = block.with_indices(self._indices)

        def steps() -> None:
            """Train on every batch of the block, and keep what each step leaves."""
            self._outputs.clear()
            for index, batch in enumerate(recorded.batches()):
                with _rates_in_tensors(optimizer, self._rates[index]):
                    self._outputs.append(step(batch))

        self._replay = record(steps)

    def frozen_otherwise(self, settings: Sequence[Settings]) -> list[str]:
        """Return the names of the settings that the graph has frozen at another value than some step wants.

        Args:
            settings: For each step.
        """
        return sorted(
            {
                name
                for of_step in settings
                for frozen, group in zip(self._frozen, of_step, strict=True)
                for name, value in _all_but_rate(group).items()
                if name not in frozen or value != frozen[name]
            }
        )

    def replay(self, block: Block, settings: Sequence[Settings]) -> list[StepOutput]:
        """Train on a block of the recorded size.

        Args:
            block: The samples.
            settings: For each step; only the learning rates may differ from those that were recorded.

        Returns:
            Copies of what each step left.
        """
        rates = [[group["lr"] for group in of_step] for of_step in settings]
        self._indices.copy_(block.indices)
        if rates != self._rates_held:
            self._rates.copy_(torch.tensor(rates, dtype=torch.float32), non_blocking=True)
            self._rates_held = rates
        self._replay()
        return [StepOutput(*(tensor.clone() for tensor in output)) for output in self._outputs]


def settings_of(optimizer: Optimizer) -> Settings:
    """Return the settings in force, copied: a schedule writes into the optimizer's own."""
    kept = [{name: group[name] for name in group if name not in _NOT_OF_A_STEP} for group in optimizer.param_groups]
    return [{**group, "lr": float(group["lr"])} for group in kept]


def _all_but_rate(group: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in group.items() if name != "lr"}


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
