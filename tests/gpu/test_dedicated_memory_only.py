"""The guard as a ``with`` block."""

from __future__ import annotations

import contextlib

import pytest
import torch

from mnist_lab.gpu import dedicated_memory_only, explanation, is_out_of_memory
from mnist_lab.gpu.allocator_limit import CudaRequiredError
from mnist_lab.gpu.cuda_runtime import MIB
from tests.gpu.fake_device import FakeCuda, FakeDriver


def two_spilling() -> FakeCuda:
    return FakeCuda(FakeDriver(spills=True), FakeDriver(spills=True), platform="WDDM")


def test_every_visible_device_is_limited_inside_and_free_after() -> None:
    cuda = two_spilling()
    with dedicated_memory_only(cuda=cuda, limit_mib=1024) as budgets:
        assert [budget.limit_bytes for budget in budgets] == [1024 * MIB] * 2
        assert (cuda.fraction(0), cuda.fraction(1)) == (0.125, 0.125)
    assert (cuda.fraction(0), cuda.fraction(1)) == (1.0, 1.0)


def test_named_devices_only() -> None:
    cuda = two_spilling()
    with dedicated_memory_only([1], cuda=cuda, limit_mib=1024):
        assert (cuda.fraction(0), cuda.fraction(1)) == (1.0, 0.125)


def test_out_of_memory_carries_the_report_of_its_device_and_lifts_the_limit() -> None:
    cuda = two_spilling()
    with pytest.raises(torch.OutOfMemoryError) as caught, dedicated_memory_only(cuda=cuda, limit_mib=1024):
        cuda.allocate(2000, device=1)
    assert "device     GPU 1 (Fake RTX 1)" in explanation(caught.value)
    assert [driver.shared_bytes for driver in cuda.drivers] == [0, 0]
    assert cuda.fraction(1) == 1.0


def test_inner_block_is_never_looser_than_the_outer() -> None:
    cuda = two_spilling()
    with dedicated_memory_only([0], cuda=cuda, limit_mib=1024):
        with dedicated_memory_only([0], cuda=cuda, limit_mib=4096) as (inner,):
            assert inner.limit_bytes == 1024 * MIB
        assert cuda.fraction(0) == 0.125
    assert cuda.fraction(0) == 1.0


def test_other_exceptions_pass_without_a_note() -> None:
    cuda = two_spilling()
    with pytest.raises(KeyError) as caught, dedicated_memory_only(cuda=cuda):
        raise KeyError("other")
    assert not hasattr(caught.value, "__notes__")
    assert cuda.fraction(0) == 1.0


def test_second_device_that_cannot_be_limited_frees_the_first() -> None:
    cuda = two_spilling()
    original = cuda.memory_info

    def fails_on_1(device: int) -> object:
        if device == 1:
            raise RuntimeError("CUDA error: device busy")
        return original(device)

    cuda.memory_info = fails_on_1  # type: ignore[method-assign,assignment]
    with pytest.raises(RuntimeError, match="busy"), dedicated_memory_only(cuda=cuda, limit_mib=1024):
        pass
    assert cuda.fraction(0) == 1.0


def test_without_cuda_nothing_happens_unless_it_is_required() -> None:
    cuda = FakeCuda()
    cuda.available = False
    with dedicated_memory_only(cuda=cuda) as budgets:
        assert budgets == ()
    with pytest.raises(CudaRequiredError, match="no GPU"), dedicated_memory_only(cuda=cuda, require_cuda=True):
        pass


def test_arguments_outside_what_is_allowed_are_named() -> None:
    with pytest.raises(ValueError, match="fraction is 3; allowed"), dedicated_memory_only(fraction=3):
        pass


NO_ENGINE = "GET was unable to find an engine to execute this computation"


def test_convolution_without_room_for_a_workspace_is_out_of_memory() -> None:
    """cuDNN's ways are tried in turn, refusals are passed over, and what is raised names no memory."""
    cuda = two_spilling()

    def convolve() -> None:
        with contextlib.suppress(torch.OutOfMemoryError):
            cuda.allocate(2000, device=1)
        raise RuntimeError(NO_ENGINE)

    with pytest.raises(RuntimeError, match=NO_ENGINE) as caught, dedicated_memory_only(cuda=cuda, limit_mib=1024):
        convolve()
    assert is_out_of_memory(caught.value)
    assert explanation(caught.value).startswith("CUDA out of memory. Requests were refused, and cuDNN found no way")
    assert "device     GPU 1" in explanation(caught.value)


def test_convolution_that_no_card_can_carry_out_is_no_out_of_memory() -> None:
    with pytest.raises(RuntimeError) as caught, dedicated_memory_only(cuda=two_spilling(), limit_mib=1024):
        raise RuntimeError(NO_ENGINE)
    assert not is_out_of_memory(caught.value)
