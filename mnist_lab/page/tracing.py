"""A network's forward pass brought to the page's operations, however its ``forward`` is written."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.models.forward_trace import Step, Trace, tensors_in, trace_forward
from mnist_lab.models.layer_texts import layer_text
from mnist_lab.page.function_recipes import FUNCTIONS, REARRANGING
from mnist_lab.page.layer_recipes import LAYERS
from mnist_lab.page.program import Operation, Program, Recipe, Shape, UnknownOperationError

# Two batches of different sizes and numbers: what depends on either is not the network alone.
_BATCHES = (2, 3)


def program_of(network: nn.Module, input_shape: Sequence[int]) -> Program:
    """Return a network as a list of operations; it is as it was afterwards.

    Args:
        network: Takes ``(N, *input_shape)`` and gives ``(N, C)``.
        input_shape: Of one sample.

    Raises:
        UsageError: It has a layer or calls a function that the page does not know, or depends on the values.
    """
    numbers = torch.Generator().manual_seed(0)
    device = next((parameter.device for parameter in network.parameters()), torch.device("cpu"))
    programs = []
    for count in _BATCHES:
        inputs = torch.randn(count, *input_shape, generator=numbers).to(device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(count)
            programs.append(_Translation(trace_forward(network, inputs), count).program())
    one, other = programs
    if not _are_alike(one, other):
        raise UsageError(
            say(
                "page: what forward of {network} calls depends on its input's values or on chance, which the page "
                "cannot follow; write it so that every sample goes the same way.",
                "page：{network} の forward の処理が入力の値や乱数によって変わるため、ページでは再現できません。"
                "どのサンプルも同じ処理になるように書いてください。",
                network=type(network).__name__,
            )
        )
    return one


def _are_alike(one: Program, other: Program) -> bool:
    if one.output != other.output or len(one.operations) != len(other.operations):
        return False
    for first, second in zip(one.operations, other.operations, strict=True):
        if (first.kind, first.inputs, first.shape, first.settings) != (
            second.kind,
            second.inputs,
            second.shape,
            second.settings,
        ):
            return False
        if first.weights.keys() != second.weights.keys():
            return False
        if not all(torch.equal(value, second.weights[name]) for name, value in first.weights.items()):
            return False
    return True


class _Translation:
    """Goes through a trace, and keeps which tensor holds which value."""

    def __init__(self, trace: Trace, count: int) -> None:
        assert trace.error is None, "a network that fails is refused before"
        self._trace = trace
        self._count = count
        self._operations: list[Operation] = []
        given = trace.steps[0].arguments[0]
        self._values: dict[int, int] = {id(given): 0}
        self._shapes: list[Shape] = [tuple(given.shape[1:])]
        self._tensors: dict[int, Tensor] = {id(given): given}
        self._stale: set[int] = set()
        self._counted: set[int] = set()

    def program(self) -> Program:
        """Return the operations."""
        for step in self._trace.steps:
            if step.module is None or step.is_layer:
                self._translate(step)
        output = self._values.get(id(self._trace.output))
        if output is None or len(self._shapes[output]) != 1:
            raise UsageError(
                say(
                    "page: {network} gives no single row of scores for a sample; the page shows one score a class.",
                    "page：{network} の出力が 1 サンプルにつき 1 行のスコアではありません。ページはクラスごとに 1 つの"
                    "スコアを表示します。",
                    network=type(self._trace.network).__name__,
                )
            )
        return Program(self._shapes[0], self._operations, output)

    def _translate(self, step: Step) -> None:
        given = (*step.arguments, *step.options.values())
        if not any(id(tensor) in self._values for tensor in tensors_in(given)):
            return  # the same whatever the input: a constant
        if self._stale & set(map(id, tensors_in(given))):
            raise _unknown(step)
        try:
            if step.module is None and step.name in REARRANGING:
                self._rearrange(step)
            else:
                self._compute(step, _recipe(step))
        except (UnknownOperationError, TypeError, ValueError, RuntimeError, IndexError) as error:
            raise _unknown(step) from error

    def _compute(self, step: Step, recipe: Recipe) -> None:
        result = step.result
        if not isinstance(result, Tensor) or not result.shape or result.shape[0] != self._count:
            raise UnknownOperationError
        weights = {name: weight for name, weight in recipe.weights.items() if weight is not None}
        if any(id(weight) in self._values for weight in weights.values()):
            raise UnknownOperationError
        inputs = []
        for place, tensor in enumerate(recipe.takes):
            if id(tensor) in self._values:
                inputs.append(self._values[id(tensor)])
                if len(recipe.takes) > 1 and tensor.ndim != result.ndim:
                    raise UnknownOperationError
            else:
                weights[str(place)] = self._constant(tensor, result.ndim)
        if recipe.kind == "identity":
            self._holds(result, inputs[0])
            return
        shape = tuple(result.shape[1:])
        if recipe.kind == "reshape" and shape == self._shapes[inputs[0]]:
            self._holds(result, inputs[0])
            return
        settings = recipe.settings
        if len(recipe.takes) > 1:
            # Which of its operands are values, and which constants.
            settings = settings | {"operands": len(recipe.takes)}
        self._add(step, result, Recipe(recipe.kind, [], settings, {**weights}), tuple(inputs))

    def _rearrange(self, step: Step) -> None:
        """Find out where each number comes from by doing the same to their places."""
        (number,) = {self._values[id(one)] for one in tensors_in(step.arguments) if id(one) in self._values}
        shape = self._shapes[number]
        size = torch.Size(shape).numel()
        places = torch.arange(self._count * size).reshape(self._count, *shape)
        moved = _function(step.name)(places, *step.arguments[1:], **step.options)
        results = list(tensors_in((step.result,)))
        for result, sources in zip(results, tensors_in((moved,)), strict=True):
            if sources.shape[:1] != (self._count,) or result.shape != sources.shape:
                raise UnknownOperationError
            first = sources[0]
            if not torch.equal(sources[1] - first, torch.full_like(first, size)) or int(first.max()) >= size:
                raise UnknownOperationError
            recipe = Recipe("gather", [], {}, {"places": first.flatten().float()})
            self._add(step, result, recipe, (number,))

    def _add(self, step: Step, result: Tensor, recipe: Recipe, inputs: tuple[int, ...]) -> None:
        module = step.module
        owned = list(module.parameters()) if module is not None else list(tensors_in((*step.arguments, step.options)))
        new = {id(one): one for one in owned if isinstance(one, nn.Parameter) and id(one) not in self._counted}
        self._counted |= set(new)
        weights = {name: weight.detach().float().cpu() for name, weight in recipe.weights.items() if weight is not None}
        self._operations.append(
            Operation(
                recipe.kind,
                inputs,
                tuple(result.shape[1:]),
                recipe.settings,
                weights,
                step.name if module is not None else "",
                layer_text(module) if module is not None else step.name.strip("_"),
                sum(one.numel() for one in new.values()),
            )
        )
        self._shapes.append(tuple(result.shape[1:]))
        changed = any(result is tensor for tensor in tensors_in((*step.arguments, *step.options.values())))
        if changed:
            # Whoever looks at the same memory by another name sees the change, which no value here does.
            memory = result.untyped_storage().data_ptr()
            same = (key for key, one in self._tensors.items() if one.untyped_storage().data_ptr() == memory)
            self._stale |= set(same) - {id(result)}
        self._holds(result, len(self._operations))

    def _holds(self, tensor: Tensor, number: int) -> None:
        self._values[id(tensor)] = number
        self._tensors[id(tensor)] = tensor

    def _constant(self, tensor: Tensor, ndim: int) -> Tensor:
        """Return a constant as it is for one sample."""
        if tensor.ndim < ndim:
            return tensor
        first = tensor[0]
        if not all(torch.equal(row, first) for row in tensor):
            raise UnknownOperationError
        return first


def _recipe(step: Step) -> Recipe:
    """Return what a call does.

    Raises:
        UnknownOperationError: The page has nothing like it.
    """
    if step.module is None:
        name = step.name if step.name in FUNCTIONS else step.name.removesuffix("_")
        if name.startswith("__i"):  # x += 1
            name = name.removeprefix("__i").removesuffix("_")
        if name not in FUNCTIONS:
            raise UnknownOperationError
        return FUNCTIONS[name](*step.arguments, **step.options)
    kind: Any = type(step.module)
    # A layer that computes something else than the layer it is built on is another one; ``Dropout`` is off here.
    for base in kind.__mro__:
        if base in LAYERS and (kind.forward is base.forward or base is nn.Dropout):
            return LAYERS[base](step.module, step.arguments[0])
    raise UnknownOperationError


def _function(name: str) -> Callable[..., Any]:
    if name == "__getitem__":
        return operator.getitem
    places = (Tensor, torch, functional)
    found = next((getattr(place, name) for place in places if hasattr(place, name)), None)
    if found is None:
        raise UnknownOperationError
    return found  # type: ignore[no-any-return]


def known_layers() -> list[str]:
    """Return the names of the layers that the page can compute."""
    return sorted(kind.__name__ for kind in LAYERS)


def _unknown(step: Step) -> UsageError:
    if step.module is None:
        return UsageError(
            say(
                "page: forward calls {function} in a way that the page cannot compute; it knows the layers {known}, "
                "their functions, +, −, ×, ÷, cat, mean, sum, view and indexing.",
                "page：forward の {function} の呼び出しは、ページでは計算できません。計算できるもの：層 {known}、"
                "対応する関数、四則演算、cat、mean、sum、view、添字",
                function=step.name.strip("_"),
                known=", ".join(known_layers()),
            )
        )
    return UsageError(
        say(
            "page: the layer {name}, {layer}, is none that the page can compute; it knows {known}.",
            "page：層 {name}（{layer}）は、ページでは計算できません。計算できる層：{known}",
            name=step.name,
            layer=layer_text(step.module),
            known=", ".join(known_layers()),
        )
    )
