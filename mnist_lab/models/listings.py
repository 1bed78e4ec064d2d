"""Where torchinfo's table and ``print(model)`` differ, and what stands in neither: a sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import nn

from mnist_lab.language import say
from mnist_lab.models.forward_check import sample_batch
from mnist_lab.models.forward_trace import Step, trace_forward
from mnist_lab.models.shape_formulas import COUNTERPARTS, flattens, shape_formula

_SHOWN = 6


def listing_notes(network: nn.Module, input_shape: Sequence[int]) -> list[str]:
    """Return how the table of layers differs from ``print(model)``, a line each.

    Args:
        network: One that ``check_forward`` takes.
        input_shape: Shape of one sample.
    """
    steps = trace_forward(network, sample_batch(network, input_shape)).steps
    names = {id(module): name for name, module in network.named_modules()}
    functions = [step for step in steps if _has_no_row(step, names)]
    rows = [step for step in steps if step.module is not None and names.get(id(step.module))]
    notes = [*_without_row(functions), *_called_again(rows), *_counted_without_row(network, rows)]
    if not notes:
        notes.append(
            say("print(model) lists the same layers as the table.", "print(model) と表には、同じ層が並んでいます。")
        )
    if _in_another_order(rows, names):
        notes.append(
            say(
                "The table is in the order of the calls in forward, print(model) in that of __init__.",
                "表は forward で呼ばれる順、print(model) は __init__ で作られる順です。",
            )
        )
    return notes


def _has_no_row(step: Step, names: dict[int, str]) -> bool:
    if step.module is None:
        return step.name in COUNTERPARTS or flattens(step)
    return id(step.module) not in names


def _without_row(functions: Sequence[Step]) -> Iterator[str]:
    """Say what is called, but stands in neither list."""
    for name in dict.fromkeys(step.name for step in functions):
        steps = [step for step in functions if step.name == name]
        formulas = dict.fromkeys(filter(None, map(shape_formula, steps)))
        formula = say(" ({formulas})", "（{formulas}）", formulas="; ".join(formulas)) if formulas else ""
        if steps[0].module is None:
            yield say(
                "{name} is called as a function, {times}{formula}: no row in either.",
                "{name} は関数として {times}呼ばれています{formula}。どちらの一覧にも出ません。",
                name=name,
                times=_times(len(steps)),
                formula=formula,
            )
        else:
            yield say(
                "{name} is made and called in forward, {times}{formula}: no row in either.",
                "{name} は forward の中で作られ、{times}呼ばれています{formula}。どちらの一覧にも出ません。",
                name=name,
                times=_times(len(steps)),
                formula=formula,
            )


def _called_again(rows: Sequence[Step]) -> Iterator[str]:
    """Say which layers the table lists several times, print(model) once."""
    for name in dict.fromkeys(step.name for step in rows):
        count = sum(step.name == name for step in rows)
        if count > 1:
            yield say(
                "{name} is called {times}: {count} rows in the table, one line in print(model).",
                "{name} は {times}呼ばれます。表では {count} 行、print(model) では 1 行です。",
                name=name,
                times=_times(count),
                count=count,
            )


def _counted_without_row(network: nn.Module, rows: Sequence[Step]) -> Iterator[str]:
    """Say which parameters the total counts and no row does: the network's own, and those of layers never called."""
    called = {id(step.module) for step in rows}
    modules = dict(network.named_modules())
    left = {
        name: parameter
        for name, parameter in network.named_parameters()
        if id(modules[name.rpartition(".")[0]]) not in called
    }
    if left:
        shown = [f"{name} {'×'.join(map(str, value.shape)) or '1'}" for name, value in list(left.items())[:_SHOWN]]
        yield say(
            "Parameters that the total counts and no row does: {count:,} ({names}).",
            "合計には含まれ、表の行には出ないパラメータ：{count:,} 個（{names}）。",
            count=sum(parameter.numel() for parameter in left.values()),
            names=", ".join([*shown, *(["…"] if len(left) > _SHOWN else [])]),
        )


def _times(count: int) -> str:
    return say("once", "1 回") if count == 1 else say("{count} times", "{count} 回", count=count)


def _in_another_order(rows: Sequence[Step], names: dict[int, str]) -> bool:
    first_calls = list(dict.fromkeys(id(step.module) for step in rows))
    return first_calls != [module for module in names if module in set(first_calls)]
