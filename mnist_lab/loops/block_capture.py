"""Decides when a block's steps run from a CUDA graph, and makes sure that this trains as single steps do."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from lightning.pytorch import LightningModule
from torch import Tensor
from torch.optim import SGD, Adam, AdamW, Optimizer

from mnist_lab.errors import first_line
from mnist_lab.language import listed, say
from mnist_lab.loops.block_graph import Block, BlockGraph, Replay, Settings, Step, record_on_cuda
from mnist_lab.models.classifier import StepOutput

_FUSED = (Adam, AdamW, SGD)
# Single precision, 50 steps on: what two orders of the same sums may differ by.
_RTOL, _ATOL = 1e-3, 1e-5


class BlockCapture:
    """Records a block the second time that one of its size comes; the first time initialises what a graph may not.

    The first graph is checked: it and single steps start from the same weights, and what they come to is compared. The
    single steps' result is what stays. Where recording fails, the results differ, or a schedule changes what a graph
    has frozen, all goes on step by step, and a line says so.
    """

    def __init__(
        self,
        model: LightningModule,
        optimizer: Optimizer,
        record: Callable[[Callable[[], None]], Replay] = record_on_cuda,
        stream: Callable[[], AbstractContextManager[Any]] = nullcontext,
        untimed: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        """Take what will be recorded.

        Args:
            model: On its device.
            optimizer: Its optimizer.
            record: Turns work into a replay.
            stream: The stream on which to run what has to come before recording.
            untimed: Gives the context for recording and checking, which are no training.
        """
        self.model = model
        self.optimizer = optimizer
        self.reason: str | None = None
        """Why nothing is recorded any more."""
        self._record = record
        self._stream = stream
        self._untimed = untimed
        self._graphs: dict[int, BlockGraph] = {}
        self._seen: Counter[int] = Counter()
        self._checked = False

    def prepare(self, block: Block, step: Step) -> bool:
        """Say whether the block can be trained on from a graph; record one where it is time.

        Args:
            block: The samples.
            step: Trains on one batch.
        """
        size = len(block.indices)
        self._seen[size] += 1
        if self.reason is not None or self._seen[size] == 1:
            return False
        return size in self._graphs or self._add(block, step)

    def train(self, block: Block, settings: Sequence[Settings], step: Step) -> list[StepOutput]:
        """Train on a block for which there is a graph.

        Args:
            block: The samples.
            settings: The optimizer's, for each step; the last are those in force.
            step: Trains on one batch; for the check, and where the graph cannot be used.

        Returns:
            What each step left.
        """
        graph = self._graphs[len(block.indices)]
        if changed := graph.frozen_otherwise(settings):
            self._give_up(
                say(
                    "{names} of {optimizer} change while it trains, and a graph keeps them as they were recorded",
                    "{optimizer} の {names} は学習中に変わりますが、グラフには記録時の値が固定されます",
                    names=listed(changed),
                    optimizer=type(self.optimizer).__name__,
                )
            )
            return self._by_steps(block, settings, step)
        if self._checked:
            return graph.replay(block, settings)
        self._checked = True
        with self._untimed():
            from_graph = self._tried(graph, block, settings)
        outputs = self._by_steps(block, settings, step)
        with self._untimed():
            pairs = zip(from_graph, self.model.parameters(), strict=True)
            same = all(torch.allclose(one, other, rtol=_RTOL, atol=_ATOL, equal_nan=True) for one, other in pairs)
        if not same:
            self._give_up(
                say(
                    "the graph's weights differ from those of single steps",
                    "グラフで得た重みが、1 ステップずつ実行した場合の重みと一致しません",
                )
            )
        return outputs

    def warm(self) -> AbstractContextManager[Any]:
        """Return the context for steps that come before recording."""
        return self._stream()

    def _add(self, block: Block, step: Step) -> bool:
        try:
            with self._untimed():
                self._graphs[len(block.indices)] = BlockGraph(block, self.optimizer, step, self._record)
        except Exception as error:  # whatever it is, single steps do not need the graph
            self._give_up(first_line(error))
            return False
        finally:
            for parameter in self.model.parameters():
                parameter.grad = None
        return True

    def _tried(self, graph: BlockGraph, block: Block, settings: Sequence[Settings]) -> list[Tensor]:
        """Return the weights that a replay comes to, and put all back: single steps see the same random numbers."""
        before = self._state()
        device = block.indices.device
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            graph.replay(block, settings)
        weights = [parameter.detach().clone() for parameter in self.model.parameters()]
        for tensor, value in before:
            tensor.copy_(value)
        return weights

    def _by_steps(self, block: Block, settings: Sequence[Settings], step: Step) -> list[StepOutput]:
        outputs = []
        for batch, of_step in zip(block.batches(), settings, strict=True):
            for group, values in zip(self.optimizer.param_groups, of_step, strict=True):
                group.update(values)
            outputs.append(step(batch))
        return outputs

    def _state(self) -> list[tuple[Tensor, Tensor]]:
        """Return the tensors that training changes, each with a copy."""
        state = [value for entry in self.optimizer.state.values() for value in entry.values()]
        changing = [*self.model.parameters(), *self.model.buffers(), *state]
        return [(tensor.detach(), tensor.detach().clone()) for tensor in changing if isinstance(tensor, Tensor)]

    def _give_up(self, reason: str) -> None:
        self.reason = reason
        self._graphs.clear()
        say_no_graph(reason)


def say_no_graph(reason: str) -> None:
    """Say on the error stream that nothing is recorded, and why."""
    sys.stderr.write(
        say(
            "No CUDA graph, each step is launched by itself: {reason}.\n",
            "CUDA グラフを使わず、1 ステップずつ実行します：{reason}。\n",
            reason=reason,
        )
    )


def why_not_captured(optimizer: Optimizer, block: Block) -> str | None:
    """Return the reason for which steps cannot be recorded, None when it can be tried."""
    if not can_be_captured(optimizer):
        name = type(optimizer).__name__
        return say("{name} is not fused", "{name} は fused 実装ではありません", name=name)
    if block.indices.device.type != "cuda":
        return say("the data is not on the GPU", "データが GPU 上にありません")
    return None


def can_be_captured(optimizer: Optimizer) -> bool:
    """Say whether an optimizer reads in tensors what changes while it trains: the fused implementation of some does."""
    return isinstance(optimizer, _FUSED) and all(group.get("fused") for group in optimizer.param_groups)


def side_stream() -> Callable[[], AbstractContextManager[Any]]:
    """Return a function that gives the context of a CUDA stream beside the current one, joined at both ends."""
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]

    @contextmanager
    def context() -> Iterator[None]:
        """Run on the side stream what is asked for within; each stream waits for the other."""
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            yield
        torch.cuda.current_stream().wait_stream(stream)

    return context
