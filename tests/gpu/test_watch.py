"""The look between steps: thresholds, figures, and what it does not judge."""

from __future__ import annotations

import pytest
import torch

from mnist_lab.gpu.allocator_limit import AllocatorLimit
from mnist_lab.gpu.budget import Limits
from mnist_lab.gpu.cuda_runtime import MIB
from mnist_lab.gpu.nvml import GpuProcess
from mnist_lab.gpu.watch import MemoryWatch, process_list
from tests.gpu.fake_device import FakeCuda, FakeDriver


def watch_on(cuda: FakeCuda, max_shared_mib: int = 100) -> MemoryWatch:
    limit = AllocatorLimit(cuda, 0, Limits(headroom_mib=600))
    limit.apply()
    return MemoryWatch(cuda, limit, max_shared_mib, check_interval_s=1.0, clock=lambda: 0.0)


def others_leave(cuda: FakeCuda, free_mib: int) -> None:
    cuda.drivers[0].others = {"game": 0}
    cuda.drivers[0].others["game"] = cuda.drivers[0].free_bytes - free_mib * MIB


def test_half_the_headroom_is_this_processes_own_to_take() -> None:
    cuda = FakeCuda(FakeDriver(spills=True))
    watch = watch_on(cuda)
    others_leave(cuda, 300)
    watch.check()
    others_leave(cuda, 299)
    with pytest.raises(torch.OutOfMemoryError, match="299 MiB are free, 7792 MiB were at the start, and 300 MiB"):
        watch.check()


def test_limit_goes_down_before_the_run_is_halted() -> None:
    cuda = FakeCuda(FakeDriver(spills=True))
    watch = watch_on(cuda)
    others_leave(cuda, 1000)
    watch.check()
    assert cuda.allocators[0].fraction == pytest.approx(400 / 8192)
    with pytest.raises(torch.OutOfMemoryError, match="Tried to allocate"):
        cuda.allocate(500)
    assert cuda.drivers[0].shared_bytes == 0


def test_fraction_that_is_set_in_mid_run_is_replaced_at_the_next_look() -> None:
    cuda = FakeCuda(FakeDriver(spills=True))
    watch = watch_on(cuda)
    cuda.set_fraction(1.0, 0)
    watch.check()
    assert cuda.fraction(0) == pytest.approx((7792 - 600) / 8192)


def test_memory_past_a_limit_that_was_lifted_is_not_blamed_on_others() -> None:
    cuda = FakeCuda(FakeDriver(spills=True))
    watch = watch_on(cuda)
    cuda.set_fraction(1.0, 0)
    cuda.allocate(7600)
    with pytest.raises(torch.OutOfMemoryError) as caught:
        watch.check()
    assert "holds 7600 MiB of GPU 0, past the guard's limit of 7192 MiB, which something has lifted" in str(
        caught.value
    )
    assert "other programs have" not in str(caught.value)


def test_memory_past_a_limit_that_was_lifted_is_let_pass_where_nothing_can_spill() -> None:
    cuda = FakeCuda(FakeDriver(spills=False))
    watch = watch_on(cuda)
    cuda.set_fraction(1.0, 0)
    cuda.allocate(7600)
    watch.check()
    assert cuda.fraction(0) == pytest.approx((7792 - 600) / 8192)


@pytest.mark.parametrize(("growth_mib", "halts"), [(100, False), (101, True), (-50, False)])
def test_shared_memory_may_grow_up_to_the_given_mib(growth_mib: int, halts: bool) -> None:
    cuda = FakeCuda(FakeDriver(spills=True), platform="WDDM")
    watch = watch_on(cuda)
    watch.take_baseline()
    cuda.shared_baseline_bytes += growth_mib * MIB
    if halts:
        with pytest.raises(torch.OutOfMemoryError, match="101 MiB over the 96 MiB"):
            watch.check()
    else:
        watch.check()
    assert watch.shared_bytes == (96 + growth_mib) * MIB


def test_shared_memory_is_not_judged_without_a_baseline() -> None:
    cuda = FakeCuda(FakeDriver(spills=True), platform="WDDM")
    watch = watch_on(cuda)
    cuda.shared_baseline_bytes = 5000 * MIB
    watch.check()
    assert watch.baseline_bytes is None


def test_shared_memory_is_none_where_there_is_no_figure() -> None:
    cuda = FakeCuda()
    watch = watch_on(cuda)
    watch.take_baseline()
    watch.check()
    assert (watch.baseline_bytes, watch.shared_bytes) == (None, None)


def test_integrated_device_is_not_halted_by_the_systems_file_cache() -> None:
    cuda = FakeCuda(FakeDriver(integrated=True))
    watch = watch_on(cuda)
    others_leave(cuda, 0)
    watch.check()
    assert cuda.allocators[0].fraction == pytest.approx((7792 - 600) / 8192)


def test_programs_are_named_with_what_is_known_of_them() -> None:
    programs = (GpuProcess(1, r"C:\Games\game.exe", 700 * MIB), GpuProcess(2, None, None), GpuProcess(3, "/bin/x", 0))
    assert process_list(programs) == "game.exe (pid 1) 700 MiB, a program (pid 2), x (pid 3) 0 MiB"
    assert process_list(programs, most=1) == "game.exe (pid 1) 700 MiB"
