"""How often a rung of the ladder misses the cache, counted by valgrind's cachegrind where that is installed."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Sequence

from mnist_lab.bench.bench_record import CacheCount
from mnist_lab.bench.c_kernels import source_of
from mnist_lab.bench.compiler import OPTIMIZED, SCALAR, SOURCES, executable
from mnist_lab.bench.kernel import LeftOutError

COUNTED = ("naive", "loop_order", "blocked", "simd")
# The simulator takes seconds for such matrices, and hours for those that outgrow a real cache. So the simulated one is
# as small as they are: its first level holds fewer lines than a column has values, as 48 KiB do at N = 1,000.
_SIZE = 200
FIRST_LEVEL_KIB, LAST_LEVEL_KIB = 8, 256
_PATIENCE_S = 120
# The simulator knows no AVX-512.
_FLAGS = ("-O3", "-mavx2", "-mfma") if platform.machine().lower() in ("x86_64", "amd64") else OPTIMIZED
_LINES = {"data_refs": r"D\s+refs", "first_misses": r"D1\s+misses", "last_misses": r"LLd\s+misses"}


def cache_counts(names: Sequence[str]) -> list[CacheCount]:
    """Return the counts of the rungs in C that have one thread; none where valgrind or a compiler is missing.

    Args:
        names: Of the implementations that were measured.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return []
    counts = []
    for step in COUNTED:
        name = f"c-{step.replace('_', '-')}"
        if name in names and (count := _count(valgrind, name, step)):
            counts.append(count)
    return counts


def _count(valgrind: str, name: str, step: str) -> CacheCount | None:
    """Return the counts of one rung; None where the simulator fails, as on a processor without these vectors."""
    try:
        program = executable([SOURCES / "counted_product.c", source_of("matmul", step)], (*_FLAGS, *SCALAR))
        done = subprocess.run(
            [
                *(valgrind, "--tool=cachegrind", "--cache-sim=yes", f"--cachegrind-out-file={os.devnull}"),
                *(f"--D1={FIRST_LEVEL_KIB * 2**10},8,64", f"--LL={LAST_LEVEL_KIB * 2**10},16,64"),
                *(str(program), str(_SIZE)),
            ],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PATIENCE_S,
            check=False,
        )
    except (LeftOutError, OSError, subprocess.TimeoutExpired):
        return None
    found = counts_in(done.stderr)
    return CacheCount(name, _SIZE, **found) if found and done.returncode == 0 else None


def counts_in(text: str) -> dict[str, int] | None:
    """Return what cachegrind's summary says of data; None where a line is missing.

    Args:
        text: What it writes to the error stream: ``==1== D1  misses:      1,428  ( 1,101 rd   +   327 wr)``.
    """
    found = {name: re.search(rf"{line}:\s+([\d,]+)", text) for name, line in _LINES.items()}
    if not all(found.values()):
        return None
    return {name: int(match[1].replace(",", "")) for name, match in found.items() if match}
