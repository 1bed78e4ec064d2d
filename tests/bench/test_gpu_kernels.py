"""PyTorch on CUDA and CuPy, with stand-ins: NumPy and the processor in the GPU's place."""

from __future__ import annotations

import sys
import types
import warnings
from typing import Any

import numpy as np
import pytest
import torch

from mnist_lab.bench import torch_kernels
from mnist_lab.bench.catalogue import implementations
from mnist_lab.bench.correctness import check
from mnist_lab.bench.cupy_kernels import load, memory_limit
from mnist_lab.bench.kernel import LeftOutError, Request
from mnist_lab.bench.operation import Operation

GIB = 2**30


def stand_in(free_bytes: int = 5 * GIB, total_bytes: int = 6 * GIB) -> tuple[types.ModuleType, list[Any]]:
    """NumPy under CuPy's names, and what was asked of it: limits of the pool and waits."""
    asked: list[Any] = []
    cupy = types.ModuleType("cupy")
    cupy.float32 = np.float32  # type: ignore[attr-defined]
    cupy.asarray = np.asarray  # type: ignore[attr-defined]
    cupy.asnumpy = np.asarray  # type: ignore[attr-defined]
    cupy.matmul = np.matmul  # type: ignore[attr-defined]
    pool = types.SimpleNamespace(set_limit=lambda *, size: asked.append(size))
    cupy.get_default_memory_pool = lambda: pool  # type: ignore[attr-defined]
    device = types.SimpleNamespace(synchronize=lambda: asked.append("wait"))
    runtime = types.SimpleNamespace(memGetInfo=lambda: (free_bytes, total_bytes))
    cupy.cuda = types.SimpleNamespace(runtime=runtime, Device=lambda: device)  # type: ignore[attr-defined]
    return cupy, asked


@pytest.fixture
def cupy(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    from scipy import signal

    module, asked = stand_in()
    monkeypatch.setitem(sys.modules, "cupy", module)
    monkeypatch.setitem(sys.modules, "cupyx", types.ModuleType("cupyx"))
    monkeypatch.setitem(sys.modules, "cupyx.scipy", types.ModuleType("cupyx.scipy"))
    monkeypatch.setitem(sys.modules, "cupyx.scipy.signal", signal)
    return asked


@pytest.mark.parametrize(("name", "padding"), [("matmul", "valid"), ("conv2d", "valid"), ("conv2d", "same")])
def test_cupys_own_functions_are_right_within_float32(cupy: list[Any], name: str, padding: str) -> None:
    operation = Operation(name, "same" if padding == "same" else "valid")
    (entry,) = (entry for entry in implementations(name) if entry.name == "cupy")
    kernel = entry.load(Request(operation, 1))
    assert 1e-9 < check(entry, kernel, operation) < 1e-5
    kernel.wait()
    assert cupy[-1] == "wait"


def test_cupys_pool_gets_what_the_guard_would_leave(cupy: list[Any]) -> None:
    load(Request(Operation("matmul"), 1))
    # 6 GiB: headroom 512 MiB where the driver can spill.
    assert cupy == [5 * GIB - 512 * 2**20]
    assert memory_limit(stand_in(GIB, 2 * GIB)[0]) == GIB - 512 * 2**20


def test_without_cupy_there_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(LeftOutError, match="no_cupy"):
        load(Request(Operation("matmul"), 1))


def test_cupy_without_a_gpu_says_what_its_runtime_says(cupy: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("cudaErrorNoDevice: no CUDA-capable device is detected")

    monkeypatch.setattr(sys.modules["cupy"].cuda.runtime, "memGetInfo", fail)
    with pytest.raises(LeftOutError, match="cupy_failed cudaErrorNoDevice: no CUDA-capable device is detected"):
        load(Request(Operation("matmul"), 1))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_cuda_there_is_a_reason() -> None:
    with pytest.raises(LeftOutError, match="no_cuda"):
        torch_kernels.load_cuda(Request(Operation("matmul"), 1), precision="fp32")


@pytest.mark.parametrize("name", ["cuda-fp32", "cuda-tf32", "cuda-bf16"])
@pytest.mark.parametrize("operation", [Operation("matmul"), Operation("conv2d"), Operation("conv2d", "same")])
def test_cuda_kernels_are_right_within_their_format(
    name: str, operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: waits.append(1))
    to = torch.Tensor.to
    monkeypatch.setattr(torch.Tensor, "to", lambda tensor, device, dtype: to(tensor, dtype))
    (entry,) = (entry for entry in implementations("matmul") if entry.name == name)
    kernel = entry.load(Request(operation, 1))
    error = check(entry, kernel, operation)
    assert (1e-3 < error < 5e-2) if name == "cuda-bf16" else (1e-9 < error < 1e-5)
    kernel.wait()
    assert waits == [1]


@pytest.mark.parametrize(("name", "precision"), [("cuda-fp32", "highest"), ("cuda-tf32", "high")])
def test_precision_of_products_is_set_and_given_back(
    name: str, precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    (entry,) = (entry for entry in implementations("matmul") if entry.name == name)
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    with entry.load(Request(Operation("matmul"), 1)).around():
        assert torch.get_float32_matmul_precision() == precision
        assert not torch.backends.cudnn.allow_tf32
    assert (torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32) == before


def test_what_cupy_warns_of_when_it_is_imported_is_not_the_users(
    cupy: list[Any], monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    imported: list[str] = []

    def import_module(name: str) -> Any:
        imported.append(name)
        warnings.warn("cupyx.jit.rawkernel is experimental.", FutureWarning, stacklevel=2)
        return sys.modules[name]

    monkeypatch.setattr("importlib.import_module", import_module)
    load(Request(Operation("matmul"), 1))
    assert imported == ["cupy", "cupyx.scipy.signal"]
    assert list(recwarn) == []
