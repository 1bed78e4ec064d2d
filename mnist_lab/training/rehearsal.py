"""A training gone through once without memory and without a GPU: what each of its parts would ask the allocator for."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from mnist_lab.data.batches import BatchBlock, IndexedBatch
from mnist_lab.data.samples import Samples
from mnist_lab.data.standardisation import Standardisation
from mnist_lab.gpu.allocation_log import DEVICE, AllocationLog, Event
from mnist_lab.gpu.copy_without_memory import on_device, put_on_device
from mnist_lab.gpu.kernel_workspaces import Kernels
from mnist_lab.models.classifier import Classifier, StepOutput

# Of a block, that are gone through: from the second on they ask for the same.
_MOST_STEPS = 12


class Part(NamedTuple):
    """What a part of a training asks for."""

    events: list[Event]
    outputs: frozenset[int]
    """Of it, what the part leaves until the epoch's end: logits, labels and losses."""
    outputs_bytes: tuple[int, ...] = ()
    """Of each of these tensors by itself."""
    later_bytes: tuple[int, ...] = ()
    """What further steps leave; these were not rehearsed, and are as the last that was."""


NOTHING = Part([], frozenset())


class Rehearsal:
    """A copy of model and optimizer whose tensors are on a GPU that need not be there, and take no memory.

    Attributes:
        log: What was asked for so far.
        model: The copy.
        optimizer: Its optimizer.
    """

    def __init__(
        self,
        model: Classifier,
        optimizer: Optimizer,
        standardisation: Standardisation,
        *,
        with_cudnn: bool,
        kernels: Kernels,
        clip_norm: float | None = None,
    ) -> None:
        """Copy what is to be trained.

        Args:
            model: As ``copied_without_memory`` gives it; it is left as it is.
            optimizer: Likewise.
            standardisation: Of the data.
            with_cudnn: Whether cuDNN carries out convolutions.
            kernels: Of the card.
            clip_norm: Gradients are clipped to it; None: they are not.
        """
        self.log = AllocationLog(with_cudnn=with_cudnn, kernels=kernels)
        self._clip_norm = clip_norm
        # Each rehearsal begins with an optimizer that has no state; copied in one go, it has the copy's parameters.
        self.model, self.optimizer = copy.deepcopy((model, optimizer))
        self._standardisation = standardisation

    def put_model_on_device(self) -> Part:
        """Move parameters and buffers, in the order of ``Module.to``."""
        put_on_device(self.log, self.model, self.optimizer)
        with self.log.writing():
            self._standardisation = Standardisation(
                on_device(self._standardisation.mean), on_device(self._standardisation.std)
            )
        self.model.train()
        return self._part([])

    def put_on_device(self, samples: Samples) -> tuple[Samples, Part]:
        """Move a split; return it too."""
        with self.log.writing():
            moved = Samples(*(on_device(tensor) for tensor in (samples.inputs, samples.labels)))
        self.log.call_it("data", (moved.inputs, moved.labels))
        return moved, self._part([])

    def put_indices_on_device(self, count: int) -> tuple[Tensor, Part]:
        """Move the order of an epoch of so many samples; return it too."""
        with self.log.writing():
            indices = torch.empty(count, dtype=torch.int64, device=DEVICE)
        self.log.call_it("data", (indices,))
        return indices, self._part([])

    def cut(self, samples: Samples, indices: Tensor) -> Part:
        """Cut a batch and give it up, as the memory guard does to know its size."""
        with self.log.writing():
            self._batch(samples, indices).cut()
        return self._part([])

    def take_block(self, samples: Samples, indices: Tensor, batch_size: int) -> Part:
        """Train on a block of batches, as ``BlockOptimization`` does.

        Args:
            samples: On the device, or on the host.
            indices: Of the block's samples, where these are.
            batch_size: Of each batch.
        """
        with self.log.writing():
            part = self._part(self._block_outputs(samples, indices, batch_size))
        steps = len(part.outputs_bytes) // len(StepOutput._fields)
        later = (-(-len(indices) // batch_size) - steps) * part.outputs_bytes[-len(StepOutput._fields) :]
        return part._replace(outputs_bytes=part.outputs_bytes + later, later_bytes=later)

    def take_steps(self, samples: Samples, indices: Sequence[Tensor], accumulate: int = 1) -> list[Part]:
        """Train on one batch after the other, as Lightning's automatic optimization does.

        Gradients of the step before are still there while a step goes forward.

        Args:
            samples: On the device, or on the host.
            indices: Of each batch, where these are.
            accumulate: Batches to one optimizer step.
        """
        parts = []
        with self.log.writing():
            for index, piece in enumerate(indices):
                parts.append(self._part(self._single_step(self._batch(samples, piece), index, accumulate)))
        return parts

    def evaluate(self, samples: Samples, batch_size: int) -> Part:
        """Go forward once, as in validation."""
        self.model.eval()
        with self.log.writing(), torch.no_grad():
            indices = torch.zeros(batch_size, dtype=torch.int64, device=samples.device)
            self.model.step_output(self._batch(samples, indices))
            del indices
        self.model.train()
        return self._part([])

    def compare_weights(self) -> Part:
        """Ask of each parameter whether it is near another, as the check of a graph does."""
        with self.log.writing(), torch.no_grad():
            for parameter in self.model.parameters():
                torch.isclose(parameter, parameter).all()
        return self._part([])

    def sizes_of_state(self) -> tuple[list[int], list[int]]:
        """Return the bytes of each parameter, and of each other tensor that training changes."""
        state = [value for entry in self.optimizer.state.values() for value in entry.values()]
        others = [tensor for tensor in (*self.model.buffers(), *state) if isinstance(tensor, Tensor)]
        return [parameter.nbytes for parameter in self.model.parameters()], [tensor.nbytes for tensor in others]

    def _block_outputs(self, samples: Samples, indices: Tensor, batch_size: int) -> list[StepOutput]:
        parameters = [parameter for group in self.optimizer.param_groups for parameter in group["params"]]
        outputs = []
        for batch in BatchBlock(self._batch(samples, indices), batch_size).batches():
            output = self.model.step_output(batch)
            self._backward(output.loss)
            self._optimizer_step()
            for parameter in parameters:
                parameter.grad = None
            outputs.append(StepOutput(output.logits.detach(), output.labels, output.loss.detach()))
            if len(outputs) == _MOST_STEPS:
                break
        return outputs

    def _single_step(self, batch: IndexedBatch, index: int, accumulate: int) -> list[StepOutput]:
        outputs: list[StepOutput] = []

        def closure() -> Tensor:
            """Do what Lightning does within an optimizer's step, and return the loss."""
            output = self.model.step_output(batch)
            outputs.append(StepOutput(output.logits.detach(), output.labels, output.loss.detach()))
            loss = output.loss / accumulate
            del output
            kept = loss.detach().clone()
            if index % accumulate == 0:
                self.optimizer.zero_grad()
            self._backward(loss)
            return kept

        if (index + 1) % accumulate:
            closure()
        else:
            self._optimizer_step(closure)
        return outputs

    def _backward(self, loss: Tensor) -> None:
        loss.backward()  # type: ignore[no-untyped-call]
        parameters = list(self.model.parameters())
        self.log.call_it("gradients", (parameter.grad for parameter in parameters))
        if self._clip_norm is not None:
            nn.utils.clip_grad_norm_(parameters, self._clip_norm)

    def _optimizer_step(self, closure: Callable[[], Any] | None = None) -> None:
        self.optimizer.step(closure)
        for state in self.optimizer.state.values():
            self.log.call_it("optimizer state", state.values())

    def _batch(self, samples: Samples, indices: Tensor) -> IndexedBatch:
        return IndexedBatch(samples, self._standardisation, indices, DEVICE)

    def _part(self, outputs: list[StepOutput]) -> Part:
        """Return what was asked for up to now, and give the outputs up, which is not written down."""
        numbers = {self.log.number_of(tensor) for output in outputs for tensor in output}
        sizes_bytes = tuple(tensor.nbytes for output in outputs for tensor in output)
        events = self.log.cut()
        outputs.clear()
        self.log.cut()
        return Part(events, frozenset(number for number in numbers if number is not None), sizes_bytes)
