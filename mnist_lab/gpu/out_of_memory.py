"""The one place that decides what counts as CUDA out of memory, and that finds the text to show for it."""

from __future__ import annotations

import re
import sys

from mnist_lab.errors import first_line
from mnist_lab.gpu.cuda_runtime import MIB
from mnist_lab.gpu.watch import OPENING
from mnist_lab.language import say

# Messages of RuntimeErrors that are not torch.OutOfMemoryError: CUDA's own calls outside the allocator, and its
# libraries. CUBLAS_STATUS_NOT_INITIALIZED is left out: memory is one of its causes among several.
_MESSAGES = (
    "CUDA out of memory",
    "CUDA error: out of memory",
    "CUDA driver error: out of memory",
    "cudaErrorMemoryAllocation",
    "CUDA_ERROR_OUT_OF_MEMORY",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
    "CUSOLVER_STATUS_ALLOC_FAILED",
    "CUSPARSE_STATUS_ALLOC_FAILED",
    "CUSPARSE_STATUS_INSUFFICIENT_RESOURCES",
    "CUFFT_ALLOC_FAILED",
)
# What PyTorch says of a convolution where each of cuDNN's ways to carry it out has failed: it tries them in turn, and
# passes over those whose workspace the allocator has refused (try_plans of aten/src/ATen/native/cudnn/Conv_v8.cpp). A
# type of number that cuDNN does not know on a card ends so too.
NO_ENGINE = "unable to find an engine to execute this computation"
_NCCL = re.compile(r"Cuda failure (?:2 )?'out of memory'")
_UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
# The allocators' own wordings: native, native with preemptive rejection, cudaMallocAsync.
_ASKED = re.compile(r"(?:Tried to allocate|Requested size:|Requested\s+:)\s+([\d.]+) (bytes|KiB|MiB|GiB)")

_DEVICE = re.compile(r"\b(?:GPU|device) (\d+)\b")


def is_out_of_memory(error: BaseException | None) -> bool:
    """Say whether an exception means that the GPU's memory ran out.

    Counts ``torch.OutOfMemoryError``, CuPy's, and a ``RuntimeError`` of CUDA or one of its libraries with a known
    message, also as the stated cause (``raise … from error``) of another exception, and whatever the guard has
    explained as such. Memory of the CPU or of another maker's device does not count.
    """
    return any(map(_is_itself, _with_causes(error)))


def may_be_out_of_memory(error: BaseException | None) -> bool:
    """Say whether an exception is cuDNN's that no way to carry out a convolution was left, or was caused by it.

    It is an out of memory where the allocator has refused a request meanwhile.
    """
    return any(isinstance(one, RuntimeError) and NO_ENGINE in str(one) for one in _with_causes(error))


def asked_bytes(error: BaseException) -> int | None:
    """Return how much the refused request wanted, None where the message does not tell."""
    found = _ASKED.search(str(error))
    return None if found is None else int(float(found[1]) * _UNITS[found[2]])


def device_in(error: BaseException) -> int | None:
    """Return the CUDA index that the message names, None where it names none."""
    found = _DEVICE.search(str(error))
    return None if found is None else int(found[1])


def explanation(error: BaseException) -> str:
    """Return the text to show for an exception that :func:`is_out_of_memory`; it begins ``CUDA out of memory.``.

    It is the guard's report where there is one (attached as a note), else a short text made of the exception alone.
    """
    links = _with_causes(error)
    for link in links:
        notes = [note for note in getattr(link, "__notes__", []) if note.startswith(OPENING)]
        if notes:
            return "\n".join(notes)
    source = next((link for link in links if _is_itself(link)), error)
    asked = asked_bytes(source)
    if asked is not None:
        what = say(
            "A request for {mib:.1f} MiB did not fit.", "{mib:.1f} MiB を確保できませんでした。", mib=asked / MIB
        )
    else:
        what = first_line(source).removeprefix(OPENING).strip() or type(source).__name__
    helps = say(
        "What helps: a smaller batch size, a smaller network, closing other programs that use the GPU.",
        "対処方法：バッチサイズを小さくする、ネットワークを小さくする、GPU を使用しているほかのプログラムを終了する、"
        "のいずれかをお試しください。",
    )
    return f"{OPENING} {what}\n{helps}"


def _with_causes(error: BaseException | None) -> list[BaseException]:
    """Return an exception and its stated causes, each once: they may lie in a ring."""
    links: list[BaseException] = []
    while error is not None and not any(error is link for link in links):
        links.append(error)
        error = error.__cause__
    return links


def _is_itself(error: BaseException) -> bool:
    if any(note.startswith(OPENING) for note in getattr(error, "__notes__", [])):
        return True
    message = str(error)
    if "XPU out of memory" in message:
        return False
    torch = sys.modules.get("torch")  # not imported: then it cannot have raised
    if torch is not None and isinstance(error, torch.OutOfMemoryError):
        return True
    kind = type(error)
    if kind.__name__ == "OutOfMemoryError" and kind.__module__.startswith("cupy"):
        return True
    if not isinstance(error, RuntimeError):
        return False
    return any(text in message for text in _MESSAGES) or _NCCL.search(message) is not None
