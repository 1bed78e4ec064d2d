"""What holds the memory: parameters, gradients, optimizer state, data, and the rest, the activations."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping, Sized
from functools import singledispatch
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import torch


class Holders(NamedTuple):
    """Bytes on one device by what they are for; None where it could not be told."""

    parameters_bytes: int
    """Parameters and buffers of the network."""
    gradients_bytes: int
    optimizer_bytes: int
    """The optimizers' state, 0 before the first step."""
    data_bytes: int | None
    """Other tensors without a gradient's history: data that stays on the device, and the batch."""
    activations_bytes: int | None
    """What is left of the peak: activations, workspaces, rounding."""
    trainable_bytes: int
    """Of the parameters, those that get a gradient."""
    expected_state_factor: int
    """Optimizer state that a step will have made, as a multiple of the trainable parameters."""
    network_bytes: int = 0
    """Parameters and buffers wherever they are: on their way to the device, some are still on the CPU."""

    def by_size(self) -> list[tuple[str, int]]:
        """Return (name, bytes) of everything that is known and not 0, the largest first."""
        named = {
            "parameters": self.parameters_bytes,
            "gradients": self.gradients_bytes,
            "optimizer state": self.optimizer_bytes,
            "data": self.data_bytes,
            "activations and workspaces": self.activations_bytes,
        }
        known = [(name, size) for name, size in named.items() if size]
        return sorted(known, key=lambda item: -item[1])


def measure_holders(
    module: torch.nn.Module, optimizers: Iterable[Any], device: torch.device, peak_bytes: int | None
) -> Holders:
    """Measure who holds what on a device.

    Args:
        module: the network.
        optimizers: its optimizers.
        device: the device that ran out.
        peak_bytes: most bytes that were allocated at one time, None where it is not known.

    Returns:
        The holders. Tensors that share their storage are counted once.
    """
    optimizers = list(optimizers)
    seen: set[int] = set()
    parameters = list(module.parameters())
    parameters_bytes = _bytes([*parameters, *module.buffers()], device, seen)
    gradients_bytes = _bytes((p.grad for p in parameters if p.grad is not None), device, seen)
    optimizer_bytes = _bytes(_state_tensors(optimizers), device, seen)
    data_bytes = _bytes(_other_tensors(), device, seen)
    known = parameters_bytes + gradients_bytes + optimizer_bytes + data_bytes
    return Holders(
        parameters_bytes=parameters_bytes,
        gradients_bytes=gradients_bytes,
        optimizer_bytes=optimizer_bytes,
        data_bytes=data_bytes,
        activations_bytes=None if peak_bytes is None else max(peak_bytes - known, 0),
        trainable_bytes=_bytes((p for p in parameters if p.requires_grad), device, set()),
        expected_state_factor=max((_state_factor(optimizer) for optimizer in optimizers), default=0),
        network_bytes=sum(tensor.nbytes for tensor in (*parameters, *module.buffers())),
    )


@singledispatch
def batch_of_one_step(batch: Any) -> Any:
    """Return what one step has in memory of a batch: all of it, unless its class is registered with something else."""
    return batch


def batch_size_and_bytes(batch: Any) -> tuple[int, int] | None:
    """Return a step's samples and bytes: the first dimension of its first tensor, and all its tensors together."""
    tensors = list(_tensors_in(batch_of_one_step(batch)))
    if not tensors or tensors[0].ndim == 0:
        return None
    return int(tensors[0].shape[0]), sum(int(tensor.nbytes) for tensor in tensors)


def _tensors_in(batch: Any) -> Iterable[torch.Tensor]:
    import torch

    if isinstance(batch, torch.Tensor):
        yield batch
    elif isinstance(batch, Mapping):
        for value in batch.values():
            yield from _tensors_in(value)
    elif hasattr(type(batch), "__array__"):
        return  # NumPy's and pandas' data is not on the device, and may have no dimension or millions of elements
    elif isinstance(batch, Sized) and isinstance(batch, Iterable) and not isinstance(batch, (str, bytes)):
        # Also a batch that is cut when it is unpacked; a generator would be used up and is left alone.
        for value in batch:
            yield from _tensors_in(value)


def _state_tensors(optimizers: Iterable[Any]) -> Iterable[torch.Tensor]:
    for optimizer in optimizers:
        for state in optimizer.state.values():
            yield from _tensors_in(state)


def _state_factor(optimizer: Any) -> int:
    """Return how many tensors of a parameter's size the optimizer keeps: Adam's kind 2, momentum 1, plain SGD 0."""
    defaults = getattr(optimizer, "defaults", {})
    if "betas" in defaults:
        return 3 if defaults.get("amsgrad") else 2
    return 1 if defaults.get("momentum") or "alpha" in defaults or "rho" in defaults else 0


def _other_tensors() -> Iterable[torch.Tensor]:
    """Find the tensors without a gradient's history that Python still holds.

    The type is asked, not the object: ``isinstance`` would run ``__class__`` of lazy objects of other libraries.
    """
    import torch

    for found in gc.get_objects():
        if issubclass(type(found), torch.Tensor) and found.grad_fn is None and not found.requires_grad:
            yield found


def _bytes(tensors: Iterable[torch.Tensor], device: torch.device, seen: set[int]) -> int:
    """Add up the storages on the device that were not seen yet."""
    total_bytes = 0
    for tensor in tensors:
        if tensor.device.type != device.type or device.index not in (None, tensor.device.index):
            continue
        try:
            storage = tensor.untyped_storage()
            address = storage.data_ptr()
        except (RuntimeError, NotImplementedError):  # fake, sparse or freed tensors have no storage
            continue
        if address not in seen:
            seen.add(address)
            total_bytes += storage.nbytes()
    return total_bytes
