"""The convolutional classifier."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mnist_lab.language import say
from mnist_lab.models.classifier import Classifier
from mnist_lab.models.dropout import Dropout
from mnist_lab.models.layers import RISING, ActivationName, build_activation, fully_connected, outside_0_to_1
from mnist_lab.models.losses import LossName


class CNN(Classifier):
    """Convolutions, then fully connected layers.

    By default ``Conv2d(1, 4, 3) → ReLU → Conv2d(4, 4, 3) → ReLU → Flatten → Linear(2304, 128) → ReLU →
    Linear(128, 10)``: 296,518 parameters on 28×28 input.
    """

    def __init__(
        self,
        input_shape: Sequence[int],
        num_classes: int,
        channels: Sequence[int] = (4, 4),
        kernel_size: int | Sequence[int] = 3,
        padding: int | Sequence[int] = 0,
        pooling: int | Sequence[int] = 1,
        conv_dropout: float = 0.0,
        hidden: Sequence[int] = (128,),
        activation: ActivationName = "ReLU",
        dropout: float = 0.0,
        loss: LossName = "CrossEntropyLoss",
        label_smoothing: float = 0.0,
    ) -> None:
        """Build the network.

        Args:
            input_shape: Shape of one picture, (channels, height, width); taken from the data on the command line.
            num_classes: Number of outputs; taken from the data on the command line.
            channels: Output channels of each convolution.
            kernel_size: Side of the square filters in pixels; one number, or one per convolution.
            padding: Zero pixels added on each side; one number, or one per convolution.
            pooling: Side of the max pooling after each convolution; one number, or one per convolution; 1: none.
            conv_dropout: Share of values dropped after the last convolution while training.
            hidden: Nodes of each fully connected hidden layer.
            activation: Activation after each convolution and hidden layer, by its name in torch.nn.
            dropout: Share of nodes dropped after each hidden layer while training.
            loss: CrossEntropyLoss, MultiMarginLoss, BCEWithLogitsLoss or MSELoss.
            label_smoothing: Share of the target spread over all classes; CrossEntropyLoss only.

        Raises:
            ValueError: The input is no picture, it shrinks to nothing, or an argument makes no sense.
        """
        super().__init__(input_shape, num_classes, loss, label_smoothing)
        _check_picture(input_shape)
        _check_channels(channels, conv_dropout)
        kernels = _one_per_convolution("kernel_size", kernel_size, len(channels), minimum=1)
        paddings = _one_per_convolution("padding", padding, len(channels), minimum=0)
        pools = _one_per_convolution("pooling", pooling, len(channels), minimum=1)
        _, *size = input_shape
        layers: list[nn.Module] = []
        depth = input_shape[0]
        for index, (out, kernel, pad, pool) in enumerate(zip(channels, kernels, paddings, pools, strict=True), 1):
            size = _shrunk(size, index, kernel, pad, pool)
            layers.append(nn.Conv2d(depth, out, kernel, padding=pad))
            layers += _activated_and_pooled(activation, pool)
            depth = out
        if channels and pools[-1] == 1:
            # Flatten wants rows in order and would copy; copied here, activation and gradient have one order as well,
            # which takes a twentieth off the whole step on a CPU.
            layers[-2].register_forward_hook(_in_rows)
        if conv_dropout:
            layers.append(Dropout(conv_dropout))
        features = depth * math.prod(size)
        layers += [nn.Flatten(), *fully_connected(features, hidden, num_classes, activation, dropout)]
        # The order of values in memory that convolutions are fastest with; it changes no result.
        self.network = nn.Sequential(*layers).to(memory_format=torch.channels_last)


def _check_picture(input_shape: Sequence[int]) -> None:
    if len(input_shape) != 3:
        raise ValueError(
            say(
                "CNN: a sample of shape {shape} is no picture (channels, height, width); use FC or Perceptron for "
                "such data.",
                "CNN：形が {shape} のサンプルは画像（チャンネル、高さ、幅）ではありません。FC か Perceptron を使って"
                "ください。",
                shape=tuple(input_shape),
            )
        )


def _check_channels(channels: Sequence[int], conv_dropout: float) -> None:
    if any(count < 1 for count in channels):
        raise ValueError(
            say(
                "channels: {channels} has a convolution without channels; each must be 1 or more.",
                "channels：{channels} にチャンネルのない畳み込み層があります。それぞれ 1 以上にしてください。",
                channels=list(channels),
            )
        )
    if not 0.0 <= conv_dropout < 1.0:
        raise ValueError(outside_0_to_1("conv_dropout", conv_dropout))


def _activated_and_pooled(activation: ActivationName, pool: int) -> list[nn.Module]:
    """Return what follows a convolution."""
    if pool == 1:
        return [build_activation(activation)]
    stage = [build_activation(activation), nn.MaxPool2d(pool)]
    # The maximum of rising functions is the function of the maximum: the same values from fewer of them.
    return stage[::-1] if activation in RISING else stage


def _in_rows(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
    """Return a convolution's output ``(N, C, H, W)`` with its values in that order in memory."""
    return output.contiguous()


def _one_per_convolution(name: str, value: int | Sequence[int], count: int, minimum: int) -> list[int]:
    values = [value] * count if isinstance(value, int) else list(value)
    if len(values) != count:
        raise ValueError(
            say(
                "{name}: {values} has {entries} entries for {count} convolutions; give one number, or one for each.",
                "{name}：{values} の要素は {entries} 個ですが、畳み込み層は {count} 層です。1 つの数か、層ごとの数を"
                "指定してください。",
                name=name,
                values=values,
                entries=len(values),
                count=count,
            )
        )
    if any(entry < minimum for entry in values):
        raise ValueError(
            say(
                "{name}: {values} has an entry under {minimum}.",
                "{name}：{values} に {minimum} 未満の値があります。",
                name=name,
                values=values,
                minimum=minimum,
            )
        )
    return values


def _shrunk(size: Sequence[int], index: int, kernel: int, pad: int, pool: int) -> list[int]:
    """Return height and width after one convolution and its pooling."""
    after = [(side + 2 * pad - kernel + 1) // pool for side in size]
    if min(after) < 1:
        raise ValueError(
            say(
                "CNN: convolution {index} (kernel {kernel}×{kernel}, padding {pad}, pooling {pool}) shrinks a picture "
                "of {height}×{width} pixels to nothing; use a smaller kernel, less pooling, more padding or fewer "
                "layers.",
                "CNN：{index} 番目の畳み込み層（カーネル {kernel}×{kernel}、パディング {pad}、プーリング {pool}）で、"
                "{height}×{width} 画素の画像が消えます。カーネルかプーリングを小さく、パディングを大きくするか、層を"
                "減らしてください。",
                index=index,
                kernel=kernel,
                pad=pad,
                pool=pool,
                height=size[0],
                width=size[1],
            )
        )
    return after
