"""A training gone through once without memory and without a GPU: what each of its parts would ask the allocator for."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Adagrad, Optimizer

from mnist_lab.data.batches import BatchBlock, IndexedBatch
from mnist_lab.data.samples import Samples
from mnist_lab.data.standardisation import Standardisation
from mnist_lab.gpu.allocation_log import DEVICE, AllocationLog, Event
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
        clip_norm: float | None = None,
    ) -> None:
        """Copy what is to be trained.

        Args:
            model: As ``without_memory`` gives it; it is left as it is.
            optimizer: Likewise.
            standardisation: Of the data.
            with_cudnn: Whether cuDNN carries out convolutions.
            clip_norm: Gradients are clipped to it; None: they are not.
        """
        self.log = AllocationLog(with_cudnn=with_cudnn)
        self._clip_norm = clip_norm
        # Each rehearsal begins with an optimizer that has no state; copied in one go, it has the copy's parameters.
        self.model, self.optimizer = copy.deepcopy((model, optimizer))
        self._standardisation = standardisation

    def put_model_on_device(self) -> Part:
        """Move parameters and buffers, in the order of ``Module.to``."""
        with self.log.writing():
            moved: dict[int, Tensor] = {}
            _move(self.model, moved)
            for group in self.optimizer.param_groups:
                group["params"][:] = [moved[id(parameter)] for parameter in group["params"]]
                _choose_implementation(self.optimizer, group)
            self.log.call_it("parameters", moved.values())
            for parameter, entry in list(self.optimizer.state.items()):
                # As Lightning does, which leaves the number of steps where it is.
                there = {key: value if key == "step" else _on_device(value) for key, value in entry.items()}
                del self.optimizer.state[parameter]
                self.optimizer.state[moved[id(parameter)]] = there
                self.log.call_it("optimizer state", there.values())
            self._standardisation = self._standardisation_on_device()
        self.model.train()
        return self._part([])

    def put_on_device(self, samples: Samples) -> tuple[Samples, Part]:
        """Move a split; return it too."""
        with self.log.writing():
            moved = Samples(*(_on_device(tensor) for tensor in (samples.inputs, samples.labels)))
        self.log.call_it("data", (moved.inputs, moved.labels))
        return moved, self._part([])

    def put_indices_on_device(self, count: int) -> tuple[Tensor, Part]:
        """Move the order of an epoch of so many samples; return it too."""
        with self.log.writing():
            indices = torch.empty(count, dtype=torch.int64, device=DEVICE)
        self.log.call_it("data", (indices,))
        return indices, self._part([])

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

    def _standardisation_on_device(self) -> Standardisation:
        return Standardisation(_on_device(self._standardisation.mean), _on_device(self._standardisation.std))

    def _part(self, outputs: list[StepOutput]) -> Part:
        """Return what was asked for up to now, and give the outputs up, which is not written down."""
        numbers = {self.log.number_of(tensor) for output in outputs for tensor in output}
        sizes_bytes = tuple(tensor.nbytes for output in outputs for tensor in output)
        events = self.log.cut()
        outputs.clear()
        self.log.cut()
        return Part(events, frozenset(number for number in numbers if number is not None), sizes_bytes)


def without_memory(model: Classifier, optimizer: Optimizer) -> tuple[Classifier, Optimizer]:
    """Return a copy of a model and its optimizer whose parameters and buffers have shapes only.

    Args:
        model: On any device; it is left as it is.
        optimizer: Of its parameters; likewise. Most have no state before the first step.
    """
    memo: dict[int, Any] = {}
    for entry in optimizer.state.values():
        for key, value in entry.items():
            if isinstance(value, Tensor) and key != "step":
                memo[id(value)] = torch.empty_like(value, device=DEVICE)
    for tensor in (*model.parameters(), *model.buffers()):
        there = torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device=DEVICE)
        is_parameter = isinstance(tensor, nn.Parameter)
        memo[id(tensor)] = nn.Parameter(there, tensor.requires_grad) if is_parameter else there
    # It may be bound to the whole command line, and what it would make is the optimizer that is here already.
    if "configure_optimizers" in vars(model):
        memo[id(vars(model)["configure_optimizers"])] = None
    copied: Classifier = copy.deepcopy(model, memo)
    return copied, copy.deepcopy(optimizer, memo)


def _move(module: nn.Module, moved: dict[int, Tensor]) -> None:
    """Put a module's tensors on the device, its children's first; ``moved`` has each by the ``id`` of what it was."""
    for child in module.children():
        _move(child, moved)
    own = (*module.named_parameters(recurse=False, remove_duplicate=False), *module.named_buffers(recurse=False))
    for name, tensor in own:
        if id(tensor) not in moved:
            there = _on_device(tensor)
            is_parameter = isinstance(tensor, nn.Parameter)
            moved[id(tensor)] = nn.Parameter(there, tensor.requires_grad) if is_parameter else there
        setattr(module, name, moved[id(tensor)])


def _on_device(tensor: Tensor) -> Tensor:
    return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device=DEVICE)


def _choose_implementation(optimizer: Optimizer, group: dict[str, Any]) -> None:
    """Choose the implementation that an optimizer takes on CUDA where the user has not chosen.

    It would look at the tensors' class and device for that, and those here have others.
    """
    if isinstance(optimizer, Adagrad) and group.get("fused"):  # chosen on the CPU only, see ``TrainingCLI``
        group["fused"] = False
    chosen = group.get("fused") or group.get("differentiable")
    if "foreach" in group and group["foreach"] is None and not chosen:
        group["foreach"] = True
