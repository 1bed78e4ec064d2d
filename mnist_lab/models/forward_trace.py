"""What a forward pass calls, in order: layers and functions, what arrives at each, and where it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode

from mnist_lab.models.untouched import untouched
from mnist_lab.models.users_code import users_caller

SAMPLES = 2
"""Samples in the batch that is tried: one alone would hide that samples are mixed, or a batch is lost."""

_READS = {"__bool__", "__int__", "__float__", "__index__", "item", "tolist", "numpy", "nonzero", "masked_select"}
"""Functions by which values, not only shapes, can decide what is called next."""
_SAME_VALUES = {"contiguous", "clone", "to", "float", "type", "requires_grad_"}
_CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict)


@dataclass(eq=False)
class Step:
    """One call of a layer or of a function."""

    name: str
    """As the network's author wrote it: ``fc1``, ``block.conv``, ``layers[0]``; a function's name: ``relu``."""
    module: nn.Module | None
    """None: a function."""
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    """Arguments by keyword, of functions only."""
    source: Step | None
    """What made the first tensor that arrives; None: it is the network's input, a parameter or a constant."""
    inside: Step | None = None
    """The module in whose ``forward`` it is called."""
    result: Any = None
    inner: Step | None = None
    """Of a module: the last call inside that made the result."""
    kept: Tensor | None = None
    """A copy of the result, of several of the first, as a later call may change that in place; only where copies were
    asked for."""
    place: str | None = None
    """Of a call that changes what it is given: file and line, where they are the user's."""

    @property
    def arrives(self) -> Tensor | None:
        """The first tensor among the arguments."""
        return next(tensors_in((*self.arguments, *self.options.values())), None)

    @property
    def is_layer(self) -> bool:
        """Whether it is a layer of ``torch.nn`` or of a class built on one, and no container."""
        return self.module is not None and is_layer(self.module)


def is_layer(module: nn.Module) -> bool:
    """Say whether a module is a layer of ``torch.nn`` or built on one: nothing inside is its author's."""
    if isinstance(module, _CONTAINERS):
        return False
    places = (kind.__module__ for kind in type(module).__mro__ if kind is not nn.Module)
    return any(place.startswith("torch.nn.modules.") for place in places)


@dataclass
class Trace:
    """One forward pass."""

    network: nn.Module
    inputs: Tensor
    steps: list[Step] = field(default_factory=list)
    """In the order in which they began; what a layer does inside is left out."""
    output: Any = None
    error: Exception | None = None
    open: list[Step] = field(default_factory=list)
    """The modules that had not come to their end when the error was raised, the outermost first."""
    failed_function: Step | None = None
    """The function that raised the error, where it was not called inside a layer."""
    used: set[int] = field(default_factory=set)
    """``id`` of every module that was called, and of every parameter and buffer that was given to a function."""
    takers: Counter[Step] = field(default_factory=Counter)
    """How many calls take what a call has made; a call inside another module counts as well as that module's."""
    maker_of_output: Step | None = None
    with_gradient: set[int] = field(default_factory=set)
    """``id`` of every parameter to which a gradient comes back from the output, where that was asked for."""
    in_place: list[Step] = field(default_factory=list)
    """The calls that change what they are given, in place of making something new."""
    changed_input: Step | None = None
    """The one of them that changed the network's input."""
    backward_error: Exception | None = None
    """Of going back to the parameters, where that was asked for."""
    reads_values: bool = False
    """Whether ``forward`` looks at values, which may decide what it calls: another batch may take another way."""

    def makers(self, step: Step | None) -> Iterator[Step]:
        """Go back from a step, it included, to what made its input, and so on to the network's input.

        Of the author's own modules the insides are walked through; functions that change no value are passed over.
        """
        while step is not None:
            if not step.is_layer and step.inner is not None:
                step = step.inner
                continue
            if step.module is not None or step.name not in _SAME_VALUES:
                yield step
            step = step.source


