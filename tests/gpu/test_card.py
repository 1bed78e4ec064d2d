"""A card that is only thought of: its size is read, and the guard's own rule says what a training may have of it."""

from __future__ import annotations

import pytest

from mnist_lab.errors import UsageError
from mnist_lab.gpu.budget import Limits, default_headroom_bytes
from mnist_lab.gpu.card import ASSUMED_CONTEXT_BYTES, imagined_card, real_card, size_in_bytes
from mnist_lab.gpu.driver import driver_of
from tests.gpu.fake_device import FakeCuda

MIB = 2**20


@pytest.mark.parametrize(
    ("text", "mib"), [("6GiB", 6144), ("8188MiB", 8188), ("1.5GiB", 1536), ("4 GiB", 4096), (" 256MiB ", 256)]
)
def test_size_is_a_number_with_its_unit(text: str, mib: int) -> None:
    assert size_in_bytes(text) == mib * MIB


@pytest.mark.parametrize("text", ["6", "0GiB", "6GB", "-6GiB", "GiB", "", "nan GiB", "1e3MiB", "255MiB", "9999999GiB"])
def test_what_is_no_size_is_one_line(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--gpu: '.*' is not the memory of a GPU; give a number with its unit") as no:
        size_in_bytes(text)
    assert "\n" not in str(no.value)


def test_imagined_card_keeps_the_guards_headroom_and_a_context() -> None:
    card = imagined_card(6144 * MIB, Limits())
    headroom_bytes = default_headroom_bytes(6144 * MIB, bool(driver_of(None).can_spill))
    assert card.budget.limit_bytes == 6144 * MIB - ASSUMED_CONTEXT_BYTES - headroom_bytes
    assert (card.name, card.is_real) == ("6 GiB", False)


def test_guards_own_bounds_make_it_stricter() -> None:
    assert imagined_card(6144 * MIB, Limits(limit_mib=1000)).budget.limit_bytes == 1000 * MIB


def test_real_card_has_the_guards_limit_and_is_left_as_it_was() -> None:
    gpu = FakeCuda()
    card = real_card(gpu, 0, Limits())
    assert card.is_real
    assert 0 < card.budget.limit_bytes < card.budget.total_bytes
    assert gpu.fraction(0) == 1.0
