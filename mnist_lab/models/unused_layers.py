"""Layers that do not learn: never called, called in vain, or frozen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from torch import nn

from mnist_lab.language import listed, say
from mnist_lab.models.forward_trace import Trace, is_layer

_MOST_NAMES = 8


def unused_layers(network: nn.Module, traces: Sequence[Trace]) -> Iterator[str]:
    """Say which layers no forward pass has called, nor taken a weight of.

    Losses and metrics are not meant to be called in ``forward``, ``nn.Identity`` does nothing where it is called.

    Args:
        network: Any module.
        traces: Its forward passes, in training and in evaluation mode.
    """
    used = set[int]().union(*(trace.used for trace in traces))
    names = [
        name
        for name, module in network.named_modules()
        if name and _counts(module) and not _is_used(module, used) and not _inside_a_used_layer(network, name, used)
    ]
    # Of a block that is never called, its own name says it all.
    names = [name for name in names if not any(name.startswith(f"{other}.") for other in names)]
    if names:
        yield say(
            "Made in __init__, never used in forward: {layers}.",
            "__init__ で作られていますが、forward で使われていません：{layers}。",
            layers=_some(names),
        )


def layers_without_gradient(network: nn.Module, traces: Sequence[Trace]) -> Iterator[str]:
    """Say which layers are called, but do not reach the output: no gradient comes back to any of their weights.

    Args:
        network: Any module.
        traces: Its forward passes with their gradients, in training and in evaluation mode.
    """
    called = set[int]().union(*(trace.used for trace in traces))
    reached = set[int]().union(*(trace.with_gradient for trace in traces))
    names = []
    for name, module in network.named_modules():
        own = [one for one in module.parameters() if one.requires_grad]
        if name and id(module) in called and is_layer(module) and own and not reached & set(map(id, own)):
            names.append(name)
    if names:
        yield say(
            "Called in forward, but the output does not depend on it, so it does not learn: {layers}.",
            "forward で呼ばれていますが、出力に影響しないため、学習されません：{layers}。",
            layers=_some(names),
        )


def frozen_layers(network: nn.Module) -> Iterator[str]:
    """Say which layers are frozen."""
    names = [
        name
        for name, module in network.named_modules()
        if name and any(not one.requires_grad for one in module.parameters(recurse=False))
    ]
    if names:
        yield say(
            "Frozen, so not trained (requires_grad=False): {layers}.",
            "固定されており、学習されません（requires_grad=False）：{layers}。",
            layers=_some(names),
        )


def _some(names: Sequence[str]) -> str:
    """Return the names, of many the first ones and how many there are more."""
    if len(names) <= _MOST_NAMES:
        return listed(names)
    more = len(names) - _MOST_NAMES + 1
    return listed([*names[: _MOST_NAMES - 1], say("{more} more", "ほか {more} 個", more=more)])


def _counts(module: nn.Module) -> bool:
    if isinstance(module, nn.Identity) or type(module).__module__ == "torch.nn.modules.loss":
        return False
    if any(True for _ in module.parameters()):
        return True
    return is_layer(module)


def _is_used(module: nn.Module, used: set[int]) -> bool:
    parts: list[Any] = [*module.modules(), *module.parameters(), *module.buffers()]
    return any(id(part) in used for part in parts)


def _inside_a_used_layer(network: nn.Module, name: str, used: set[int]) -> bool:
    """Say whether a part belongs to a layer of torch that is called: what it does with it is its own affair."""
    *outer, _ = name.split(".")
    above = [network.get_submodule(".".join(outer[: count + 1])) for count in range(len(outer))]
    return any(is_layer(module) and id(module) in used for module in above)
