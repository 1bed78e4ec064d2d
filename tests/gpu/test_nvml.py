"""NVML absent, failing, partial, and answering."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from mnist_lab.gpu.nvml import GpuProcess, NvmlReading, other_processes, read_all_nvml, read_nvml


class FakeNvml:
    """The library: each name in ``broken`` raises, as NVML's functions do on platforms without the answer."""

    def __init__(self, broken: tuple[str, ...] = ()) -> None:
        self.broken = broken
        self.open = 0

    def __getattr__(self, name: str) -> Any:
        answers = {
            "nvmlInit": self._init,
            "nvmlShutdown": self._shutdown,
            "nvmlDeviceGetCount": lambda: 2,
            "nvmlDeviceGetHandleByUUID": lambda uuid: {"GPU-b": 1}[uuid],
            "nvmlDeviceGetHandleByIndex": lambda index: index,
            "nvmlDeviceGetName": lambda handle: f"RTX {handle}".encode(),
            "nvmlSystemGetDriverVersion": lambda: "555.85",
            "nvmlDeviceGetCurrentDriverModel": lambda handle: handle,
            "nvmlDeviceGetMemoryInfo": lambda handle: SimpleNamespace(total=8, used=3, free=5),
            "nvmlDeviceGetComputeRunningProcesses": lambda handle: [
                SimpleNamespace(pid=7, usedGpuMemory=100),
                SimpleNamespace(pid=os.getpid(), usedGpuMemory=1),
            ],
            "nvmlDeviceGetGraphicsRunningProcesses": lambda handle: [SimpleNamespace(pid=8, usedGpuMemory=2**64 - 1)],
            "nvmlSystemGetProcessName": lambda pid: f"program{pid}",
        }
        if name in self.broken:
            return self._raise
        if name not in answers:  # Python's own questions to a module, such as __spec__
            raise AttributeError(name)
        return answers[name]

    def _raise(self, *args: Any) -> Any:
        raise RuntimeError("NVML: Not Supported")

    def _init(self) -> None:
        self.open += 1

    def _shutdown(self) -> None:
        self.open -= 1


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> FakeNvml:
    library = FakeNvml()
    monkeypatch.setitem(sys.modules, "pynvml", library)
    return library


def test_everything_is_read_and_the_library_closed(nvml: FakeNvml) -> None:
    assert read_nvml("GPU-b") == NvmlReading(
        name="RTX 1",
        driver_version="555.85",
        driver_model="TCC",
        total_bytes=8,
        used_bytes=3,
        free_bytes=5,
        processes=(
            GpuProcess(7, "program7", 100),
            GpuProcess(os.getpid(), f"program{os.getpid()}", 1),
            GpuProcess(8, "program8", None),
        ),
    )
    assert nvml.open == 0


def test_device_is_found_by_uuid_and_by_index_only_without_one(nvml: FakeNvml) -> None:
    by_uuid, by_index = read_nvml("GPU-b", 0), read_nvml(None, 0)
    assert by_uuid is not None
    assert by_index is not None
    assert (by_uuid.name, by_index.name) == ("RTX 1", "RTX 0")
    assert read_nvml("GPU-unknown", 0) is None, "not another card's figures"


def test_all_devices_are_read(nvml: FakeNvml) -> None:
    found = read_all_nvml()
    assert found is not None
    assert [one.driver_model for one in found] == ["WDDM", "TCC"]


def test_library_absent_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert read_nvml() is None
    assert read_all_nvml() is None


@pytest.mark.parametrize("broken", ["nvmlInit", "nvmlDeviceGetHandleByIndex"])
def test_library_failing_is_none(nvml: FakeNvml, broken: str) -> None:
    nvml.broken = (broken,)
    assert read_nvml() is None
    assert nvml.open == 0


@pytest.mark.parametrize(
    ("broken", "missing"),
    [
        (("nvmlDeviceGetMemoryInfo",), ("total_bytes", "used_bytes", "free_bytes")),
        (("nvmlDeviceGetCurrentDriverModel",), ("driver_model",)),
        (("nvmlDeviceGetName",), ("name",)),
        (("nvmlSystemGetDriverVersion",), ("driver_version",)),
        (("nvmlDeviceGetComputeRunningProcesses", "nvmlDeviceGetGraphicsRunningProcesses"), ("processes",)),
    ],
)
def test_partial_answers_leave_only_their_own_fields_none(
    nvml: FakeNvml, broken: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    nvml.broken = broken
    reading = read_nvml()
    assert reading is not None
    assert tuple(name for name, value in reading._asdict().items() if value is None) == missing


def test_process_without_a_name_is_kept(nvml: FakeNvml) -> None:
    nvml.broken = ("nvmlSystemGetProcessName",)
    others = other_processes(read_nvml())
    assert others == (GpuProcess(7, None, 100), GpuProcess(8, None, None))


def test_other_processes_are_unknown_without_a_reading() -> None:
    assert other_processes(None) is None
