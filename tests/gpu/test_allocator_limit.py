"""The limit: which bound decides, how it follows the free memory, what it refuses; on GPUs that are not there."""

from __future__ import annotations

import pytest
import torch

from mnist_lab.gpu.allocator_limit import AllocatorLimit, UnboundedAllocatorError, conf_fraction, refuse_unbounded
from mnist_lab.gpu.budget import Limits
from mnist_lab.gpu.cuda_runtime import MIB, CudaRuntime
from tests.gpu.fake_device import FakeCuda, FakeDriver


def spilling(**kwargs: object) -> FakeCuda:
    return FakeCuda(FakeDriver(spills=True), platform="WDDM", **kwargs)  # type: ignore[arg-type]


def fill(cuda: FakeCuda, mib: int = 256) -> int:
    """Allocate until it fails; return how many MiB were had."""
    for count in range(100):
        try:
            cuda.allocate(mib)
        except torch.OutOfMemoryError:
            return count * mib
    return 100 * mib


def test_fake_cuda_is_what_the_guard_expects_of_cuda() -> None:
    cuda: CudaRuntime = FakeCuda()
    assert cuda.device_count() == 1


def test_spilling_driver_with_limit_raises_and_shares_no_byte() -> None:
    cuda = spilling()
    AllocatorLimit(cuda, 0, Limits()).apply()
    had_mib = fill(cuda)
    assert 6900 < had_mib <= 8192 - 400 - 512
    assert cuda.drivers[0].shared_bytes == 0


@pytest.mark.parametrize("reads_fraction", [True, False], ids=["reads the fraction", "cannot read it"])
def test_users_stricter_fraction_in_the_environment_wins(reads_fraction: bool) -> None:
    cuda = spilling(settings="max_split_size_mb:128,per_process_memory_fraction:0.25", reads_fraction=reads_fraction)
    budget = AllocatorLimit(cuda, 0, Limits()).apply()
    assert budget.fraction == 0.25
    assert fill(cuda) == 2048


def test_users_own_fraction_wins_if_stricter_and_comes_back_when_lifted() -> None:
    cuda = spilling()
    cuda.set_fraction(0.5, 0)
    limit = AllocatorLimit(cuda, 0, Limits())
    assert limit.apply().decided_by == "torch.cuda.set_per_process_memory_fraction"
    limit.lift()
    assert cuda.fraction(0) == 0.5

    stricter = AllocatorLimit(cuda, 0, Limits(limit_mib=1024))
    assert stricter.apply().decided_by == "limit_mib"
    assert fill(cuda) == 1024
    stricter.lift()
    assert cuda.fraction(0) == 0.5


def test_each_device_has_its_own_limit() -> None:
    cuda = FakeCuda(FakeDriver(spills=True), FakeDriver(spills=True, total_bytes=4096 * MIB), platform="WDDM")
    for device in (0, 1):
        AllocatorLimit(cuda, device, Limits(fraction=0.5)).apply()
    cuda.allocate(4000, device=0)
    with pytest.raises(torch.OutOfMemoryError, match="GPU 1"):
        cuda.allocate(4000, device=1)
    assert [driver.shared_bytes for driver in cuda.drivers] == [0, 0]


def test_limit_counts_what_this_process_held_already() -> None:
    cuda = spilling()
    cuda.allocate(3000)
    budget = AllocatorLimit(cuda, 0, Limits(headroom_mib=500)).apply()
    assert budget.limit_bytes == (8192 - 400 - 500) * MIB


def test_smaller_free_figure_of_nvml_counts() -> None:
    cuda = spilling()
    cuda.nvml_free_bytes = 2000 * MIB
    assert AllocatorLimit(cuda, 0, Limits(headroom_mib=500)).apply().limit_bytes == 1500 * MIB


