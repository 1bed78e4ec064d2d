"""Bands of classes on the x axis."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_lab.language import speaking
from mnist_lab.pictures.bands import Band, class_bands, interval_bands, why_hills


def test_samples_in_class_order_have_a_band_each() -> None:
    assert class_bands([2, 0, 3]) == [Band(0, -0.5, 1.5), Band(2, 1.5, 4.5)]
    assert class_bands([20] * 10)[9].centre == 189.5


@pytest.mark.parametrize("labels", [[0, 1, 2], [0, 1, 0, 1], [1, 0]])
def test_intervals_are_found_from_samples_in_any_order(labels: list[int]) -> None:
    chance = np.random.default_rng(0)
    values = np.concatenate([place + 0.999 * chance.random(100) for place in range(len(labels))])
    classes = np.repeat(labels, 100)
    shuffled = chance.permutation(len(values))
    bands = interval_bands(values[shuffled], classes[shuffled])
    assert [band.label for band in bands] == labels
    assert [band.start for band in bands[1:]] == [pytest.approx(place, abs=0.03) for place in range(1, len(labels))]
    assert [band.end for band in bands[:-1]] == [band.start for band in bands[1:]]
    assert (bands[0].start, bands[-1].end) == (values.min(), values.max())


def test_classes_that_overlap_meet_where_the_other_prevails() -> None:
    chance = np.random.default_rng(0)
    values = np.concatenate([chance.normal(-2, 1, 200), chance.normal(2, 1, 200)])
    bands = interval_bands(values, np.repeat([0, 1], 200))
    assert [band.label for band in bands] == [0, 1]
    assert bands[0].end == pytest.approx(0, abs=0.5)


def test_few_samples_have_bands_as_well() -> None:
    assert interval_bands(np.array([3.0]), np.array([1])) == [Band(1, 3.0, 3.0)]
    assert interval_bands(np.array([1.0, 2.0]), np.array([0, 1])) == [Band(0, 1.0, 1.5), Band(1, 1.5, 2.0)]


def test_caption_says_why_there_are_hills_or_not() -> None:
    once = [Band(0, 0, 1), Band(1, 1, 2)]
    twice = [*once, Band(0, 2, 3), Band(1, 3, 4)]
    names = ["イヌ", "サル"]
    assert "no curve has to become a hill" in why_hills(once, names)
    assert "belongs to class イヌ and サル" in why_hills(twice, names)
    with speaking("ja"):
        assert "線形分離で足り" in why_hills(once, names)
        assert "クラス イヌ、サル には二つ以上の区間があります" in why_hills(twice, names)
