"""Which layers of PyTorch the page knows, and what each of them does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn

from mnist_lab.page.function_recipes import (
    ACTIVATIONS,
    average_pool,
    batch_norm,
    convolution,
    group_norm,
    layer_norm,
    linear,
    max_pool,
    prelu,
    reshape,
    same,
    softmax,
)
from mnist_lab.page.program import Recipe, UnknownOperationError


def _convolution_layer(layer: Any, x: Tensor, dims: int) -> Recipe:
    if layer.padding_mode != "zeros":
        raise UnknownOperationError
    settings = (layer.stride, layer.padding, layer.dilation, layer.groups)
    return convolution(dims)(x, layer.weight, layer.bias, *settings)


def _max_pool_layer(layer: Any, x: Tensor, dims: int) -> Recipe:
    return max_pool(dims)(x, layer.kernel_size, layer.stride, layer.padding, layer.dilation)


def _average_pool_layer(layer: Any, x: Tensor, dims: int) -> Recipe:
    count, divisor = layer.count_include_pad, getattr(layer, "divisor_override", None)
    return average_pool(dims)(x, layer.kernel_size, layer.stride, layer.padding, False, count, divisor)


def _batch_norm_layer(layer: Any, x: Tensor) -> Recipe:
    return batch_norm(x, layer.running_mean, layer.running_var, layer.weight, layer.bias, eps=layer.eps)


LAYERS: Mapping[type[nn.Module], Callable[[Any, Tensor], Recipe]] = {
    nn.Linear: lambda layer, x: linear(x, layer.weight, layer.bias),
    nn.Conv1d: lambda layer, x: _convolution_layer(layer, x, 1),
    nn.Conv2d: lambda layer, x: _convolution_layer(layer, x, 2),
    nn.MaxPool1d: lambda layer, x: _max_pool_layer(layer, x, 1),
    nn.MaxPool2d: lambda layer, x: _max_pool_layer(layer, x, 2),
    nn.AvgPool1d: lambda layer, x: _average_pool_layer(layer, x, 1),
    nn.AvgPool2d: lambda layer, x: _average_pool_layer(layer, x, 2),
    **dict.fromkeys((nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d), lambda _, x: Recipe("adaptive_max_pool", [x])),
    **dict.fromkeys((nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d), lambda _, x: Recipe("adaptive_avg_pool", [x])),
    **dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d), _batch_norm_layer),
    nn.LayerNorm: lambda layer, x: layer_norm(x, layer.normalized_shape, layer.weight, layer.bias, layer.eps),
    nn.GroupNorm: lambda layer, x: group_norm(x, layer.num_groups, layer.weight, layer.bias, layer.eps),
    nn.Flatten: lambda _, x: reshape(x),
    nn.Unflatten: lambda _, x: reshape(x),
    **dict.fromkeys((nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.AlphaDropout, nn.Identity), lambda _, x: same(x)),
    nn.Softmax: lambda layer, x: softmax("softmax")(x, layer.dim),
    nn.LogSoftmax: lambda layer, x: softmax("log_softmax")(x, layer.dim),
    nn.ReLU: lambda _, x: ACTIVATIONS["relu"](x),
    nn.ReLU6: lambda _, x: ACTIVATIONS["relu6"](x),
    nn.Hardtanh: lambda layer, x: ACTIVATIONS["hardtanh"](x, layer.min_val, layer.max_val),
    nn.LeakyReLU: lambda layer, x: ACTIVATIONS["leaky_relu"](x, layer.negative_slope),
    nn.PReLU: lambda layer, x: prelu(x, layer.weight),
    nn.ELU: lambda layer, x: ACTIVATIONS["elu"](x, layer.alpha),
    nn.SELU: lambda _, x: ACTIVATIONS["selu"](x),
    nn.GELU: lambda layer, x: ACTIVATIONS["gelu"](x, layer.approximate),
    nn.SiLU: lambda _, x: ACTIVATIONS["silu"](x),
    nn.Mish: lambda _, x: ACTIVATIONS["mish"](x),
    nn.Softplus: lambda layer, x: ACTIVATIONS["softplus"](x, float(layer.beta), float(layer.threshold)),
    nn.Softsign: lambda _, x: ACTIVATIONS["softsign"](x),
    nn.Hardsigmoid: lambda _, x: ACTIVATIONS["hardsigmoid"](x),
    nn.Hardswish: lambda _, x: ACTIVATIONS["hardswish"](x),
    nn.Sigmoid: lambda _, x: ACTIVATIONS["sigmoid"](x),
    nn.Tanh: lambda _, x: ACTIVATIONS["tanh"](x),
}