def test_smaller_free_figure_of_nvml_counts_in_mid_run_where_the_driver_can_spill() -> None:
    """CUDA on WDDM counts as free what it would first have to take from other programs."""
    for spills, free_mib in ((True, 3000), (False, 7792)):
        cuda = FakeCuda(FakeDriver(spills=spills))
        limit = AllocatorLimit(cuda, 0, Limits(headroom_mib=500))
        limit.apply()
        cuda.nvml_free_bytes = 3000 * MIB
        assert limit.renew()[1] == free_mib * MIB


def test_nvml_figure_of_another_memory_does_not_count() -> None:
    """CUDA sees a slice of the card (MIG), NVML the whole of it."""
    cuda = spilling()
    cuda.nvml_total_bytes, cuda.nvml_free_bytes = 40960 * MIB, 2000 * MIB
    assert AllocatorLimit(cuda, 0, Limits(headroom_mib=500)).apply().limit_bytes == (8192 - 400 - 500) * MIB


def test_renewed_limit_follows_others_down_and_up_but_not_past_the_start() -> None:
    cuda = spilling()
    limit = AllocatorLimit(cuda, 0, Limits(headroom_mib=500))
    first = limit.apply()
    cuda.drivers[0].others["game.exe"] = 3000 * MIB
    budget, free_bytes = limit.renew()
    assert budget.limit_bytes == first.limit_bytes - 3000 * MIB
    assert free_bytes == (8192 - 400 - 3000) * MIB
    fill(cuda)
    assert cuda.drivers[0].shared_bytes == 0
    cuda.drivers[0].others.clear()
    cuda.drivers[0].dedicated_bytes -= 100 * MIB  # the context shrank: more is free than at the start
    assert limit.renew()[0] == first


def test_integrated_device_keeps_the_limit_of_the_start() -> None:
    cuda = FakeCuda(FakeDriver(integrated=True))
    limit = AllocatorLimit(cuda, 0, Limits())
    first = limit.apply()
    assert first.decided_by == "free system memory less headroom"
    assert first.headroom_bytes == 1024 * MIB
    cuda.drivers[0].others["file cache"] = 6000 * MIB
    assert limit.renew()[0] == first


def test_lifting_twice_or_before_applying_changes_nothing() -> None:
    cuda = spilling()
    limit = AllocatorLimit(cuda, 0, Limits())
    limit.lift()
    assert cuda.fraction_calls == []
    limit.apply()
    limit.lift()
    limit.lift()
    assert len(cuda.fraction_calls) == 2
    assert cuda.fraction(0) == 1.0


def test_less_free_than_the_headroom_refuses_the_first_request() -> None:
    cuda = FakeCuda(FakeDriver(others={"game.exe": 7500 * MIB}, spills=True), platform="WDDM")
    assert AllocatorLimit(cuda, 0, Limits()).apply().limit_bytes == 0
    with pytest.raises(torch.OutOfMemoryError):
        cuda.allocate(1)


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [("backend", "pluggable", "pluggable"), ("caching", False, "PYTORCH_NO_CUDA"), ("managed", True, "managed memory")],
)
def test_unbounded_allocations_are_refused(setting: str, value: object, named: str) -> None:
    cuda = FakeCuda()
    setattr(cuda, setting, value)
    with pytest.raises(UnboundedAllocatorError, match=named):
        AllocatorLimit(cuda, 0, Limits()).apply()
    assert cuda.fraction_calls == []


@pytest.mark.parametrize("backend", ["native", "cudaMallocAsync"])
def test_backends_that_count_are_accepted(backend: str) -> None:
    cuda = FakeCuda(backend=backend)
    refuse_unbounded(cuda)
    assert AllocatorLimit(cuda, 0, Limits(limit_mib=100)).apply().limit_bytes == 100 * MIB


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", None),
        ("expandable_segments:True", None),
        ("per_process_memory_fraction:0.5", 0.5),
        ("a:1, per_process_memory_fraction:0.75 ,b:2", 0.75),
        ("per_process_memory_fraction:.", None),
        ("not_per_process_memory_fraction:0.5", None),
    ],
)
def test_conf_fraction_is_read_out_of_the_settings(settings: str, expected: float | None) -> None:
    assert conf_fraction(settings) == expected
