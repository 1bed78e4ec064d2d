"""A layer that fails since another shape arrives than it takes: one line that says why, and what to write."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from mnist_lab.language import say
from mnist_lab.models.forward_trace import SAMPLES, Step, Trace
from mnist_lab.models.layer_texts import BATCH_NORMS, CONVOLUTIONS, RNNS, layer_text, written, written_convolution
from mnist_lab.models.shape_formulas import FLATTENING, flattens, product, sides, window_of


def layer_failure(trace: Trace, step: Step) -> str | None:
    """Return the line for a layer that failed; None where what arrives is not to blame, as far as it can be told."""
    return value_failure(trace, step) or batch_lost(trace, step.source) or _wrong_shape(trace, step)


def value_failure(trace: Trace, step: Step) -> str | None:
    """Return the line for a call that was given something else than a tensor, else None."""
    value = step.arguments[0] if step.arguments else None
    if isinstance(value, nn.Module):
        return module_in_place_of_values(value)
    if isinstance(value, tuple):
        maker = next((one for one in reversed(trace.steps) if one.result is value), None)
        return say(
            "{layer} is given {count} things at once, {maker} returns them as a tuple; take the one that goes on: "
            "x, _ = {maker}(x).",
            "{layer} に {count} 個の値の組（タプル）が渡されています。{maker} がタプルを返すためです。"
            "x, _ = {maker}(x) のように、続きに使う値だけを取り出してください。",
            layer=step.name,
            count=len(value),
            maker="self." + maker.name if maker is not None and maker.module is not None else "…",
        )
    if value is None and step.arguments:
        silent = [one for one in trace.steps if one.module is not None and one.result is None and one not in trace.open]
        if silent:
            return say(
                "{layer} is given nothing (None): forward of {maker} has no return at its end.",
                "{layer} に None が渡されています。{maker} の forward の最後に return がありません。",
                layer=step.name,
                maker=type(silent[-1].module).__name__,
            )
        return say(
            "{layer} is given nothing (None) in place of values.",
            "{layer} に、値の代わりに None が渡されています。",
            layer=step.name,
        )
    return None


def module_in_place_of_values(module: nn.Module) -> str:
    """Return the line for a layer where values belong."""
    return say(
        "nn.{kind}(x) makes a layer and does not use it; write nn.{kind}()(x), or make it in __init__.",
        "nn.{kind}(x) は層を作るだけで、x に使いません。nn.{kind}()(x) と書くか、__init__ で作ってください。",
        kind=type(module).__name__,
    )


def batch_lost(trace: Trace, step: Step | None) -> str | None:
    """Return the line for the call, on the way to a step, that turned the batch into something else; else None."""
    found = None
    for maker in trace.makers(step):
        before, after = maker.arrives, maker.result
        if (
            before is not None
            and isinstance(after, Tensor)
            and (maker.name in FLATTENING or isinstance(maker.module, nn.Flatten))
            and before.shape[:1] == (SAMPLES,)
            and after.shape[:1] != (SAMPLES,)
        ):
            found = maker, before, after
    if found is None:
        return None
    maker, before, after = found
    return say(
        "{name} mixes the samples of a batch: from {count} of {before} it makes {after}; write torch.flatten(x, 1), "
        "which keeps each apart: {size} values.",
        "{name} がバッチ内のサンプルを混ぜています：{before} の {count} 個から {after} を作ります。"
        "サンプルごとに 1 列にする torch.flatten(x, 1) を使ってください（値は {size} 個になります）。",
        name=maker.name,
        count=SAMPLES,
        before=sides(before.shape[1:]),
        after=sides(after.shape),
        size=product(before.shape[1:]),
    )


def _wrong_shape(trace: Trace, step: Step) -> str | None:
    value = step.arrives
    if value is None:
        return None
    kinds: list[tuple[type | tuple[type, ...], Callable[[Trace, Step, Tensor], str | None]]] = [
        (nn.Linear, _linear),
        (CONVOLUTIONS, _convolution),
        (BATCH_NORMS, _batch_norm),
        (RNNS, _rnn),
    ]
    for kind, explain in kinds:
        if isinstance(step.module, kind) and (line := explain(trace, step, value)):
            return line
    return too_small(trace, step)


def _linear(trace: Trace, step: Step, value: Tensor) -> str | None:
    module = step.module
    assert isinstance(module, nn.Linear)
    shape = value.shape[1:]
    if value.ndim < 2 or shape[-1] == module.in_features:
        return None
    size = math.prod(shape)
    if len(shape) > 1 and (size == module.in_features or len(shape) > 2):
        return say(
            "{layer} is {text}, but {sides} arrives: a Flatten is missing before it; write torch.flatten(x, 1), which "
            "makes {product}{change}.",
            "{layer} は {text} ですが、{sides} が届いています。その前に Flatten がありません。torch.flatten(x, 1) で "
            "{product} にしてください{change}。",
            layer=step.name,
            text=layer_text(module),
            sides=sides(shape),
            product=product(shape),
            change=""
            if size == module.in_features
            else say(", and {layer}", "。層は {layer} とします", layer=written(module, size, module.out_features)),
        )
    return say(
        "{layer} is {text}, but {arriving} values arrive: {origin}; write {layer_written}.",
        "{layer} は {text} ですが、届く値は {arriving} 個です：{origin}。{layer_written} と書いてください。",
        layer=step.name,
        text=layer_text(module),
        arriving=shape[-1],
        origin=_origin(trace, step),
        layer_written=written(module, shape[-1], module.out_features),
    )


def _origin(trace: Trace, step: Step) -> str:
    """Say what made the values that arrive: ``after Flatten there are 1×28×28 = 784``."""
    values = step.arrives
    assert values is not None
    for maker in trace.makers(step.source):
        before = maker.arrives
        if flattens(maker) and before is not None:
            return say(
                "after {flatten} there are {product}",
                "{flatten} の後は {product} 個です",
                flatten="Flatten" if isinstance(maker.module, nn.Flatten) else maker.name,
                product=product(before.shape[1:]),
            )
        if maker.module is not None and maker.is_layer and (before is None or before.shape != values.shape):
            return say(
                "{maker} before it, {text}, gives {count}",
                "前の {maker}（{text}）の出力が {count} 個です",
                maker=maker.name,
                text=layer_text(maker.module),
                count=values.shape[-1],
            )
    return say("the data have {sides}", "データの形は {sides} です", sides=sides(values.shape[1:]))


def _convolution(trace: Trace, step: Step, value: Tensor) -> str | None:
    module = step.module
    assert isinstance(module, CONVOLUTIONS)
    wanted = len(module.kernel_size) + 2
    if value.ndim < wanted:
        flat = next((maker for maker in trace.makers(step.source) if flattens(maker)), None)
        return say(
            "{layer} is {text} and takes {wanted}, but {sides} arrives for each sample: {remedy}.",
            "{layer} は {text} で、{wanted} の入力が必要ですが、サンプルごとに {sides} が届いています。{remedy}。",
            layer=step.name,
            text=layer_text(module),
            wanted={3: "channels×length", 4: "channels×height×width", 5: "channels×depth×height×width"}[wanted],
            sides=sides(value.shape[1:]),
            remedy=say("put it before {flat}", "{flat} より前に置いてください", flat=flat.name)
            if flat is not None
            else say(
                "give it the channel it lacks by x.unsqueeze(1)", "x.unsqueeze(1) でチャンネルの次元を加えてください"
            ),
        )
    if value.ndim == wanted and value.shape[1] != module.in_channels:
        maker = next((one for one in trace.makers(step.source) if one.is_layer and _arriving(one) != value.shape), None)
        return say(
            "{layer} is {text}, but {sides} arrives (channels: {count}): {origin}; write {layer_written}.",
            "{layer} は {text} ですが、{sides}（チャンネル数 {count}）が届いています：{origin}。{layer_written} "
            "と書いてください。",
            layer=step.name,
            text=layer_text(module),
            count=value.shape[1],
            sides=sides(value.shape[1:]),
            origin=say("so are the data", "データがその形です")
            if maker is None
            else say("it comes from {maker}", "{maker} の出力です", maker=maker.name),
            layer_written=written_convolution(module, value.shape[1]),
        )
    return None


def _arriving(step: Step) -> torch.Size | None:
    return None if step.arrives is None else step.arrives.shape


def _batch_norm(_trace: Trace, step: Step, value: Tensor) -> str | None:
    module = step.module
    assert isinstance(module, BATCH_NORMS)
    allowed = {nn.BatchNorm1d: (2, 3), nn.BatchNorm2d: (4,), nn.BatchNorm3d: (5,)}
    fits = next(ranks for kind, ranks in allowed.items() if isinstance(module, kind))
    kind = type(module).__name__
    if value.ndim not in fits:
        kind = "BatchNorm1d" if value.ndim < 4 else f"BatchNorm{value.ndim - 2}d"
    elif value.shape[1] == module.num_features:
        return None
    return say(
        "{layer} is {text}, but {sides} arrives for each sample; write {kind}({count}).",
        "{layer} は {text} ですが、サンプルごとに {sides} が届いています。{kind}({count}) と書いてください。",
        layer=step.name,
        text=layer_text(module),
        sides=sides(value.shape[1:]),
        kind=kind,
        count=value.shape[1],
    )


def _rnn(_trace: Trace, step: Step, value: Tensor) -> str | None:
    module = step.module
    assert isinstance(module, RNNS)
    if value.ndim > 3:
        return say(
            "{layer} is {text} and takes a sequence, steps×values, but {sides} arrives; of a picture in grey its rows "
            "are the steps: x.squeeze(1).",
            "{layer} は {text} で、ステップ×値の系列が必要ですが、{sides} が届いています。白黒画像なら x.squeeze(1) "
            "として、各行を 1 ステップにしてください。",
            layer=step.name,
            text=layer_text(module),
            sides=sides(value.shape[1:]),
        )
    if value.shape[-1] == module.input_size:
        return None
    return say(
        "{layer} is {text}, but each step has {count} values ({sides} arrives); write {layer_written}.",
        "{layer} は {text} ですが、1 ステップの値は {count} 個です（{sides} が届きます）。{layer_written} "
        "と書いてください。",
        layer=step.name,
        text=layer_text(module),
        count=value.shape[-1],
        sides=sides(value.shape[1:]),
        layer_written=f"{type(module).__name__}({value.shape[-1]}, {module.hidden_size}, …)",
    )


def too_small(trace: Trace, step: Step) -> str | None:
    """Return the line for a call, layer or function, whose kernel is larger than what is left of the picture."""
    window, value = window_of(step), step.arrives
    if window is None or value is None or value.ndim <= len(window["kernel"]):
        return None
    left = value.shape[-len(window["kernel"]) :]
    spans = [dilation * (kernel - 1) + 1 for kernel, dilation in zip(window["kernel"], window["dilation"], strict=True)]
    padded = [side + 2 * padding for side, padding in zip(left, window["padding"], strict=True)]
    if all(span <= side for span, side in zip(spans, padded, strict=True)):
        return None
    return say(
        "{layer} looks at {kernel} pixels, but only {left} are left{history}; use a smaller kernel, less pooling, "
        "padding or fewer layers before it.",
        "{layer} は {kernel} 画素を見ますが、残りは {left} 画素しかありません{history}。カーネルやプーリングを小さく"
        "する、padding を付ける、前の層を減らす、のいずれかにしてください。",
        layer=step.name,
        kernel=sides(spans),
        left=sides(left),
        history=_history(trace, step),
    )


def _history(trace: Trace, step: Step) -> str:
    """Return how the last side has shrunk: `` (28 → 26 → 13)``."""
    lengths = [value.shape[-1] for value in (trace.inputs, step.arrives) if value is not None]
    between = [maker.result.shape[-1] for maker in trace.makers(step.source) if isinstance(maker.result, torch.Tensor)]
    way = [lengths[0], *reversed(between)]
    shrinking = [side for place, side in enumerate(way) if place == 0 or way[place - 1] != side]
    return f" ({' → '.join(map(str, shrinking))})" if len(shrinking) > 1 else ""
