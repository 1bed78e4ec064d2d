"""What counts as out of memory, and the text shown for it."""

from __future__ import annotations

import pytest
import torch

from mnist_lab.gpu.out_of_memory import asked_bytes, device_in, explanation, is_out_of_memory

# As PyTorch 2.11 and 2.15 word them.
NATIVE = (
    "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 1 has a total capacity of 8.00 GiB of which 1.20 GiB is free."
)
PREEMPTIVE = (
    "CUDA out of memory. Allocation was preemptively rejected because it would exceed per_process_memory_fraction "
    "limit. Requested size: 512.00 MiB"
)
ASYNC = (
    "Allocation on device 0 would exceed allowed memory. (out of memory)\n"
    "Currently allocated     : 1.00 GiB\nRequested               : 20.00 MiB\nDevice limit            : 8.00 GiB"
)


class OutOfMemoryError(Exception):
    """Named as CuPy's."""


OutOfMemoryError.__module__ = "cupy.cuda.memory"


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError(NATIVE),
        torch.OutOfMemoryError(ASYNC),
        RuntimeError("CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported"),
        RuntimeError("CUDA driver error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("cusolver error: CUSOLVER_STATUS_ALLOC_FAILED, when calling `cusolverDnCreate(handle)`"),
        RuntimeError("NCCL error: unhandled cuda error\nLast error:\nCuda failure 2 'out of memory'"),
        RuntimeError("Caught OutOfMemoryError in DataLoader worker process 0.\nCUDA out of memory. Tried to allocate"),
        OutOfMemoryError("Out of memory allocating 1,024 bytes"),
    ],
    ids=lambda error: str(error)[:30],
)
def test_known_wordings_count(error: BaseException) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [
        None,
        RuntimeError("mat1 and mat2 shapes cannot be multiplied"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes"),
        RuntimeError("MPS backend out of memory"),
        torch.OutOfMemoryError("XPU out of memory. Tried to allocate 20.00 MiB"),
        RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`"),
        MemoryError(),
        ValueError("CUDA out of memory"),
        KeyboardInterrupt(),
    ],
    ids=repr,
)
def test_other_errors_do_not_count(error: BaseException | None) -> None:
    assert not is_out_of_memory(error)


def test_stated_cause_counts_but_not_what_was_merely_being_handled() -> None:
    stated = ValueError("the step failed")
    stated.__cause__ = torch.OutOfMemoryError(NATIVE)
    handled = ValueError("a mistake in the handling")
    handled.__context__ = torch.OutOfMemoryError(NATIVE)
    assert is_out_of_memory(stated)
    assert not is_out_of_memory(handled)


def test_causes_that_go_in_a_circle_end() -> None:
    first, second = ValueError("1"), ValueError("2")
    first.__cause__, second.__cause__ = second, first
    assert not is_out_of_memory(first)
    assert explanation(first).startswith("CUDA out of memory.")


@pytest.mark.parametrize(
    ("message", "expected"),
    [(NATIVE, int(2.5 * 2**30)), (PREEMPTIVE, 512 * 2**20), (ASYNC, 20 * 2**20), ("CUDA error: out of memory", None)],
)
def test_asked_bytes_are_read_out_of_each_allocators_message(message: str, expected: int | None) -> None:
    assert asked_bytes(RuntimeError(message)) == expected


@pytest.mark.parametrize(("message", "expected"), [(NATIVE, 1), (ASYNC, 0), ("CUDA error: out of memory", None)])
def test_device_is_read_out_of_the_message(message: str, expected: int | None) -> None:
    assert device_in(RuntimeError(message)) == expected


def test_explanation_is_the_attached_report() -> None:
    error = torch.OutOfMemoryError(NATIVE)
    error.add_note("someone else's note")
    error.add_note("CUDA out of memory. The report.")
    outer = RuntimeError("the step failed")
    outer.__cause__ = error
    assert explanation(error) == explanation(outer) == "CUDA out of memory. The report."


@pytest.mark.parametrize(
    ("message", "first_line"),
    [
        (NATIVE, "CUDA out of memory. A request for 2560.0 MiB did not fit."),
        ("CUDA error: out of memory\nmore", "CUDA out of memory. CUDA error: out of memory"),
        ("CUDA out of memory.", "CUDA out of memory. OutOfMemoryError"),
    ],
)
def test_explanation_of_a_foreign_error_is_short_and_begins_the_same(message: str, first_line: str) -> None:
    lines = explanation(torch.OutOfMemoryError(message)).splitlines()
    assert lines[0] == first_line
    assert "smaller batch size" in lines[1]
