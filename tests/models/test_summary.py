"""The layer table: rows, shapes, formulas and totals, against numbers by hand and torchinfo's own."""

from __future__ import annotations

import io
import math

import pytest
import torch
from rich.cells import cell_len
from rich.console import Console
from torch import Tensor, nn
from torch.nn import functional
from torchinfo import summary

from mnist_lab.language import speaking
from mnist_lab.models import CNN, FC, Classifier, Perceptron
from mnist_lab.models.summary import LayerRow, ModelSummary, parameter_formula, render, summarize
from tests.models.student_networks import Slide

PICTURE = (1, 28, 28)


def printed(model: ModelSummary, width: int = 80) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width, color_system=None).print(render(model))
    return stream.getvalue()


def test_rows_of_the_courses_cnn() -> None:
    rows = summarize(CNN(PICTURE, 10).network, "CNN", PICTURE, 64).rows
    assert [(row.name, row.output_shape, row.parameters, row.formula) for row in rows] == [
        ("Conv2d: 1-1", (64, 4, 26, 26), 40, "1×3×3×4 + 4 = 40"),
        ("ReLU: 1-2", (64, 4, 26, 26), 0, ""),
        ("Conv2d: 1-3", (64, 4, 24, 24), 148, "4×3×3×4 + 4 = 148"),
        ("ReLU: 1-4", (64, 4, 24, 24), 0, ""),
        ("Flatten: 1-5", (64, 2304), 0, ""),
        ("Linear: 1-6", (64, 128), 295_040, "2304×128 + 128 = 295,040"),
        ("ReLU: 1-7", (64, 128), 0, ""),
        ("Linear: 1-8", (64, 10), 1_290, "128×10 + 10 = 1,290"),
    ]
    assert {row.depth for row in rows} == {1}


def test_totals_of_the_courses_cnn_by_hand() -> None:
    model = summarize(CNN(PICTURE, 10).network, "CNN", PICTURE, 64)
    assert (model.parameters, model.trainable_parameters) == (296_518, 296_518)
    assert model.parameters == sum(row.parameters for row in model.rows)
    # A convolution multiplies and adds its weights and bias once per output pixel.
    assert model.mult_adds == 64 * (40 * 26 * 26 + 148 * 24 * 24 + 295_040 + 1_290)
    assert model.input_bytes == 64 * 784 * 4
    assert model.parameter_bytes == 296_518 * 4
    outputs = 4 * 26 * 26 + 4 * 24 * 24 + 128 + 10  # torchinfo counts layers with parameters
    assert model.forward_backward_bytes == 64 * outputs * 4 * 2


@pytest.mark.parametrize(
    ("network", "input_shape"),
    [
        (CNN(PICTURE, 10), PICTURE),
        (CNN(PICTURE, 10, channels=[3, 5], pooling=2, conv_dropout=0.1, dropout=0.2, activation="GELU"), PICTURE),
        (FC(PICTURE, 10, hidden=[64, 32]), PICTURE),
        (Perceptron((1,), 10, hidden=[30, 30]), (1,)),
    ],
    ids=["CNN", "CNN with pooling and dropout", "FC", "Perceptron"],
)
def test_totals_are_torchinfos(network: Classifier, input_shape: tuple[int, ...]) -> None:
    ours = summarize(network.network, "any", input_shape, 16)
    theirs = summary(network.network, input_size=(16, *input_shape), verbose=0, device="cpu")
    assert ours.parameters == theirs.total_params == sum(one.numel() for one in network.parameters())
    assert ours.trainable_parameters == theirs.trainable_params
    assert ours.mult_adds == theirs.total_mult_adds
    assert ours.forward_backward_bytes == theirs.total_output_bytes
    assert ours.parameter_bytes == theirs.total_param_bytes
    assert 0 <= theirs.total_input - ours.input_bytes < 200  # theirs holds a Python object's head
    listed = [layer for layer in theirs.summary_list if layer.depth]
    assert [row.output_shape for row in ours.rows] == [tuple(layer.output_size) for layer in listed]
    for row in ours.rows:
        assert bool(row.formula) == bool(row.parameters)
        if row.formula:
            left, right = row.formula.split(" = ")
            terms = [math.prod(int(side) for side in term.split("×")) for term in left.split(" + ")]
            assert sum(terms) == row.parameters == int(right.replace(",", ""))


