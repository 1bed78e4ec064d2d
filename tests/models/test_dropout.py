"""Dropout from 16 random bits a value against what nn.Dropout promises."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from mnist_lab.models.dropout import Dropout

VALUES = 1_000_000


@pytest.mark.parametrize("p", [0.1, 0.25, 0.5, 0.9])
def test_share_is_dropped_and_the_mean_is_kept(p: float) -> None:
    torch.manual_seed(0)
    output = Dropout(p)(torch.ones(VALUES))
    dropped = (output == 0).double().mean().item()
    deviation = (p * (1 - p) / VALUES) ** 0.5
    assert dropped == pytest.approx(p, abs=5 * deviation)
    assert output.double().mean().item() == pytest.approx(1.0, abs=5 * deviation / (1 - p))
    scale = 65536 / (65536 - round(p * 65536))
    assert scale == pytest.approx(1 / (1 - p), rel=1e-4)
    assert torch.equal(output.unique(), torch.tensor([0.0, scale]))


def test_neighbours_are_dropped_independently() -> None:
    torch.manual_seed(0)
    kept = (Dropout(0.5)(torch.ones(VALUES)) != 0).double() * 2 - 1
    for distance in range(1, 9):
        correlation = (kept[:-distance] * kept[distance:]).mean().item()
        assert abs(correlation) < 5 / VALUES**0.5


@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 5, 7)])
def test_gradient_is_the_mask(shape: tuple[int, ...]) -> None:
    torch.manual_seed(1)
    inputs = torch.rand(shape, requires_grad=True)
    output = Dropout(0.4)(inputs)
    output.sum().backward()
    assert inputs.grad is not None
    kept = output != 0
    assert 0 < kept.sum() < kept.numel()
    torch.testing.assert_close(inputs.grad, kept * 65536 / (65536 - round(0.4 * 65536)))
    torch.testing.assert_close(output, inputs * inputs.grad)


@pytest.mark.parametrize("layout", ["rows", "channels last", "with gaps", "transposed"])
def test_any_order_in_memory_is_taken(layout: str) -> None:
    torch.manual_seed(2)
    whole = torch.rand(4, 6, 8, 10) + 1
    inputs = {
        "rows": whole,
        "channels last": whole.contiguous(memory_format=torch.channels_last),
        "with gaps": whole[:, ::2],
        "transposed": whole.transpose(1, 3),
    }[layout]
    before = inputs.clone()
    output = Dropout(0.5)(inputs)
    assert output.shape == inputs.shape
    kept = output != 0
    assert kept.float().mean().item() == pytest.approx(0.5, abs=0.1)
    assert torch.equal(output[kept], before[kept] * 2)
    assert torch.equal(inputs, before)
    if layout == "channels last":
        assert output.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_kind_of_number_is_kept(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    output = Dropout(0.5)(torch.ones(100, dtype=dtype))
    assert output.dtype == dtype
    assert set(output.tolist()) == {0.0, 2.0}


def test_nothing_is_dropped_in_evaluation_or_without_a_share() -> None:
    inputs = torch.rand(1000)
    assert torch.equal(Dropout(0.5).eval()(inputs), inputs)
    assert torch.equal(Dropout(0.0)(inputs), inputs)


def test_everything_is_dropped_at_one() -> None:
    assert torch.equal(Dropout(1.0)(torch.rand(1000)), torch.zeros(1000))


@pytest.mark.parametrize("p", [0.001 / 65536, 1 - 0.001 / 65536])
def test_share_between_the_levels_falls_to_pytorchs_own(p: float) -> None:
    inputs = torch.rand(1000)
    torch.manual_seed(5)
    ours = Dropout(p)(inputs)
    torch.manual_seed(5)
    assert torch.equal(ours, nn.Dropout(p)(inputs))


def test_mean_is_kept_near_one() -> None:
    torch.manual_seed(0)
    output = Dropout(1 - 1.4 / 65536)(torch.ones(4 * 65536))
    kept = output != 0
    assert kept.any()
    assert output[kept].unique().item() == 65536


def test_seed_decides_which_values_are_dropped() -> None:
    layer, inputs = Dropout(0.5), torch.ones(1000)
    outputs = []
    for seed in (3, 3, 4):
        torch.manual_seed(seed)
        outputs.append(layer(inputs))
    assert torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[0], outputs[2])
    assert not torch.equal(layer(inputs), layer(inputs))


def test_in_place_changes_its_input() -> None:
    torch.manual_seed(0)
    inputs = torch.ones(1000)
    output = Dropout(0.5, inplace=True)(inputs)
    assert output is inputs
    assert 400 < int((inputs == 0).sum()) < 600


def test_empty_batch_stays_empty() -> None:
    assert Dropout(0.5)(torch.empty(0, 4)).shape == (0, 4)


def test_it_is_a_torch_dropout() -> None:
    assert isinstance(Dropout(0.5), nn.Dropout)
    assert str(Dropout(0.5)) == "Dropout(p=0.5, inplace=False)"
