"""On what was measured: processor, compiler, BLAS, GPU, versions."""

from __future__ import annotations

import importlib.metadata
import platform
import sys

from mnist_lab import __version__
from mnist_lab.bench.caches import cache_sizes
from mnist_lab.bench.compiler import OPTIMIZED, SCALAR, find_compiler
from mnist_lab.bench.thread_limits import available_threads, blas_kernels
from mnist_lab.runs.processor_name import cpu_name

_PACKAGES = ("numpy", "torch", "cupy")


def machine_facts() -> dict[str, str]:
    """Return what can have a part in the times, in the order in which it is shown."""
    facts = {"processor": cpu_name(), "caches": cache_sizes(), "cores": str(available_threads())}
    facts["system"] = platform.platform()
    if compiler := find_compiler():
        facts |= {"compiler": compiler.version, "flags": " ".join((*OPTIMIZED, *SCALAR))}
    if blas := blas_kernels():
        facts["blas"] = "; ".join(blas)
    torch = sys.modules.get("torch")
    if torch and torch.cuda.is_available():
        facts["gpu"] = torch.cuda.get_device_name()
    return facts


def versions() -> dict[str, str]:
    """Return the versions of the libraries that were measured."""
    found = {"mnist_lab": __version__, "python": platform.python_version()}
    for name in _PACKAGES:
        if name in sys.modules:
            module = sys.modules[name]
            found[name] = str(getattr(module, "__version__", "")) or importlib.metadata.version(name)
    return found
