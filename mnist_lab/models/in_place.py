"""Values that ``forward`` changes in place: which call does it, what that breaks, and what to write."""

from __future__ import annotations

import re

from torch import nn

from mnist_lab.errors import first_line
from mnist_lab.language import say
from mnist_lab.models.forward_trace import Step, Trace
from mnist_lab.models.users_code import at_place, place_of_forward, users_line

# ``h += 1`` reaches torch as ``h.add_(1)``.
_OPERATORS = {"add_": "+", "sub_": "-", "mul_": "*", "div_": "/", "pow_": "**"}
_MODIFIED = re.compile(r"modified by an inplace operation: \[\S+ \[([\d, ]*)\]\](?:, which is output \d+ of (\w+))?")


def no_way_back(trace: Trace, error: Exception) -> str:
    """Return the line for a backward pass that fails, with file and line of what has to be changed."""
    found = _MODIFIED.search(str(error))
    if found is None:
        line = say(
            "The gradients cannot be computed: {reason}.",
            "勾配を計算できません：{reason}。",
            reason=first_line(error).rstrip("."),
        )
        return at_place(users_line(error) or place_of_forward(trace.network), line)
    # Another view of the same memory may have been changed, of another shape.
    suspects = [step for step in trace.in_place if _sides(step) == found[1]] or trace.in_place
    guilty = suspects[0] if len(suspects) == 1 else None
    maker = (found[2] or "").removesuffix("Backward0").lower()
    line = say(
        "A value{maker} is changed in place, but the gradients are computed from what it was; write {remedy}.",
        "値{maker}がその場で書き換えられていますが、勾配の計算には元の値が必要です。{remedy} と書いてください。",
        maker=say(" that {name} made", "（{name} の結果）", name=maker) if maker else "",
        remedy=_remedy(guilty, "x" if guilty is not None and guilty is trace.changed_input else "h"),
    )
    return at_place((guilty.place if guilty else None) or place_of_forward(trace.network), line)


def changed_input(network: nn.Module, step: Step) -> str:
    """Return the line for a call that changes the network's input."""
    line = say(
        "forward changes its input in place; write {remedy}.",
        "forward が入力をその場で書き換えています。{remedy} と書いてください。",
        remedy=_remedy(step, "x"),
    )
    return at_place(step.place or place_of_forward(network), line)


def _remedy(step: Step | None, name: str) -> str:
    """Return what makes something new."""
    if step is None:
        return say("{name} = {name} + 1, not {name} += 1", "{name} += 1 ではなく {name} = {name} + 1", name=name)
    if step.module is not None:
        return f"nn.{type(step.module).__name__}()"
    if operator := _OPERATORS.get(step.name):
        value = step.arguments[1] if len(step.arguments) > 1 else None
        shown = f"{value}" if isinstance(value, (int, float)) else "…"
        return f"{name} = {name} {operator} {shown}"
    if step.name == "__setitem__":
        return f"{name} = {name}.clone()" + say(" before it", "（その前の行に）")
    if step.name.endswith("_"):
        return f"{name} = {name}.{step.name.removesuffix('_')}(…)"
    return f"{name} = F.{step.name}({name})"


def _sides(step: Step) -> str | None:
    return None if step.arrives is None else ", ".join(str(side) for side in step.arrives.shape)
