"""Which sizes are measured, and why no larger one."""

from __future__ import annotations

import itertools

import pytest

from mnist_lab.bench.bench_record import Series, Stop
from mnist_lab.bench.kernel import Implementation, Kernel
from mnist_lab.bench.operation import Operation
from mnist_lab.bench.sizes import check_sizes, sizes_in_turn, stop_before
from mnist_lab.errors import UsageError
from tests.bench.points import points_of

PRODUCT = Operation("matmul")


def entry(*, on_gpu: bool = False, value_bytes: int = 8) -> Implementation:
    return Implementation("numpy", lambda _: Kernel(max), on_gpu=on_gpu, value_bytes=value_bytes)


def series(*sizes: int, factor: float = 1e-9) -> Series:
    return Series("numpy", 1, "float64", 0.0, points_of(lambda size: factor * size**3, sizes))


def too_long(needed_s: float, allowed_s: float) -> Stop:
    return Stop("too_long", 400, pytest.approx(needed_s), allowed_s)  # type: ignore[arg-type]


def test_sizes_double_without_end() -> None:
    assert list(itertools.islice(sizes_in_turn([]), 4)) == [25, 50, 100, 200]


def test_given_sizes_are_sorted_and_once() -> None:
    assert list(sizes_in_turn([400, 100, 400])) == [100, 400]


def test_size_that_would_take_too_long_is_left_out() -> None:
    measured = series(100, 200)
    assert stop_before(400, entry(), measured, PRODUCT, 0.065, None) is None
    assert stop_before(400, entry(), measured, PRODUCT, 0.06, None) == too_long(0.064, 0.06)


def test_prediction_goes_on_as_the_time_grew_last_within_reason() -> None:
    measured = series(100, 200)
    measured.points[-1].median_s *= 1.5  # left a cache
    assert stop_before(400, entry(), measured, PRODUCT, 0.1, None) == too_long(0.144, 0.1)
    measured.points[-1].median_s *= 10  # another program
    stop = stop_before(400, entry(), measured, PRODUCT, 0.1, None)
    assert stop is not None
    assert stop.needed == pytest.approx(0.12 * 8 * 2)


def test_first_size_is_always_tried() -> None:
    assert stop_before(25, entry(), series(), PRODUCT, 1e-9, None) is None


def test_matrices_that_do_not_fit_are_left_out_by_arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_lab.bench.sizes.free_bytes", lambda: 47 * 100**2)
    # Three matrices in float64 as they were made, three in the kernel's own form.
    assert stop_before(100, entry(), series(), PRODUCT, 1, None) == Stop("memory", 100, 48 * 100**2, 47 * 100**2)
    assert stop_before(98, entry(), series(), PRODUCT, 1, None) is None


def test_gpu_has_the_guards_limit() -> None:
    on_gpu = entry(on_gpu=True, value_bytes=4)
    assert stop_before(100, on_gpu, series(), PRODUCT, 1, 12 * 100**2) is None
    assert stop_before(100, on_gpu, series(), PRODUCT, 1, 119_999) == Stop("memory", 100, 120_000, 119_999)


@pytest.mark.parametrize("size", [0, -5, 2, 2_000_000])
def test_size_that_is_none_is_refused(size: int) -> None:
    with pytest.raises(UsageError, match=rf"--sizes: {size} is no size; allowed: whole numbers from 3 to 1,000,000"):
        check_sizes([100, size], PRODUCT)


def test_size_too_large_for_the_memory_is_refused_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_lab.bench.sizes.free_bytes", lambda: 24 * 1000**2)
    check_sizes([1000], PRODUCT)
    with pytest.raises(UsageError, match=r"2,000 is too large for the memory: .* up to 1,000 fits"):
        check_sizes([2000], PRODUCT)
