"""Why a forward pass failed, in one line: a shape, a function, or the user's own error."""

from __future__ import annotations

import inspect

from torch import Tensor, nn

from mnist_lab.errors import first_line, nearest
from mnist_lab.language import say
from mnist_lab.models.forward_trace import SAMPLES, Step, Trace, is_layer
from mnist_lab.models.layer_texts import layer_text
from mnist_lab.models.shape_errors import batch_lost, layer_failure, too_small, value_failure
from mnist_lab.models.shape_formulas import product, sides
from mnist_lab.models.users_code import at_place, place_of_forward, users_line

_USUAL_NAMES = {"F": "import torch.nn.functional as F", "nn": "from torch import nn", "torch": "import torch"}


def explained(trace: Trace, error: Exception) -> str:
    """Return the line that says why a traced forward pass failed, with file and line where it did."""
    place = users_line(error)
    innermost = trace.open[-1] if trace.open else None
    layer = next((step for step in trace.open if step.is_layer), None)
    function = trace.failed_function
    line = None
    if innermost is not None and innermost.module is not None and isinstance(error, NotImplementedError):
        line = no_forward(innermost.module) if type(innermost.module).forward is nn.Module.forward else None
    elif layer is not None:
        line = layer_failure(trace, layer)
    elif function is not None:
        line = _function_failure(trace, function)
    elif isinstance(error, TypeError) and innermost is not None and innermost.module is not None:
        line = _wrong_signature(innermost.module)
    if line is not None:
        return at_place(place or place_of_forward(trace.network), line)
    if layer is not None and layer.module is not None:
        return own_error(error, f"{layer.name} ({layer_text(layer.module)})")
    return own_error(error, type(error).__name__)


def _function_failure(trace: Trace, step: Step) -> str | None:
    """Return the line for a function that cannot take what it was given."""
    line = value_failure(trace, step) or batch_lost(trace, step.source) or too_small(trace, step)
    if line is not None:
        return line
    value = step.arrives
    if value is not None and step.name in ("view", "reshape") and value.shape[:1] == (SAMPLES,):
        return _unfit_view(step, value)
    shapes = [sides(one.shape[1:]) for one in _given(step) if one.ndim > 1]
    if len(set(shapes)) < 2:
        return None
    return say(
        "{function} is given shapes that do not go together: {shapes} (without the batch).",
        "{function} に渡された形が合いません：{shapes}（バッチを除く）。",
        function=step.name,
        shapes=say(" and ", "、").join(shapes),
    )


def _given(step: Step) -> list[Tensor]:
    flat: list[Tensor] = []
    for value in (*step.arguments, *step.options.values()):
        flat += [one for one in (value if isinstance(value, (list, tuple)) else [value]) if isinstance(one, Tensor)]
    return flat


def _unfit_view(step: Step, value: Tensor) -> str:
    wanted = step.arguments[1:]
    if step.name == "view" and not value.is_contiguous():
        return say(
            "view cannot take values whose order was changed by transpose or permute; write x.reshape(…) instead.",
            "transpose や permute で並べ替えた値に view は使えません。x.reshape(…) と書いてください。",
        )
    return say(
        "{name}({wanted}) does not fit: for each sample {product} values arrive; write torch.flatten(x, 1), and the "
        "Linear behind it takes {size}.",
        "{name}({wanted}) は合いません：届く値はサンプルごとに {product} 個です。torch.flatten(x, 1) と書き、"
        "その後の Linear の入力を {size} にしてください。",
        name=step.name,
        wanted=", ".join(map(str, wanted)),
        product=product(value.shape[1:]),
        size=value[0].numel(),
    )


def _wrong_signature(module: nn.Module) -> str | None:
    if is_layer(module):
        return None
    try:
        inspect.signature(module.forward).bind(None)
    except TypeError:
        return say(
            "forward of {kind} must take one input: def forward(self, x).",
            "{kind} の forward は入力を 1 つ受け取る必要があります：def forward(self, x)。",
            kind=type(module).__name__,
        )
    return None


def own_error(error: Exception, who: str) -> str:
    """Return the line for an error that no shape explains: its own words, and what is meant by a wrong name."""
    hint = ""
    if (
        isinstance(error, AttributeError)
        and isinstance(error.obj, nn.Module)
        and "_modules" in vars(error.obj)
        and error.name
    ):
        layers = [name for name, _ in error.obj.named_children()]
        hint = nearest(error.name, layers)
        if layers:
            hint += say(
                " Layers made in __init__: {layers}.", "__init__ で作られた層：{layers}。", layers=", ".join(layers)
            )
    elif isinstance(error, NameError) and error.name in _USUAL_NAMES:
        hint = say(" Write {line} at the top.", "先頭に {line} と書いてください。", line=_USUAL_NAMES[error.name])
    return at_place(
        users_line(error),
        say(
            "{who}: {reason}.{hint}",
            "{who}：{reason}。{hint}",
            who=who,
            reason=first_line(error).rstrip("."),
            hint=hint,
        ),
    )


def no_forward(module: nn.Module) -> str:
    """Return the line for a module that cannot be called."""
    if isinstance(module, (nn.ModuleList, nn.ModuleDict)):
        return say(
            "A {kind} cannot be called; call its layers one after another: for layer in self.layers: x = layer(x).",
            "{kind} は呼び出せません。for layer in self.layers: x = layer(x) のように、層を順に呼び出してください。",
            kind=type(module).__name__,
        )
    return say(
        "{kind} has no forward(self, x); look at its spelling and at its indentation: it stands as far in as __init__.",
        "{kind} に forward(self, x) がありません。つづりと字下げを確かめてください。__init__ と同じ深さに書きます。",
        kind=type(module).__name__,
    )
