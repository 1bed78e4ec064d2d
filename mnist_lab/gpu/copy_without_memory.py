"""A copy of a network and its optimizer that takes no memory: on ``DEVICE``, where tensors have shapes only."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.optim import Adagrad, Optimizer

from mnist_lab.gpu.allocation_log import DEVICE, AllocationLog

_Module = TypeVar("_Module", bound=nn.Module)


def copied_without_memory(
    network: _Module, optimizer: Optimizer, *, left_out: Iterable[Any] = ()
) -> tuple[_Module, Optimizer]:
    """Return a copy whose parameters and buffers have shapes only.

    Args:
        network: On any device; it is left as it is.
        optimizer: Of its parameters; likewise. Most have no state before the first step.
        left_out: What the network holds and the copy is to hold None for.
    """
    memo: dict[int, Any] = {id(one): None for one in left_out}
    for entry in optimizer.state.values():
        for key, value in entry.items():
            if isinstance(value, Tensor) and key != "step":
                memo[id(value)] = torch.empty_like(value, device=DEVICE)
    for tensor in (*network.parameters(), *network.buffers()):
        there = on_device(tensor)
        memo[id(tensor)] = nn.Parameter(there, tensor.requires_grad) if isinstance(tensor, nn.Parameter) else there
    copied: _Module = copy.deepcopy(network, memo)
    return copied, copy.deepcopy(optimizer, memo)


def put_on_device(log: AllocationLog, network: nn.Module, optimizer: Optimizer) -> None:
    """Have a copy's tensors made anew, so that they are written down, in the order of ``Module.to``.

    Args:
        log: Writes them down.
        network: A copy without memory.
        optimizer: Of its parameters; gets the implementation that it would have on CUDA.
    """
    with log.writing():
        moved: dict[int, Tensor] = {}
        _move(network, moved)
        for group in optimizer.param_groups:
            group["params"][:] = [moved[id(parameter)] for parameter in group["params"]]
            _choose_implementation(optimizer, group)
        log.call_it("parameters", moved.values())
        for parameter, entry in list(optimizer.state.items()):
            # As Lightning does, which leaves the number of steps where it is.
            there = {key: value if key == "step" else on_device(value) for key, value in entry.items()}
            del optimizer.state[parameter]
            optimizer.state[moved[id(parameter)]] = there
            log.call_it("optimizer state", there.values())
    network.to(DEVICE)  # nothing is left to be moved, but some networks note where they are


def on_device(tensor: Tensor) -> Tensor:
    """Return an empty counterpart of a tensor on ``DEVICE``, its values in the same order."""
    return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device=DEVICE)


def _move(module: nn.Module, moved: dict[int, Tensor]) -> None:
    """Put a module's tensors on the device, its children's first; ``moved`` has each by the ``id`` of what it was."""
    for child in module.children():
        _move(child, moved)
    own = (*module.named_parameters(recurse=False, remove_duplicate=False), *module.named_buffers(recurse=False))
    for name, tensor in own:
        if id(tensor) not in moved:
            there = on_device(tensor)
            is_parameter = isinstance(tensor, nn.Parameter)
            moved[id(tensor)] = nn.Parameter(there, tensor.requires_grad) if is_parameter else there
        setattr(module, name, moved[id(tensor)])


def _choose_implementation(optimizer: Optimizer, group: dict[str, Any]) -> None:
    """Choose the implementation that an optimizer takes on CUDA where the user has not chosen.

    It would look at the tensors' class and device for that, and those here have others.
    """
    if isinstance(optimizer, Adagrad) and group.get("fused"):  # its number of steps is on the CPU
        group["fused"] = False
    chosen = group.get("fused") is not None or group.get("differentiable")
    if "foreach" in group and group["foreach"] is None and not chosen:
        group["foreach"] = True
