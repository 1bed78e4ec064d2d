"""The search for the largest batch size: right, and in few trials."""

from __future__ import annotations

import pytest

from mnist_lab.gpu.batch_size_search import largest_batch_size

MIB = 2**20


@pytest.mark.parametrize("most", [1, 100, 60_000, 5_000_000])
@pytest.mark.parametrize("begin", [1, 64, 50_000])
@pytest.mark.parametrize(("fixed_mib", "sample_bytes"), [(10, 1000), (900, 12_345), (1, 3_000_000)])
def test_search_comes_within_a_64th_of_the_largest_in_few_trials(
    most: int, begin: int, fixed_mib: int, sample_bytes: int
) -> None:
    tried = set()

    def need_bytes(size: int) -> int:
        return fixed_mib * MIB + -(-size * sample_bytes // (2 * MIB)) * 2 * MIB

    def fits(size: int) -> bool:
        tried.add(size)
        return need_bytes(size) <= 1000 * MIB

    found = largest_batch_size(need_bytes, fits, 1000 * MIB, most, begin)
    largest = min(most, (1000 - fixed_mib) // 2 * 2 * MIB // sample_bytes)
    assert found == largest if largest == most else found <= largest < found + max(found // 64, 1) + 1
    assert fits(found)
    assert len(tried) <= 21


def test_where_not_even_one_fits_the_answer_is_none() -> None:
    assert largest_batch_size(lambda _: 2000, lambda _: False, 1000, 60_000, 64) == 0


def test_larger_size_that_fits_beyond_one_that_does_not_is_found() -> None:
    """The allocator's gaps depend on the sizes of the blocks: what needs more may fit better."""

    def fits(size: int) -> bool:
        return size <= 1400 or 1700 <= size <= 1900

    found = largest_batch_size(lambda size: size * 1000, fits, 1_500_000, most=50_000, begin=25_000)
    assert fits(found)
    assert found > 1850


def test_far_larger_sizes_that_fit_are_found_beyond_a_wide_gap() -> None:
    """Beside their graphs these do not fit; larger ones record none, and do."""

    def fits(size: int) -> bool:
        return size <= 53 or 300 <= size <= 450

    found = largest_batch_size(lambda size: 2_500_000 + size * 7000, fits, 4_000_000, most=50_000, begin=8192)
    assert 440 < found <= 450
