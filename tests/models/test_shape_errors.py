"""A shape that does not fit: one line with the layer's name, what arrives, why, and what to write."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from mnist_lab.errors import UsageError
from mnist_lab.language import Language, speaking
from mnist_lab.models.forward_check import check_forward
from tests.models import student_networks as students

PICTURE = (1, 28, 28)


def refusal(
    network: nn.Module, language: Language = "en", shape: tuple[int, ...] = PICTURE, num_classes: int = 10
) -> str:
    """What is said, without the place in this folder, which must be there."""
    with speaking(language), pytest.raises(UsageError) as caught:
        check_forward(network, shape, num_classes)
    message = str(caught.value)
    assert "\n" not in message
    place, line = re.fullmatch(r"(\w+\.py):\d+(?:: |：)(.*)", message).groups()  # type: ignore[union-attr]
    assert place in ("student_networks.py", "test_shape_errors.py", "test_forward_errors.py", "test_output_mistakes.py")
    return str(line)


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (
            students.ConvolutionsRemoved,
            "fc1 is Linear(2304 → 128), but 784 values arrive: after Flatten there are 1×28×28 = 784; write "
            "Linear(784, 128).",
        ),
        (
            students.FlattenedByFunction,
            "fc1 is Linear(2304 → 128), but 2704 values arrive: after flatten there are 4×26×26 = 2,704; write "
            "Linear(2704, 128).",
        ),
        (
            students.FlattenedByView,
            "fc1 is Linear(2304 → 128), but 2704 values arrive: after view there are 4×26×26 = 2,704; write "
            "Linear(2704, 128).",
        ),
        (
            students.NotFlattened,
            "fc1 is Linear(2304 → 128), but 4×24×24 arrives: a Flatten is missing before it; write "
            "torch.flatten(x, 1), which makes 4×24×24 = 2,304.",
        ),
        (
            students.PictureNotFlattened,
            "fc1 is Linear(2304 → 128), but 1×28×28 arrives: a Flatten is missing before it; write "
            "torch.flatten(x, 1), which makes 1×28×28 = 784, and Linear(784, 128).",
        ),
        (
            students.WrongAfterLayer,
            "fc2 is Linear(100 → 10), but 128 values arrive: fc1 before it, Linear(2304 → 128), gives 128; write "
            "Linear(128, 10, …).",
        ),
        (
            students.InputInPlaceOfHidden,
            "l3 is Linear(100 → 10), but 784 values arrive: after flatten there are 1×28×28 = 784; write "
            "Linear(784, 10).",
        ),
        (
            students.WrongChannels,
            "conv2 is Conv2d(1 → 4, 3×3), but 4×26×26 arrives (channels: 4): it comes from conv1; write "
            "Conv2d(4, 4, 3).",
        ),
        (
            students.ColourPictures,
            "conv1 is Conv2d(3 → 4, 3×3), but 1×28×28 arrives (channels: 1): so are the data; write "
            "Conv2d(1, 4, 3, …).",
        ),
        (
            students.FlattenBeforeConvolution,
            "conv1 is Conv2d(1 → 4, 3×3) and takes channels×height×width, but 784 arrives for each sample: put it "
            "before flatten.",
        ),
        (
            students.NoChannel,
            "conv1 is Conv2d(1 → 4, 3×3) and takes channels×height×width, but 28×28 arrives for each sample: give it "
            "the channel it lacks by x.unsqueeze(1).",
        ),
        (
            students.TooSmall,
            "last looks at 7×7 pixels, but only 6×6 are left (28 → 26 → 6); use a smaller kernel, less pooling, "
            "padding or fewer layers before it.",
        ),
        (
            students.PooledToNothing,
            "max_pool2d looks at 4×4 pixels, but only 3×3 are left (28 → 26 → 3); use a smaller kernel, less pooling, "
            "padding or fewer layers before it.",
        ),
        (students.WrongBatchNorm, "bn is BatchNorm2d(8), but 4×26×26 arrives for each sample; write BatchNorm2d(4)."),
        (
            students.BatchNormOfPicturesAfterFlatten,
            "bn is BatchNorm2d(8), but 784 arrives for each sample; write BatchNorm1d(784).",
        ),
        (
            students.PictureIntoRNN,
            "lstm is LSTM(28 → 64) and takes a sequence, steps×values, but 1×28×28 arrives; of a picture in grey its "
            "rows are the steps: x.squeeze(1).",
        ),
        (
            students.WrongSteps,
            "lstm is LSTM(28 → 64), but each step has 16 values (49×16 arrives); write LSTM(16, 64, …).",
        ),
        (
            students.BatchLostByView,
            "view mixes the samples of a batch: from 2 of 4×24×24 it makes 4608; write torch.flatten(x, 1), which "
            "keeps each apart: 4×24×24 = 2,304 values.",
        ),
        (
            students.BatchLostByFlatten,
            "flatten mixes the samples of a batch: from 2 of 4×24×24 it makes 4608; write torch.flatten(x, 1), which "
            "keeps each apart: 4×24×24 = 2,304 values.",
        ),
        (
            students.LayerOfValues,
            "nn.ReLU(x) makes a layer and does not use it; write nn.ReLU()(x), or make it in __init__.",
        ),
        (
            students.TupleOfRNN,
            "fc is given 2 things at once, self.lstm returns them as a tuple; take the one that goes on: x, _ = "
            "self.lstm(x).",
        ),
        (
            students.BlockReturnsNothing,
            "fc2 is given nothing (None): forward of NothingReturned has no return at its end.",
        ),
    ],
)
def test_wrong_shape_is_explained(kind: type[nn.Module], line: str) -> None:
    assert refusal(kind()) == line


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (
            students.ConvolutionsRemoved,
            "fc1 は Linear(2304 → 128) ですが、届く値は 784 個です：Flatten の後は 1×28×28 = 784 個です。"
            "Linear(784, 128) と書いてください。",
        ),
        (
            students.NotFlattened,
            "fc1 は Linear(2304 → 128) ですが、4×24×24 が届いています。その前に Flatten がありません。"
            "torch.flatten(x, 1) で 4×24×24 = 2,304 にしてください。",
        ),
        (
            students.WrongChannels,
            "conv2 は Conv2d(1 → 4, 3×3) ですが、4×26×26（チャンネル数 4）が届いています：conv1 の出力です。"
            "Conv2d(4, 4, 3) と書いてください。",
        ),
        (
            students.TooSmall,
            "last は 7×7 画素を見ますが、残りは 6×6 画素しかありません (28 → 26 → 6)。カーネルやプーリングを小さく"
            "する、padding を付ける、前の層を減らす、のいずれかにしてください。",
        ),
    ],
)
def test_wrong_shape_is_explained_in_japanese(kind: type[nn.Module], line: str) -> None:
    assert refusal(kind(), "ja") == line


class Stack(nn.Module):
    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.layers(x)
        return result


def test_layers_without_a_name_are_named_by_their_place() -> None:
    stack = Stack(nn.Linear(784, 30), nn.ReLU(), nn.Linear(20, 10))
    assert refusal(stack, shape=(784,)).startswith("layers[2] is Linear(20 → 10), but 30 values arrive: layers[0] ")


def test_table_of_too_few_columns_is_told_from_the_layer() -> None:
    line = "layers[0] is Linear(3 → 10), but 4 values arrive: the data have 4; write Linear(4, 10)."
    assert refusal(Stack(nn.Linear(3, 10)), shape=(4,)) == line


def test_sequence_is_not_told_to_flatten() -> None:
    line = refusal(Stack(nn.Linear(20, 10)), shape=(28, 30))
    assert line == "layers[0] is Linear(20 → 10), but 30 values arrive: the data have 28×30; write Linear(30, 10)."


def test_layer_of_torch_that_no_rule_knows_keeps_torchs_words() -> None:
    line = refusal(Stack(nn.GroupNorm(2, 6), nn.Conv2d(6, 1, 3)))
    assert line.startswith("layers[0] (GroupNorm): ")
