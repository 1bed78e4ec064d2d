"""What the doctor says of GPUs: with CUDA and NVML absent, failing and answering."""

from __future__ import annotations

import pytest

from mnist_lab.doctor.finding import Check
from mnist_lab.doctor.gpu_checks import cuda_check, gpu_checks, nvml_check, shared_check
from mnist_lab.gpu.cuda_runtime import MIB
from mnist_lab.gpu.nvml import NvmlReading
from mnist_lab.gpu.shared_memory import SharedUsageReader
from tests.doctor.failing_probe import raising
from tests.gpu.fake_device import FakeCuda, FakeDriver

RTX = NvmlReading("RTX 4060", "555.85", "WDDM", 8192 * MIB, 0, 8192 * MIB, None)
NO_SHARED = SharedUsageReader("linux")


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def test_gpu_that_answers_gives_driver_memory_and_the_guards_budget() -> None:
    cuda = FakeCuda(FakeDriver(spills=True), platform="WDDM")
    checks = by_name(gpu_checks(cuda, (RTX,), NO_SHARED))
    assert {check.status for check in checks.values()} == {"green"}
    assert checks["GPU 0"].sentence == ("Fake RTX 0, driver 555.85 (WDDM); this driver can spill into shared memory.")
    assert checks["GPU 0 memory"].data == {
        "total_bytes": 8192 * MIB,
        "used_bytes": 400 * MIB,
        "free_bytes": 7792 * MIB,
    }
    assert checks["GPU 0 guard"].sentence == "would limit PyTorch to 7280 MiB (headroom 512 MiB)."
    assert cuda.fraction(0) == 1.0


def test_every_gpu_is_examined() -> None:
    names = by_name(gpu_checks(FakeCuda(FakeDriver(), FakeDriver()), None, NO_SHARED))
    assert {"GPU 0", "GPU 0 memory", "GPU 0 guard", "GPU 1", "GPU 1 memory", "GPU 1 guard"} <= set(names)


def test_free_memory_that_nvml_does_not_see_is_yellow() -> None:
    cuda = FakeCuda(FakeDriver(spills=True), platform="WDDM")
    cuda.nvml_free_bytes = 5000 * MIB
    check = by_name(gpu_checks(cuda, (RTX,), NO_SHARED))["GPU 0 memory"]
    assert check.status == "yellow"
    assert "free 7792 MiB. NVML counts 5000 MiB as free: the rest is other programs'" in check.sentence
    assert check.data["nvml_free_bytes"] == 5000 * MIB


def test_memory_taken_by_others_is_yellow_and_named() -> None:
    cuda = FakeCuda(FakeDriver(others={"game.exe": 7000 * MIB}))
    checks = by_name(gpu_checks(cuda, (RTX,), NO_SHARED))
    assert checks["GPU 0 memory"].status == "yellow"
    assert "game.exe (pid 1000) 7000 MiB" in checks["GPU 0 memory"].sentence
    assert checks["GPU 0 guard"].status == "yellow"


def test_integrated_gpu_has_no_dedicated_memory_rather_than_0_mib() -> None:
    check = by_name(gpu_checks(FakeCuda(FakeDriver(integrated=True)), None, NO_SHARED))["GPU 0 memory"]
    assert "not applicable" in check.sentence
    assert check.data["total_bytes"] is None


def test_allocator_that_cannot_be_limited_is_red() -> None:
    check = by_name(gpu_checks(FakeCuda(backend="pluggable"), None, NO_SHARED))["GPU 0 guard"]
    assert check.status == "red"
    assert "'pluggable'" in check.sentence


@pytest.mark.parametrize("method", ["name", "driver", "memory_info", "nvml", "stats", "is_available", "device_count"])
def test_device_that_fails_in_any_reading_is_a_finding_not_a_crash(method: str) -> None:
    cuda = FakeCuda()
    setattr(cuda, method, raising(RuntimeError("CUDA error: the device is lost\nsecond line")))
    found = [check for check in gpu_checks(cuda, (RTX,), NO_SHARED) if check.status == "yellow"]
    assert found
    assert all(check.sentence.endswith("RuntimeError: CUDA error: the device is lost") for check in found)


def test_no_gpu_is_a_normal_answer() -> None:
    cuda = FakeCuda()
    cuda.available = False
    checks = gpu_checks(cuda, None, NO_SHARED)
    assert {check.status for check in checks} == {"green"}
    assert "training runs on the CPU" in by_name(checks)["CUDA"].sentence


def test_a_macs_gpu_is_named() -> None:
    cuda = FakeCuda()
    cuda.available = False
    check = by_name(gpu_checks(cuda, None, NO_SHARED, has_mps=True))["CUDA"]
    assert (check.status, check.sentence) == (
        "green",
        "no NVIDIA GPU: training runs on this Mac's GPU (MPS), whose memory the guard does not limit.",
    )


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("torch 2.11.0+cpu is a build without CUDA", "install the CUDA build"),
        ("torch 2.11.0 (CUDA 13.0) finds no NVIDIA GPU or no driver", "update the NVIDIA driver"),
    ],
)
def test_nvidia_gpu_that_torch_cannot_use_is_red_with_a_remedy(reason: str, remedy: str) -> None:
    cuda = FakeCuda()
    cuda.available = False
    cuda.unavailable_reason = lambda: reason  # type: ignore[method-assign]
    check = cuda_check(cuda, (RTX,))
    assert check.status == "red"
    assert remedy in check.sentence


def test_nvml_absent_is_none_and_answering_is_named() -> None:
    assert nvml_check(None).data == {"gpus": None}
    assert nvml_check((RTX,)).sentence == "sees RTX 4060."
    assert nvml_check((RTX._replace(name=None),)).sentence == "sees a GPU without a name."


@pytest.mark.parametrize(
    ("shared_mib", "status", "words"),
    [(None, "green", "not available on this platform"), (100, "green", "100 MiB"), (5000, "yellow", "has spilled")],
)
def test_shared_memory_is_judged_and_unknown_is_not_0(shared_mib: int | None, status: str, words: str) -> None:
    check = shared_check(None if shared_mib is None else shared_mib * MIB)
    assert (check.status, words in check.sentence) == (status, True)
    assert check.data["shared_bytes"] == (None if shared_mib is None else shared_mib * MIB)