def test_table_fits_80_columns_and_speaks_of_no_units_of_torchinfo() -> None:
    text = printed(summarize(CNN(PICTURE, 10).network, "CNN", PICTURE, 64))
    assert "Units" not in text
    assert "MEGABYTES" not in text
    lines = text.splitlines()
    assert max(len(line) for line in lines) <= 80
    assert lines[0].strip() == "CNN: 296,518 parameters"
    (first,) = [line for line in lines if "Conv2d: 1-1" in line]
    assert "[64, 4, 26, 26]" in first
    assert "1×3×3×4 + 4 = 40" in first
    assert lines[lines.index(first) + 1].strip() == "28 − (3 − 1) = 26"
    (activation,) = [line for line in lines if "ReLU: 1-2" in line]
    assert "--" in activation
    assert any("2304×128 + 128 = 295,040" in line for line in lines)
    assert [line.strip() for line in lines[-3:]] == [
        "Trainable: 296,518, frozen: 0, mult-adds: 26.15 M",
        "Memory [MB]: input 0.20, forward + backward 2.63, parameters 1.19",
        "Memory [MB] of all these: 4.02",
    ]


def test_frozen_parameters_are_told_apart() -> None:
    model = FC(PICTURE, 10)
    model.network[1].requires_grad_(False)  # type: ignore[index]
    found = summarize(model.network, "FC", PICTURE, 1)
    assert (found.parameters, found.trainable_parameters) == (101_770, 1_290)
    assert "Trainable: 1,290, frozen: 100,480" in printed(found)


def test_layers_within_layers_are_indented_and_counted_once() -> None:
    network = nn.Sequential(nn.Sequential(nn.Linear(4, 3), nn.Tanh()), nn.Linear(3, 2))
    found = summarize(network, "nested", (4,), 5)
    assert [(row.depth, row.name, row.parameters) for row in found.rows] == [
        (1, "Sequential: 1-1", 0),
        (2, "Linear: 2-1", 15),
        (2, "Tanh: 2-2", 0),
        (1, "Linear: 1-2", 8),
    ]
    assert found.parameters == 23
    assert "│  ├─Linear: 2-1" in printed(found)


