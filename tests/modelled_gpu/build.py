"""Builds the modelled driver with the machine's C compiler, once for each state of its sources."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCES = Path(__file__).with_name("driver")
CACHE = Path(__file__).resolve().parents[2] / "build" / "modelled_gpu"
LIBRARY = "libmodelled_gpu.so"
# One library answers for all of them: to libcuda and NVML programs come by name, to libcudart and cuBLAS by preloading.
OTHER_NAMES = ("libcuda.so.1", "libnvidia-ml.so.1")
FLAGS = ("-std=gnu11", "-O1", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror")


def why_not() -> str | None:
    """Return what the modelled GPU lacks on this machine, None where it can be used."""
    import torch

    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return f"the modelled GPU needs Linux on x86-64, and this is {platform.system()} on {platform.machine()}"
    if compiler() is None:
        return (
            "the modelled GPU needs a C compiler, and neither cc, gcc nor clang is there (Debian: apt-get install gcc)"
        )
    if not (torch.version.cuda or "").startswith("13."):
        return (
            f"the modelled GPU needs a build of torch with CUDA 13, and this is torch {torch.__version__} "
            f"(CUDA {torch.version.cuda})"
        )
    return None


def compiler() -> str | None:
    """Return the machine's C compiler, None where there is none."""
    return next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)


def built() -> Path:
    """Return the folder with the library under all its names; compile it if its sources are new.

    Raises:
        subprocess.CalledProcessError: The compiler refuses the sources; what it says is printed.
    """
    sources = sorted(SOURCES.glob("*.[ch]"))
    state = hashlib.sha256("".join(path.read_text(encoding="utf-8") for path in sources).encode())
    folder = CACHE / state.hexdigest()[:16]
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            _compile([path for path in sources if path.suffix == ".c"], Path(work) / "new")
            try:
                (Path(work) / "new").rename(folder)
            except OSError:  # another process was faster
                assert folder.is_dir()
    return folder


def environment(machine_file: Path) -> dict[str, str]:
    """Return the variables that put a program onto the machine that a file describes."""
    folder = built()
    preload = [str(folder / LIBRARY), *filter(None, [os.environ.get("LD_PRELOAD")])]
    search = [str(folder), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
    return {
        "LD_PRELOAD": ":".join(preload),
        "LD_LIBRARY_PATH": ":".join(search),
        "MODELLED_GPU_MACHINE": str(machine_file),
    }


def _compile(sources: list[Path], folder: Path) -> None:
    folder.mkdir()
    command = [str(compiler()), *FLAGS, *map(str, sources), "-o", str(folder / LIBRARY), "-ldl", "-lpthread"]
    subprocess.run(command, check=True)
    for name in OTHER_NAMES:
        (folder / name).symlink_to(LIBRARY)
