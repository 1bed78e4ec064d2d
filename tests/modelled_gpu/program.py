"""Runs a Python program on a modelled machine: ``python -m tests.modelled_gpu.program -m pytest …``, ``-c``, or a file.

What the C library cannot model is set here: cuDNN is switched off (PyTorch's own convolution runs instead), mnist_lab
is told that a WDDM machine is Windows, and, where the variable ``MODELLED_GPU_NUMBERS`` is set, operations get their
right numbers.
"""

from __future__ import annotations

import os
import runpy
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import partial


def main(arguments: list[str]) -> None:
    """Run a program as ``python`` would.

    Args:
        arguments: ``-c code …``, ``-m module …`` or ``file …``.
    """
    prepare()
    with numbers():
        match arguments:
            case ["-c", code, *rest]:
                sys.argv = ["-c", *rest]
                # A module of its own, so that what is defined in it can be pickled by its name.
                exec(compile(code, "<program>", "exec"), sys.modules["__main__"].__dict__)
            case ["-m", module, *rest]:
                sys.argv = [module, *rest]
                runpy.run_module(module, run_name="__main__", alter_sys=True)
            case [file, *rest]:
                sys.argv = [file, *rest]
                runpy.run_path(file, run_name="__main__")
            case []:
                raise SystemExit("usage: python -m tests.modelled_gpu.program (-c CODE | -m MODULE | FILE) …")


def prepare() -> None:
    """Switch cuDNN off, and let mnist_lab see Windows where the machine has WDDM or TCC."""
    import torch

    torch.backends.cudnn.enabled = False
    if os.environ.get("MODELLED_GPU_PLATFORM") in ("WDDM", "TCC"):
        from mnist_lab.gpu import cuda_runtime
        from mnist_lab.gpu.driver import driver_of

        cuda_runtime.__dict__["driver_of"] = partial(driver_of, platform_name="win32")


def numbers() -> AbstractContextManager[object]:
    """Return the context in which operations have right numbers, where they are wanted."""
    if not os.environ.get("MODELLED_GPU_NUMBERS"):
        return nullcontext()
    from tests.modelled_gpu.right_numbers import RightNumbers

    return RightNumbers()


if __name__ == "__main__":
    main(sys.argv[1:])
