"""A network that is tried out, and afterwards is as it was: modes, buffers, attributes and random numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy


@contextmanager
def untouched(network: nn.Module) -> Iterator[None]:
    """Take back what calling the network inside the ``with`` block changes.

    Training modes, buffers (such as BatchNorm's means) and what ``forward`` keeps in attributes (such as an RNN's
    state) are put back, and so are the random numbers of Python, NumPy and of torch on the CPU. Lazy layers stay
    initialised, and layers that the first ``forward`` makes stay.
    """
    modules = list(network.modules())
    modes = [(module, module.training) for module in modules]
    buffers = [
        (module, name, buffer, buffer.clone())
        for module in modules
        for name, buffer in module.named_buffers(recurse=False)
        if not is_lazy(buffer)
    ]
    attributes = [(module, dict(vars(module))) for module in modules if not _is_lazy(module)]
    python, numbers = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numbers)
        for module, name, buffer, values in buffers:
            _put_back(module, name, buffer, values)
        # What has just been built keeps the attributes that say so.
        if len(list(network.modules())) == len(modules):
            for module, known in attributes:
                vars(module).clear()
                vars(module).update(known)
        for module, mode in modes:
            module.training = mode


def _is_lazy(module: nn.Module) -> bool:
    return any(is_lazy(value) for value in (*module.parameters(recurse=False), *module.buffers(recurse=False)))


def _put_back(module: nn.Module, name: str, buffer: Tensor, values: Tensor) -> None:
    with torch.no_grad():
        buffer.copy_(values)
    now: Any = getattr(module, name)
    if now is not buffer:
        setattr(module, name, buffer)
