"""What a network that runs does in vain or to its harm, in one line each; only what is certain."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import get_args

from torch import Tensor, nn

from mnist_lab.language import say
from mnist_lab.models.forward_check import sample_batch
from mnist_lab.models.forward_trace import Step, Trace, trace_forward
from mnist_lab.models.in_place import changed_input
from mnist_lab.models.losses import LossName
from mnist_lab.models.mixed_samples import mixed_samples
from mnist_lab.models.shape_formulas import COUNTERPARTS
from mnist_lab.models.unused_layers import frozen_layers, layers_without_gradient, unused_layers
from mnist_lab.models.users_code import at_place, place_of_forward

_CONTAINS_SOFTMAX = ("CrossEntropyLoss", "MSELoss")
_RESHAPING = {"flatten", "view", "reshape", "squeeze", "unsqueeze"}
_NEVER_TWICE = {"ReLU", "ReLU6", "Softmax", "Dropout"}


def hints(network: nn.Module, input_shape: Sequence[int], loss: str = "CrossEntropyLoss") -> list[str]:
    """Return what is pointed out about a network, a line each; empty for a sensible one.

    Args:
        network: One that ``check_forward`` takes; it is as it was afterwards.
        input_shape: Shape of one sample.
        loss: The loss it is trained with, by its name in ``torch.nn``.
    """
    batch = sample_batch(network, input_shape)
    trace = trace_forward(network, batch, gradients=True)
    if not isinstance(trace.output, Tensor):
        return []  # that is check_forward's to say
    found = [*_at_the_end(trace, loss), *_in_a_row(trace), *_dropout_that_stays(trace), *mixed_samples(trace)]
    training = trace_forward(network, batch, training=True, gradients=True)
    if not bool(trace.output.isfinite().all()):
        found.insert(0, _no_numbers(network))
    if (changed := trace.changed_input or training.changed_input) is not None:
        found.insert(0, changed_input(network, changed))
    # What is looked at can decide what is called: with these two samples one layer, with others another.
    if training.error is None and training.backward_error is None and not (trace.reads_values or training.reads_values):
        found += unused_layers(network, [trace, training])
        found += layers_without_gradient(network, [trace, training])
    return [*found, *frozen_layers(network)]


def kind_of(step: Step) -> str:
    """Return the class of the layer that is called, or of the layer that does what the function does; else empty."""
    if step.module is None:
        return COUNTERPARTS.get(step.name, "")
    # A layer that is built on one of torch's counts as that.
    kinds = [kind.__name__ for kind in type(step.module).__mro__ if kind.__module__.startswith("torch.nn.modules.")]
    return kinds[0] if step.is_layer and kinds else ""


def _no_numbers(network: nn.Module) -> str:
    line = say(
        "forward returns nan or infinity for two samples of noise (0 to 1), before anything is learned: the loss will "
        "be nan as well; look for a log, a root, a division or an exp in it.",
        "学習前の重みで、ノイズ（0〜1）の 2 サンプルに対する forward の出力が nan か無限大になっています。損失も nan に"
        "なります。log、平方根、割り算、exp を確かめてください。",
    )
    return at_place(place_of_forward(network), line)


def _at_the_end(trace: Trace, loss: str) -> Iterator[str]:
    """Say what stands between the last layer and the loss and does not belong there."""
    way = (
        step
        for step in trace.makers(trace.maker_of_output)
        if kind_of(step) != "Flatten" and (step.module is not None or step.name not in _RESHAPING)
    )
    last = next(way, None)
    if last is None:
        return
    kind = kind_of(last)
    least = _least_loss(kind, trace.output.shape[-1])
    if kind == "Softmax" and loss in _CONTAINS_SOFTMAX:
        yield say(
            "{layer} at the end: {loss} contains a softmax, so it is computed twice; it runs, but learns more slowly"
            "{least}. Leave it out.",
            "最後の {layer}：{loss} に softmax が含まれるため、2 回計算しています。動作はしますが、学習が遅くなります"
            "{least}。取り除いてください。",
            layer=last.name,
            loss=loss,
            least=_limit(least, loss),
        )
    elif kind == "LogSoftmax" and loss in _CONTAINS_SOFTMAX:
        yield say(
            "{layer} at the end: {loss} computes it itself; the result is the same, the work is done twice. Leave it "
            "out.",
            "最後の {layer}：{loss} の中でも計算されます。結果は同じで、計算が無駄になります。取り除いてください。",
            layer=last.name,
            loss=loss,
        )
    elif kind == "Sigmoid" and loss == "BCEWithLogitsLoss":
        yield say(
            "{layer} at the end: {loss} contains a sigmoid, so it is computed twice; it runs, but learns more slowly. "
            "Leave it out.",
            "最後の {layer}：{loss} に sigmoid が含まれるため、2 回計算しています。動作はしますが、学習が遅くなります。"
            "取り除いてください。",
            layer=last.name,
            loss=loss,
        )
    elif kind in ("Sigmoid", "Tanh", "ReLU", "ReLU6") and loss in get_args(LossName):
        yield say(
            "{layer} at the end cuts down what the last layer says before {loss} sees it{least}. Leave it out.",
            "最後の {layer} が、{loss} に渡る前の出力の範囲を狭めています{least}。取り除いてください。",
            layer=last.name,
            loss=loss,
            least=_limit(least, loss),
        )
    elif kind == "Dropout":
        yield say(
            "{layer} at the end drops answers themselves while training. Put it before the last Linear.",
            "最後の {layer} は、学習中に答えそのものを落とします。最後の Linear の前に置いてください。",
            layer=last.name,
        )


def _least_loss(kind: str, classes: int) -> float | None:
    """Return the lowest cross-entropy that outputs within bounds can reach: the right class highest, the others lowest.

    With outputs from a to b it is ln(1 + (C − 1)·e^(a − b)).
    """
    reach = {"Softmax": 1.0, "Sigmoid": 1.0, "Tanh": 2.0, "ReLU6": 6.0}.get(kind)
    return None if reach is None else math.log(1 + (classes - 1) * math.exp(-reach))


def _limit(least: float | None, loss: str) -> str:
    if least is None or loss != "CrossEntropyLoss":
        return ""
    return say(
        ", and the loss cannot fall below {least:.2f}", "（損失は {least:.2f} より小さくなれません）", least=least
    )


def _in_a_row(trace: Trace) -> Iterator[str]:
    """Say which calls that follow each other could be one."""
    for step in trace.steps:
        before = step.source
        if before is not None and not before.is_layer and before.module is not None:
            before = next(trace.makers(before), None)
        if before is None or step.arrives is None:
            continue
        kind = kind_of(step)
        if kind and kind == kind_of(before) and kind in _NEVER_TWICE:
            yield say(
                "{second} comes right behind {first}: {kind} twice in a row. Leave one out.",
                "{first} のすぐ後に {second} があります（{kind} が 2 回続いています）。1 つ取り除いてください。",
                first=before.name,
                second=step.name,
                kind=kind,
            )
        first, second = before.module, step.module
        if (
            isinstance(first, nn.Linear)
            and isinstance(second, nn.Linear)
            and trace.takers[before] == 1
            # With fewer nodes between than on both sides, two are another function than one, and may be meant.
            and first.out_features >= min(first.in_features, second.out_features)
        ):
            yield say(
                "{second} comes right behind {first}, no activation between them: together they can do no more than "
                "one Linear({inputs}, {outputs}).",
                "{first} と {second} の間に活性化関数がありません。2 つ合わせても 1 つの Linear({inputs}, {outputs}) と"
                "同じことしかできません。",
                first=before.name,
                second=step.name,
                inputs=first.in_features,
                outputs=second.out_features,
            )


def _dropout_that_stays(trace: Trace) -> Iterator[str]:
    """Say where values are dropped although the network is being judged, not trained."""
    for step in trace.steps:
        given = dict(zip(("input", "p", "training"), step.arguments, strict=False)) | step.options
        if (
            step.module is None
            and step.name.startswith("dropout")
            and given.get("training", True)
            and given.get("p", 1)
        ):
            yield say(
                "{function} drops values while the network is judged as well; write "
                "F.{function}(x, training=self.training).",
                "{function} が評価のときにも値を落としています。F.{function}(x, training=self.training) と書いてくださ"
                "い。",
                function=step.name,
            )
            return
