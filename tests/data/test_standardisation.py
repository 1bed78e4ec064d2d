"""Standardisation against torch's own mean and deviation."""

from __future__ import annotations

import torch

from mnist_lab.data.standardisation import Standardisation


def test_pictures_get_one_mean_and_deviation() -> None:
    pictures = torch.randint(0, 256, (50, 1, 5, 5), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    standardisation = Standardisation.of(pictures)
    values = pictures.double()
    torch.testing.assert_close(standardisation.mean, values.mean().float())
    torch.testing.assert_close(standardisation.std, values.std(unbiased=False).float())
    applied = standardisation.apply(pictures)
    assert applied.dtype == torch.float32
    assert abs(applied.mean().item()) < 1e-5
    assert abs(applied.std(unbiased=False).item() - 1) < 1e-5


def test_tables_get_one_a_feature_and_constant_features_stay_finite() -> None:
    table = torch.tensor([[1.0, 7.0], [3.0, 7.0]])
    standardisation = Standardisation.of(table)
    assert standardisation.mean.tolist() == [2.0, 7.0]
    assert standardisation.std.tolist() == [1.0, 1.0]
    assert standardisation.apply(table).tolist() == [[-1.0, 0.0], [1.0, 0.0]]