def trace_forward(
    network: nn.Module, inputs: Tensor, *, training: bool = False, gradients: bool = False, copies: bool = False
) -> Trace:
    """Call a network once and return what it called; the network is as it was afterwards.

    Args:
        network: Any module that takes one tensor.
        inputs: A batch, ``(N, *input_shape)``.
        training: In training mode; else in evaluation mode.
        gradients: Go back from the output to the parameters as well.
        copies: Keep a copy of what each call returns.
    """
    names = dict(written_names(network))
    recorder = _Recorder(Trace(network, inputs), names, copies=copies)
    with untouched(network), torch.enable_grad():
        network.train(training)
        # A copy: what forward may do to it in place shall not be done to the caller's.
        given = inputs.clone()
        _call(network, given, recorder)
        if not torch.equal(given, inputs):
            recorder.trace.changed_input = next(
                (step for step in recorder.trace.in_place if _shares_memory(step, given)), None
            )
        if gradients and recorder.trace.error is None:
            try:  # what has been called must not see this: it is given every parameter
                recorder.trace.with_gradient = _with_gradient(network, recorder.trace.output)
            except Exception as error:
                recorder.trace.backward_error = error
    return recorder.finish()


def _call(network: nn.Module, inputs: Tensor, recorder: _Recorder) -> None:
    with ExitStack() as stack:
        for hook in (
            register_module_forward_pre_hook(recorder.module_begins),
            register_module_forward_hook(recorder.module_ends),
        ):
            stack.callback(hook.remove)
        stack.enter_context(recorder)
        try:
            recorder.trace.output = network(inputs)
        except Exception as error:
            recorder.fail(error)


def _with_gradient(network: nn.Module, output: Any) -> set[int]:
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    outputs = [one for one in tensors_in((output,)) if one.requires_grad]
    if not outputs:
        return set()
    total = torch.stack([one.sum() for one in outputs]).sum()
    found = torch.autograd.grad(total, parameters, allow_unused=True)
    return {id(one) for one, gradient in zip(parameters, found, strict=True) if gradient is not None}


def _shares_memory(step: Step, tensor: Tensor) -> bool:
    value = step.arrives
    return value is not None and value.untyped_storage().data_ptr() == tensor.untyped_storage().data_ptr()