class Twice(nn.Module):
    """One hidden layer and one activation, each used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(4, 4)
        self.relu = nn.ReLU()
        self.last = nn.Linear(4, 2)

    def forward(self, inputs: Tensor) -> Tensor:
        values = self.relu(self.hidden(inputs))
        logits: Tensor = self.last(self.relu(self.hidden(values)))
        return logits


def test_layer_used_twice_is_listed_twice_and_counted_once() -> None:
    found = summarize(Twice(), "Twice", (4,), 3)
    assert [(row.name.split(":")[0], row.parameters) for row in found.rows] == [
        ("Linear", 20),
        ("ReLU", 0),
        ("Linear", 0),
        ("ReLU", 0),
        ("Linear", 10),
    ]
    assert found.rows[2].formula == "(used again, counted above)"
    assert found.rows[3].formula == ""
    assert found.parameters == 30
    # The work is done twice all the same.
    assert found.mult_adds == 3 * (20 + 20 + 10)


class ReluAsFunction(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(1, 30)
        self.last = nn.Linear(30, 10)

    def forward(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.last(functional.relu(self.first(inputs)))
        return logits


class ReluAsSharedLayer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.ReLU()
        self.first = nn.Linear(1, 30)
        self.second = nn.Linear(30, 30)
        self.last = nn.Linear(30, 10)

    def forward(self, inputs: Tensor) -> Tensor:
        values = self.relu(self.first(inputs))
        logits: Tensor = self.last(self.relu(self.second(values)))
        return logits


def test_relu_as_a_function_is_not_listed_but_the_counts_are_the_same() -> None:
    layers = summarize(Perceptron((1,), 10).network, "layers", (1,), 1)
    function = summarize(ReluAsFunction(), "function", (1,), 1)
    assert [row.name for row in layers.rows] == ["Linear: 1-1", "ReLU: 1-2", "Linear: 1-3"]
    assert [row.name for row in function.rows] == ["Linear: 1-1", "Linear: 1-2"]
    assert layers.parameters == function.parameters == 370


def test_shared_relu_is_listed_twice_and_printed_once() -> None:
    network = ReluAsSharedLayer()
    shared = summarize(network, "shared", (1,), 1)
    assert [row.name.split(":")[0] for row in shared.rows] == ["Linear", "ReLU", "Linear", "ReLU", "Linear"]
    assert str(network).count("ReLU()") == 1
    apart = summarize(Perceptron((1,), 10, hidden=[30, 30]).network, "layers", (1,), 1)
    assert shared.parameters == apart.parameters == 1_300
    assert [row.formula for row in shared.rows if row.formula] == [row.formula for row in apart.rows if row.formula]


@pytest.mark.parametrize(
    ("layer", "formula"),
    [
        (nn.Conv2d(3, 8, (3, 5)), "3×3×5×8 + 8 = 368"),
        (nn.Conv2d(3, 8, 3, bias=False), "3×3×3×8 = 216"),
        (nn.Linear(20, 100), "20×100 + 100 = 2,100"),
        (nn.Linear(20, 100, bias=False), "20×100 = 2,000"),
        (nn.BatchNorm2d(4), "4 + 4 = 8"),
        (nn.PReLU(), "1 = 1"),
        (nn.ReLU(), ""),
        (nn.Sequential(nn.Linear(2, 2)), ""),
    ],
)
def test_formula_of_one_layer(layer: nn.Module, formula: str) -> None:
    assert parameter_formula(layer) == formula


def test_summary_leaves_the_random_numbers_and_the_mode_alone() -> None:
    model = CNN(PICTURE, 10, dropout=0.5)
    torch.manual_seed(0)
    expected = torch.rand(4)
    torch.manual_seed(0)
    summarize(model.network, "CNN", PICTURE, 64)
    assert torch.equal(torch.rand(4), expected)
    assert model.network.training
    assert all(layer.training for layer in model.network.modules())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_rows_say_how_each_shape_comes_about() -> None:
    rows = summarize(CNN(PICTURE, 10, padding=1, pooling=[1, 2]).network, "CNN", PICTURE, 64).rows
    assert [row.shape_formula for row in rows if row.shape_formula] == [
        "28 + 2×1 − (3 − 1) = 28",
        "28 + 2×1 − (3 − 1) = 28",
        "28 / 2 = 14",
        "4×14×14 = 784",
    ]
    assert "28 / 2 = 14" in printed(summarize(CNN(PICTURE, 10, pooling=2, padding=1).network, "CNN", PICTURE, 64))


class FlattenAsFunction(Slide):
    def forward(self, x: Tensor) -> Tensor:
        values = torch.flatten(self.conv2(self.conv1(x)), 1)
        logits: Tensor = self.fc2(torch.relu(self.fc1(values)))
        return logits


def test_layer_behind_a_flatten_that_has_no_row_says_where_its_values_come_from() -> None:
    model = summarize(FlattenAsFunction(), "Net", PICTURE, 64)
    assert [row.shape_formula for row in model.rows if row.attribute == "fc1"] == ["flatten: 4×24×24 = 2,304"]
    assert "Linear: 1-3 (fc1)" in printed(model)


def test_table_is_said_in_japanese_and_fits_80_columns() -> None:
    with speaking("ja"):
        text = printed(summarize(CNN(PICTURE, 10).network, "CNN", PICTURE, 64))
    assert "CNN：パラメータ数 296,518" in text
    assert max(cell_len(line) for line in text.splitlines()) <= 80


def test_row_without_the_newer_fields_can_still_be_made() -> None:
    row = LayerRow("ReLU: 1-1", 1, (1, 2), 0, "")
    assert (row.attribute, row.shape_formula) == ("", "")


def test_summary_leaves_a_layer_in_its_own_mode() -> None:
    network = Slide()
    network.conv1.eval()
    summarize(network, "Net", PICTURE, 2)
    assert [module.training for module in (network, network.conv1, network.conv2)] == [True, False, True]
