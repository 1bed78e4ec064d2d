"""All implementations there are of each operation, and those that a command line picks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from mnist_lab.bench import c_kernels, cupy_kernels, numpy_kernels, python_kernels, torch_kernels
from mnist_lab.bench.kernel import Implementation
from mnist_lab.errors import UsageError, nearest
from mnist_lab.language import say

# A float of Python's is 24 bytes, and its place in a list 8.
_PYTHON_VALUE_BYTES = 32
# Without a kernel of its own for float64, torch writes each pixel's 9 neighbours out.
_TORCH_CONV_WORKSPACE = 9


def implementations(operation: str) -> list[Implementation]:
    """Return those of an operation, in the order in which tables show them.

    Args:
        operation: ``matmul``, ``conv2d``, or ``ladder``: the product's on the processor, without PyTorch.
    """
    ladder = [
        Implementation("python", python_kernels.load, value_bytes=_PYTHON_VALUE_BYTES, slow=True),
        *(
            Implementation(
                f"c-{step.replace('_', '-')}", partial(c_kernels.load, step=step), all_threads=step == "threads"
            )
            for step in c_kernels.STEPS
        ),
        Implementation("numpy-1", numpy_kernels.load),
    ]
    # The product's alone has threads in NumPy; its loops over elements run in one.
    if operation != "conv2d":
        ladder.append(Implementation("numpy", numpy_kernels.load, all_threads=True))
    if operation == "ladder":
        return ladder
    workspace = _TORCH_CONV_WORKSPACE if operation == "conv2d" else 0
    cuda = [
        _on_gpu("cuda-fp32", partial(torch_kernels.load_cuda, precision="fp32"), "float32", 4, 1e-4),
        _on_gpu("cuda-tf32", partial(torch_kernels.load_cuda, precision="tf32"), "TF32", 4, 1e-2),
        _on_gpu("cuda-bf16", partial(torch_kernels.load_cuda, precision="bf16"), "bfloat16", 2, 5e-2),
        _on_gpu("cupy", cupy_kernels.load, "float32", 4, 1e-4),
    ]
    return [
        *ladder,
        Implementation("torch-1", torch_kernels.load_cpu, workspace=workspace),
        Implementation("torch", torch_kernels.load_cpu, workspace=workspace, all_threads=True),
        *(entry for entry in cuda if operation == "matmul" or entry.name != "cuda-tf32"),
    ]


def pick(available: Sequence[Implementation], only: Sequence[str] | None) -> list[Implementation]:
    """Return the implementations that ``--only`` names; all of them where it is not given.

    Args:
        available: All there are.
        only: Names, or beginnings of several: ``c`` for all steps in C, ``numpy`` for ``numpy-1`` too.

    Raises:
        UsageError: A name is unknown.
    """
    if only is None:
        return list(available)
    names = [entry.name for entry in available]
    if not only:
        raise UsageError(
            say(
                "--only: no implementation is named; implementations: {known}.",
                "--only：実装が指定されていません。使用できる実装：{known}",
                known=", ".join(names),
            )
        )
    wanted: set[str] = set()
    for name in only:
        found = [known for known in names if known == name or known.startswith(f"{name}-")]
        if not found:
            raise UsageError(
                say(
                    "--only: there is no implementation '{name}'.{hint} Implementations: {known}.",
                    "--only：実装 '{name}' はありません。{hint}使用できる実装：{known}",
                    name=name,
                    hint=nearest(name, names),
                    known=", ".join(names),
                )
            )
        wanted |= set(found)
    return [entry for entry in available if entry.name in wanted]


def _on_gpu(name: str, load: object, number_format: str, value_bytes: int, tolerance: float) -> Implementation:
    return Implementation(
        name,
        load,  # type: ignore[arg-type]
        all_threads=True,
        number_format=number_format,
        value_bytes=value_bytes,
        tolerance=tolerance,
        on_gpu=True,
    )