class _Recorder(TorchFunctionMode):
    """Sees every function of torch (as a mode) and every call of a module (by its two hooks)."""

    def __init__(self, trace: Trace, names: dict[int, str], *, copies: bool = False) -> None:
        super().__init__()
        self.trace = trace
        self._copies, self._copying = copies, False
        self._names = names
        self._open: list[Step] = []
        self._makers: dict[int, Step] = {}
        self._failure: tuple[Step, Exception] | None = None

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        options = kwargs or {}
        if self._copying:
            return func(*args, **options)
        self.trace.used.update(map(id, tensors_in((*args, *options.values()))))
        if self._open and self._open[-1].is_layer:
            return func(*args, **options)
        name = _name_of(func)
        step = Step(name, None, tuple(args), options, self._source_of((*args, *options.values())), self._inside())
        try:
            result = func(*args, **options)
        except Exception as error:
            self._failure = (step, error)
            raise
        if _is_in_place(name, options):
            step.place = users_caller()
            self.trace.in_place.append(step)
        self.trace.reads_values |= name in _READS or (name == "__getitem__" and _is_mask(args[1]))
        if any(True for _ in tensors_in((result,))):
            self.trace.steps.append(step)
            self._note_takers((*args, *options.values()))
            self._made_by(step, result)
        return result

    def module_begins(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """Note that a module is called."""
        name = self._names.get(id(module), f"nn.{type(module).__name__}(…)")
        step = Step(name, module, args, {}, self._source_of(args), self._inside())
        self.trace.used.add(id(module))
        if not (self._open and self._open[-1].is_layer):
            self.trace.steps.append(step)
            self._note_takers(args)
            if getattr(module, "inplace", False) is True:
                step.place = users_caller()
                self.trace.in_place.append(step)
        self._open.append(step)

    def module_ends(self, module: nn.Module, args: tuple[Any, ...], result: Any) -> None:
        """Note what a module returns."""
        while self._open:  # those above it raised an error that was caught
            step = self._open.pop()
            if step.module is module:
                step.inner = self._source_of((result,))
                self._made_by(step, result)
                break

    def fail(self, error: Exception) -> None:
        """Note where the forward pass ended."""
        self.trace.error = error
        self.trace.open = list(self._open)
        if self._failure is not None and self._failure[1] is error:
            self.trace.failed_function = self._failure[0]

    def finish(self) -> Trace:
        """Return what was seen."""
        self.trace.maker_of_output = self._source_of((self.trace.output,))
        return self.trace

    def _inside(self) -> Step | None:
        return self._open[-1] if self._open else None

    def _made_by(self, step: Step, result: Any) -> None:
        step.result = result  # kept, so that no other tensor gets its id
        # A recurrent layer returns its state behind its output.
        output = next(iter(tensors_in((result,))), None) if self._copies else None
        if output is not None:
            self._copying = True
            step.kept = output.detach().clone()
            self._copying = False
        self._makers.update((id(tensor), step) for tensor in tensors_in((result,)))

    def _note_takers(self, values: Iterable[Any]) -> None:
        self.trace.takers.update(self._makers[id(one)] for one in tensors_in(values) if id(one) in self._makers)

    def _source_of(self, values: Iterable[Any]) -> Step | None:
        # Parameters come first in no function of torch, constants may.
        return next((self._makers[id(one)] for one in tensors_in(values) if id(one) in self._makers), None)


def hidden_modules(network: nn.Module) -> dict[int, str]:
    """Return by ``id`` the modules that lie in plain lists, tuples and dictionaries, where torch does not see them."""
    found = {}
    for prefix, module in network.named_modules():
        for key, value in vars(module).items():
            if not key.startswith("_"):
                for place, hidden in _in_plain(value, f"{prefix}.{key}".strip(".")):
                    for name, one in hidden.named_modules():
                        found[id(one)] = f"{place}.{name}" if name else place
    return found


def _in_plain(value: Any, place: str) -> Iterator[tuple[str, nn.Module]]:
    entries: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, (list, tuple)):
        entries = enumerate(value)
    elif isinstance(value, dict):
        entries = value.items()
    for key, entry in entries:
        if isinstance(entry, nn.Module):
            yield f"{place}[{key!r}]", entry
        else:
            yield from _in_plain(entry, f"{place}[{key!r}]")


def written_names(network: nn.Module) -> Iterator[tuple[int, str]]:
    """Yield every module's ``id`` and its name as Python writes it: ``layers[0].conv``."""
    yield from hidden_modules(network).items()
    for name, module in network.named_modules():
        first, *rest = name.split(".")
        written = f"network[{first}]" if first.isdigit() else first
        for part in rest:
            written += f"[{part}]" if part.isdigit() else f".{part}"
        yield id(module), written or type(network).__name__


def tensors_in(values: Iterable[Any]) -> Iterator[Tensor]:
    """Yield the tensors among values, and in the lists, tuples and dictionaries among them."""
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from tensors_in(value)
        elif isinstance(value, dict):
            yield from tensors_in(value.values())


def _name_of(func: Callable[..., Any]) -> str:
    if func.__name__ == "__get__":  # a property, such as Tensor.T
        return str(getattr(func, "__self__").__name__)  # noqa: B009 - mypy does not know it
    return func.__name__


def _is_in_place(name: str, options: dict[str, Any]) -> bool:
    """Say whether a function changes its first argument: ``x += 1``, ``x[0] = 1``, ``x.mul_(2)``, ``inplace=True``."""
    if name.startswith("__"):
        return name == "__setitem__"
    return options.get("inplace") is True or (name.endswith("_") and name != "requires_grad_")


def _is_mask(index: Any) -> bool:
    return any(one.dtype == torch.bool for one in tensors_in((index,)))
