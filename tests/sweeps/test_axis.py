"""Where a parameter's values lie on an axis."""

from __future__ import annotations

from typing import Any

import pytest

from mnist_lab.sweeps.axis import axis_of


@pytest.mark.parametrize(
    ("key", "values", "positions", "unit"),
    [
        ("data.batch_size", [64, 16, 32, 16], (16, 32, 64), "samples"),
        ("optimizer.lr", [0.1, 0.01], (0.01, 0.1), None),
        ("model.hidden", [[32], [16]], (16, 32), "nodes"),
        ("model.hidden", [[32], [], [16]], (0, 16, 32), "nodes"),
        ("model.hidden", [[], [16]], (0, 16), "nodes"),
        ("model.hidden", [[16, 16], []], (0, 16), "nodes"),
        ("model.hidden", [[8, 8], [4, 4]], (4, 8), "nodes"),
        ("model.hidden", [[128], [], [128, 128]], (0, 1, 2), "layers"),
        ("model.hidden", [[128, 128, 128], [128]], (1, 3), "layers"),
        ("model.channels", [[4], [8]], (4, 8), None),
        ("model.hidden", [[16, 8], [32, 16]], None, None),
        ("model.hidden", [[16], [32, 32]], None, None),
        ("model.activation", ["Tanh", "ReLU"], None, None),
        ("model.bias", [True, False], None, None),
        ("data.batch_size", [16, None], None, None),
    ],
)
def test_positions_and_unit(key: str, values: list[Any], positions: tuple[float, ...] | None, unit: str | None) -> None:
    axis = axis_of(key, values)
    assert axis.positions == positions
    assert axis.unit == unit


def test_names_keep_their_order_and_numbers_are_sorted() -> None:
    assert axis_of("model.activation", ["Tanh", "ReLU", "Tanh"]).texts == ["Tanh", "ReLU"]
    assert axis_of("model.hidden", [[32], [], [16]]).texts == ["none", "16", "32"]


@pytest.mark.parametrize(
    ("values", "logarithmic"),
    [([1, 2, 4, 8], True), ([1, 2, 3], False), ([[], [16], [256]], True), ([-8, 1, 8], False), (["a", "b"], False)],
)
def test_factors_ask_for_a_logarithmic_axis(values: list[Any], logarithmic: bool) -> None:
    assert axis_of("model.x", values).is_logarithmic == logarithmic
