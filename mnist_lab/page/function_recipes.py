"""Which functions of PyTorch the page knows, with the arguments that they have there, and what each of them does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from mnist_lab.page.program import Recipe, UnknownOperationError

Pair = int | Sequence[int]


def _two(value: Pair, otherwise: int) -> list[int]:
    """Return height and width; of a series, whose height is 1, what leaves the height alone."""
    sides = [value] if isinstance(value, int) else list(value)
    return [otherwise, sides[0]] if len(sides) == 1 else sides


def _sides(value: Pair, dims: int, otherwise: int) -> list[int]:
    return _two([value] * dims if isinstance(value, int) else value, otherwise)


def convolution(dims: int) -> Callable[..., Recipe]:
    """Return ``conv1d`` or ``conv2d``; a series is a picture of height 1."""

    def convolve(
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: Pair = 1,
        padding: Pair | str = 0,
        dilation: Pair = 1,
        groups: int = 1,
    ) -> Recipe:
        """Return the recipe with every setting as height and width; of the padding, what comes before the picture."""
        spread = _sides(dilation, dims, 1)
        kernel = _two(list(weight.shape[2:]), 1)
        if padding == "same":
            # Of an odd number of pixels, PyTorch adds the one more at the end.
            before = [step * (side - 1) // 2 for step, side in zip(spread, kernel, strict=True)]
        else:
            before = [0, 0] if isinstance(padding, str) else _sides(padding, dims, 0)
        settings = {"stride": _sides(stride, dims, 1), "padding": before, "dilation": spread, "groups": groups}
        shaped = weight.reshape(*weight.shape[:2], *kernel)
        return Recipe("conv", [input], settings, {"weight": shaped, "bias": bias})

    return convolve


def max_pool(dims: int) -> Callable[..., Recipe]:
    """Return ``max_pool1d`` or ``max_pool2d``."""

    def pool(
        input: Tensor,
        kernel_size: Pair,
        stride: Pair | None = None,
        padding: Pair = 0,
        dilation: Pair = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Recipe:
        """Return the recipe with every setting as height and width; ``ceil_mode`` shows in the shape that comes out."""
        settings = _pooling(kernel_size, stride, padding, dims) | {"dilation": _sides(dilation, dims, 1)}
        return Recipe("max_pool", [input], settings)

    return pool


def average_pool(dims: int) -> Callable[..., Recipe]:
    """Return ``avg_pool1d`` or ``avg_pool2d``."""

    def pool(
        input: Tensor,
        kernel_size: Pair,
        stride: Pair | None = None,
        padding: Pair = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> Recipe:
        """Return the recipe with every setting as height and width; a divisor of 0 stands for none."""
        settings = _pooling(kernel_size, stride, padding, dims)
        settings |= {"count_padding": count_include_pad, "divisor": divisor_override or 0}
        return Recipe("avg_pool", [input], settings)

    return pool


def _pooling(kernel: Pair, stride: Pair | None, padding: Pair, dims: int) -> dict[str, Any]:
    # No stride, or an empty one: that of the kernel.
    steps = kernel if stride is None or stride in ((), []) else stride
    return {
        "kernel": _sides(kernel, dims, 1),
        "stride": _sides(steps, dims, 1),
        "padding": _sides(padding, dims, 0),
    }


def _adaptive(kind: str) -> Callable[..., Recipe]:
    def adaptive(input: Tensor, output_size: Any, return_indices: bool = False) -> Recipe:
        """Return the recipe without settings: the sizes are read off the shapes in the trace."""
        return Recipe(kind, [input])

    return adaptive


def _activation(kind: str, **defaults: Any) -> Callable[..., Recipe]:
    """Return a function of one tensor, whose settings come by place or by name."""

    def activation(input: Tensor, *values: Any, **named: Any) -> Recipe:
        """Return the recipe; a setting that the page does not know makes the operation unknown."""
        named.pop("inplace", None)
        settings = defaults | dict(zip(defaults, values, strict=False)) | named
        if set(settings) != set(defaults):
            raise UnknownOperationError
        return Recipe(kind, [input], settings)

    return activation


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Recipe:
    """A fully connected layer over the last axis."""
    return Recipe("linear", [input], {}, {"weight": weight, "bias": bias})


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Recipe:
    """In evaluation a factor and a shift for each channel."""
    if training or running_mean is None or running_var is None:
        raise UnknownOperationError  # it looks at the whole batch
    scale = (running_var.double() + eps).rsqrt() * (1.0 if weight is None else weight.double())
    shift = -running_mean.double() * scale + (0.0 if bias is None else bias.double())
    return Recipe("affine", [input], {}, {"scale": scale.float(), "shift": shift.float()})


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Recipe:
    """Over the last axes."""
    count = 1
    for side in normalized_shape:
        count *= side
    return Recipe("layer_norm", [input], {"count": count, "eps": eps}, {"weight": weight, "bias": bias})


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Recipe:
    """Over groups of channels."""
    return Recipe("group_norm", [input], {"groups": num_groups, "eps": eps}, {"weight": weight, "bias": bias})


def softmax(kind: str) -> Callable[..., Recipe]:
    """Return ``softmax`` or ``log_softmax``."""

    def over(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Recipe:
        """Return the recipe with the axis counted within one sample; without one, with that of PyTorch."""
        if dim is None:
            dim = 0 if input.ndim in (0, 1, 3) else 1  # as PyTorch does, with a warning
        return Recipe(kind, [input], {"axis": _axis(dim, input)})

    return over


def _axis(dim: int, tensor: Tensor) -> int:
    """Return an axis of one sample."""
    axis = dim % tensor.ndim - 1
    if axis < 0:
        raise UnknownOperationError  # over the samples of a batch
    return axis


def _dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Recipe:
    if training:
        raise UnknownOperationError  # another network each time
    return Recipe("identity", [input])


def _binary(kind: str, *, reverse: bool = False) -> Callable[..., Recipe]:
    def binary(input: Any, other: Any, *, alpha: float = 1) -> Recipe:
        """Return the recipe with numbers as tensors; a factor ``alpha`` is unknown to the page."""
        if alpha != 1:
            raise UnknownOperationError
        sides = [value if isinstance(value, Tensor) else torch.tensor(float(value)) for value in (input, other)]
        return Recipe(kind, sides[::-1] if reverse else sides)

    return binary


def _cat(tensors: Sequence[Tensor], dim: int = 0) -> Recipe:
    return Recipe("cat", list(tensors), {"axis": _axis(dim, tensors[0])})


def _mean(kind: str) -> Callable[..., Recipe]:
    def mean(input: Tensor, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Recipe:
        """Return the recipe with the axes counted within one sample; a mean over the samples is unknown to the page."""
        if dim is None:
            raise UnknownOperationError
        dims = [dim] if isinstance(dim, int) else list(dim)
        return Recipe(kind, [input], {"axes": sorted(_axis(one, input) for one in dims)})

    return mean


def prelu(input: Tensor, weight: Tensor) -> Recipe:
    """A slope for each channel, or one for all."""
    return Recipe("prelu", [input], {}, {"weight": weight})


def same(input: Tensor, *_: Any, **__: Any) -> Recipe:
    """Return what was given, as in evaluation."""
    return Recipe("identity", [input])


def reshape(input: Tensor, *_: Any, **__: Any) -> Recipe:
    """The same numbers in another shape, which the trace knows."""
    return Recipe("reshape", [input])


ACTIVATIONS: Mapping[str, Callable[..., Recipe]] = {
    "relu": _activation("relu"),
    "relu6": _activation("clamp", min_val=0.0, max_val=6.0),
    "hardtanh": _activation("clamp", min_val=-1.0, max_val=1.0),
    "leaky_relu": _activation("leaky_relu", negative_slope=0.01),
    "elu": _activation("elu", alpha=1.0),
    "selu": _activation("selu"),
    "gelu": _activation("gelu", approximate="none"),
    "silu": _activation("silu"),
    "mish": _activation("mish"),
    "softplus": _activation("softplus", beta=1.0, threshold=20.0),
    "softsign": _activation("softsign"),
    "hardsigmoid": _activation("hardsigmoid"),
    "hardswish": _activation("hardswish"),
    "sigmoid": _activation("sigmoid"),
    "tanh": _activation("tanh"),
}
FUNCTIONS: Mapping[str, Callable[..., Recipe]] = {
    **ACTIVATIONS,
    **{f"conv{dims}d": convolution(dims) for dims in (1, 2)},
    **{f"max_pool{dims}d": max_pool(dims) for dims in (1, 2)},
    **{f"avg_pool{dims}d": average_pool(dims) for dims in (1, 2)},
    **{f"adaptive_max_pool{dims}d": _adaptive("adaptive_max_pool") for dims in (1, 2)},
    **{f"adaptive_avg_pool{dims}d": _adaptive("adaptive_avg_pool") for dims in (1, 2)},
    "linear": linear,
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "group_norm": group_norm,
    "prelu": prelu,
    "softmax": softmax("softmax"),
    "log_softmax": softmax("log_softmax"),
    **dict.fromkeys(("dropout", "dropout1d", "dropout2d", "feature_dropout"), _dropout),
    **dict.fromkeys(("add", "__radd__"), _binary("add")),
    **dict.fromkeys(("mul", "multiply", "__rmul__"), _binary("mul")),
    **dict.fromkeys(("sub", "subtract"), _binary("sub")),
    **dict.fromkeys(("div", "divide", "true_divide"), _binary("div")),
    **dict.fromkeys(("__rsub__", "rsub"), _binary("sub", reverse=True)),
    "__rdiv__": _binary("div", reverse=True),
    "maximum": _binary("maximum"),
    **dict.fromkeys(("cat", "concat", "concatenate"), _cat),
    "mean": _mean("mean"),
    "sum": _mean("sum"),
    **dict.fromkeys(("contiguous", "clone", "to", "float", "type", "requires_grad_", "detach"), same),
    **dict.fromkeys(("view", "reshape", "flatten", "squeeze", "unsqueeze", "unflatten", "view_as", "ravel"), reshape),
}
"""By the name under which a trace knows them; those that end in ``_`` are found without it."""

REARRANGING = {
    *("__getitem__", "permute", "transpose", "movedim", "swapaxes", "narrow", "select", "flip", "roll", "repeat"),
    *("expand", "chunk", "split", "unbind", "pixel_shuffle", "channel_shuffle"),
}
"""Functions that only say which number stands where."""
