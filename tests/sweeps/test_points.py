"""A sweep's points: the grid, what a sampler is asked, how they are written."""

from __future__ import annotations

from typing import Any

import optuna
import pytest

from mnist_lab.language import speaking
from mnist_lab.sweeps.points import Point, as_option, grid, optuna_parameters, short_value, suggest, values_of
from mnist_lab.sweeps.setting_words import named_values
from mnist_lab.sweeps.space import Base, Choices, Range, Sweep

TWO_KINDS = Sweep(
    "two",
    (
        Base("fc", "fc.yaml", {"model.hidden": Choices(([16], [32]))}),
        Base("cnn", "cnn.yaml", {"model.channels": Choices(([2], [4], [8])), "model.hidden": Choices(([], [16]))}),
    ),
)


def test_grid_gives_each_kind_its_own_parameters() -> None:
    points = grid(TWO_KINDS)
    assert [(point.base, named_values(point.values)) for point in points] == [
        ("fc", "hidden 16"),
        ("fc", "hidden 32"),
        ("cnn", "channels 2, no hidden layer"),
        ("cnn", "channels 2, hidden 16"),
        ("cnn", "channels 4, no hidden layer"),
        ("cnn", "channels 4, hidden 16"),
        ("cnn", "channels 8, no hidden layer"),
        ("cnn", "channels 8, hidden 16"),
    ]
    assert len({point.key for point in points}) == 8


@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        (Choices((1, "a", [2])), [1, "a", [2]]),
        (Range(1, 10, step=3), [1, 4, 7, 10]),
        (Range(16, 60, step=16), [16, 32, 48]),
        (Range(0.1, 0.3, step=0.1), [0.1, 0.2, 0.3]),
    ],
)
def test_values_are_those_written(parameter: Choices | Range, values: list[Any]) -> None:
    assert values_of(parameter) == values


def test_queued_point_comes_back_from_the_study() -> None:
    study = optuna.create_study()
    for point in grid(TWO_KINDS):
        study.enqueue_trial(optuna_parameters(TWO_KINDS, point))
    assert [suggest(study.ask(), TWO_KINDS) for _ in range(8)] == grid(TWO_KINDS)


def test_sampled_points_lie_in_their_ranges() -> None:
    base = Base(
        "fc",
        "fc.yaml",
        {
            "data.batch_size": Range(16, 64, step=16),
            "model.dropout": Range(0.0, 0.5),
            "optimizer.lr": Range(0.001, 0.1, log=True),
            "model.activation": Choices(("ReLU", "Tanh")),
        },
    )
    sweep = Sweep("own", (base,), sampler="random", trials=50)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    values = [suggest(study.ask(), sweep).values for _ in range(50)]
    assert {value["data.batch_size"] for value in values} == {16, 32, 48, 64}
    assert {value["model.activation"] for value in values} == {"ReLU", "Tanh"}
    assert all(0 <= value["model.dropout"] <= 0.5 for value in values)
    assert sum(value["optimizer.lr"] < 0.01 for value in values) == pytest.approx(25, abs=8)


@pytest.mark.parametrize(
    ("value", "option", "short"),
    [
        ("SGD", "SGD", "SGD"),
        (16, "16", "16"),
        (0.0003, "0.0003", "0.0003"),
        (True, "true", "true"),
        (None, "null", "none"),
        ([128, 64], "[128, 64]", "128-64"),
        ([], "[]", "none"),
        (
            {"class_path": "torch.optim.SGD", "init_args": {"lr": 0.1}},
            '{"class_path": "torch.optim.SGD", "init_args": {"lr": 0.1}}',
            "SGD lr 0.1",
        ),
        ({"a": 1}, '{"a": 1}', '{"a": 1}'),
    ],
)
def test_value_is_written_for_parser_and_reader(value: Any, option: str, short: str) -> None:
    assert as_option(value) == option
    assert short_value(value) == short
    assert Point("fc", {"model.x": value}).options() == [f"--model.x={option}"]


def test_values_are_named_in_the_language_that_is_spoken() -> None:
    values = {"model.channels": [2, 2], "model.hidden": [], "model.activation": "ReLU", "lr_scheduler": None}
    assert named_values(values) == "channels 2-2, no hidden layer, activation ReLU, no lr_scheduler"
    with speaking("ja"):
        assert named_values(values) == "チャンネル数 2-2、隠れ層なし、活性化関数 ReLU、学習率スケジュールなし"
