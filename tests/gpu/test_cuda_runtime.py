"""The real seam where torch can be asked without a GPU, and under the names that older and newer torch have."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from mnist_lab.gpu.cuda_runtime import TorchCuda


@pytest.fixture
def no_conf(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ALLOC_CONF", "PYTORCH_NO_CUDA_MEMORY_CACHING"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_conf")
def test_settings_come_from_the_environment_where_torch_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch._C, "_accelerator_getAllocatorSettings", raising=False)
    cuda = TorchCuda()
    assert cuda.allocator_settings() == ""
    monkeypatch.setenv("PYTORCH_ALLOC_CONF", "new:1")
    assert cuda.allocator_settings() == "new:1"
    monkeypatch.setenv("PYTORCH_CUDA_ALLOC_CONF", "old:1")
    assert cuda.allocator_settings() == "old:1"


@pytest.mark.usefixtures("no_conf")
def test_settings_in_force_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch._C, "_accelerator_getAllocatorSettings", lambda: "a:1", raising=False)
    monkeypatch.setenv("PYTORCH_ALLOC_CONF", "b:1")
    assert TorchCuda().allocator_settings() == "a:1"


@pytest.mark.usefixtures("no_conf")
def test_caching_is_off_by_the_environment_or_by_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = TorchCuda()
    name = "_cuda_cudaCachingAllocator_is_enabled"
    monkeypatch.delattr(torch._C, name, raising=False)
    assert cuda.is_caching()
    monkeypatch.setattr(torch._C, name, lambda: False, raising=False)
    assert not cuda.is_caching()
    monkeypatch.setattr(torch._C, name, lambda: True, raising=False)
    assert cuda.is_caching()
    monkeypatch.setenv("PYTORCH_NO_CUDA_MEMORY_CACHING", "1")
    assert not cuda.is_caching()


def test_managed_memory_is_seen_once_it_was_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = TorchCuda()
    monkeypatch.delattr(torch.cuda.memory, "_UVM_ALLOCATOR", raising=False)
    assert not cuda.managed_memory_in_use()
    monkeypatch.setattr(torch.cuda.memory, "_UVM_ALLOCATOR", None, raising=False)
    assert not cuda.managed_memory_in_use()
    monkeypatch.setattr(torch.cuda.memory, "_UVM_ALLOCATOR", object(), raising=False)
    assert cuda.managed_memory_in_use()


def test_fraction_is_none_where_torch_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(device: int) -> float:
        raise RuntimeError("cudaMallocAsync does not yet support getMemoryFraction")

    monkeypatch.setattr(torch.cuda, "get_per_process_memory_fraction", unsupported, raising=False)
    assert TorchCuda().fraction(0) is None
    monkeypatch.delattr(torch.cuda, "get_per_process_memory_fraction")
    assert TorchCuda().fraction(0) is None


def test_reason_names_a_build_without_cuda_and_hidden_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", None)
    assert "is a build without CUDA" in TorchCuda().unavailable_reason()
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert "CUDA_VISIBLE_DEVICES is '-1'" in TorchCuda().unavailable_reason()
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert "no NVIDIA GPU or no driver" in TorchCuda().unavailable_reason()


def test_a_cpu_device_has_no_cuda_index() -> None:
    assert TorchCuda().index_of(torch.device("cpu")) is None
    assert TorchCuda().index_of(torch.device("cuda", 3)) == 3


def test_pluggable_allocator_is_seen_by_its_name() -> None:
    """In a process of its own: PyTorch keeps the allocator that was plugged in."""
    program = (
        "import torch, sys\n"
        "from mnist_lab.gpu.cuda_runtime import TorchCuda\n"
        "from mnist_lab.gpu.allocator_limit import UnboundedAllocatorError, refuse_unbounded\n"
        "library = 'libc.so.6'\n"
        "plug = torch.cuda.memory.CUDAPluggableAllocator(library, 'malloc', 'free')\n"
        "refuse_unbounded(TorchCuda())\n"
        "torch.cuda.memory.change_current_allocator(plug)\n"
        "try:\n    refuse_unbounded(TorchCuda())\nexcept UnboundedAllocatorError as error:\n    print(error)\n"
    )
    if not sys.platform.startswith("linux") or torch.version.cuda is None:
        pytest.skip("pluggable allocators need a CUDA build on Unix")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "the CUDA allocator is 'pluggable'" in done.stdout


def test_importing_the_guard_does_not_import_torch() -> None:
    program = "import sys, mnist_lab.gpu, mnist_lab.commands.doctor; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "False"
