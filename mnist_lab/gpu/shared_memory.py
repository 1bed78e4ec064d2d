r"""Shared GPU memory, which only native Windows has a figure for: the task manager's performance counters.

They are ``\GPU Process Memory(pid_<pid>_luid_…)\Shared Usage`` and ``\GPU Adapter Memory(luid_…)\Shared Usage``, in
bytes. They are read through PDH with ``PdhAddEnglishCounterW``, which takes the English name under every display
language; where PDH cannot be used, ``typeperf`` prints the same figures as text.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
import subprocess
import sys
from collections.abc import Callable, Mapping

from mnist_lab.gpu.pdh import PdhCounter, open_counter

PROCESS_SHARED = r"\GPU Process Memory(*)\Shared Usage"
ADAPTER_SHARED = r"\GPU Adapter Memory(*)\Shared Usage"
TYPEPERF_TIMEOUT_S = 10.0

_PID = re.compile(r"pid_(\d+)_")
_INSTANCE = re.compile(r"\(([^()]*)\)\\[^\\]+$")


class SharedUsageReader:
    """Reads the shared usage of processes and adapters; keeps its counters open, since opening costs most.

    Args:
        platform_name: as ``sys.platform``.
        open_path: opens one counter path; None is returned where it cannot be.
    """

    def __init__(
        self,
        platform_name: str = sys.platform,
        open_path: Callable[[str], PdhCounter | None] = open_counter,
    ) -> None:
        self._windows = platform_name == "win32"
        self._open_path = open_path
        self._counters: dict[str, PdhCounter | None] = {}

    def process_bytes(self, pid: int) -> int | None:
        """Return the bytes of shared memory that one process uses, None where there is no such figure."""
        return sum_of_process(self._values(PROCESS_SHARED), pid)

    def adapters_bytes(self) -> int | None:
        """Return the bytes of shared memory in use on all adapters together, None where there is no such figure."""
        values = self._values(ADAPTER_SHARED)
        if not values and self._windows:
            values = typeperf(ADAPTER_SHARED)
        return sum(values.values()) if values else None

    def _values(self, path: str) -> Mapping[str, int]:
        if not self._windows:
            return {}
        if path not in self._counters:
            self._counters[path] = self._open_path(path)
        counter = self._counters[path]
        return {} if counter is None else counter.values()


def sum_of_process(values: Mapping[str, int], pid: int) -> int | None:
    """Add up one process's instances (one an adapter).

    Args:
        values: bytes by instance name, ``pid_<pid>_luid_<high>_<low>_phys_<n>``.
        pid: the process.

    Returns:
        The bytes, or None where the process has no instance: it has not used the GPU yet, or nothing was read.
    """
    own = [value for name, value in values.items() if (found := _PID.match(name)) and int(found[1]) == pid]
    return sum(own) if own else None


def parse_typeperf(output: bytes) -> dict[str, int]:
    """Read what ``typeperf -sc 1`` prints: a CSV header of counter paths, a line of figures, a closing sentence.

    Names before the instance and the closing sentence come in the display language, in the console's code page; only
    the part in parentheses is relied on, which is the same everywhere. A decimal comma is understood.

    Returns:
        Bytes by instance name; empty where the output is an error message.
    """
    rows = [row for row in csv.reader(io.StringIO(decode_console(output))) if len(row) > 1]
    if len(rows) < 2 or not rows[0][0].startswith("(PDH-CSV"):
        return {}
    values: dict[str, int] = {}
    for path, figure in zip(rows[0][1:], rows[1][1:], strict=False):
        instance = _INSTANCE.search(path)
        with contextlib.suppress(ValueError):  # an empty figure: the process ended meanwhile
            if instance:
                values[instance[1]] = int(float(figure.replace(",", ".")))
    return values


def decode_console(output: bytes) -> str:
    """Decode a console program's output: UTF-8 where it is valid, else code page 932 (Japanese Windows)."""
    try:
        return output.decode("utf-8-sig")
    except UnicodeDecodeError:
        return output.decode("cp932", errors="replace")


def typeperf(path: str, program: str = "typeperf") -> dict[str, int]:
    """Ask ``typeperf`` for one sample of a counter path; empty where there is no such program or counter.

    It takes about a second and the display language's names only: good for a one-time look, not for a training loop.
    """
    try:
        done = subprocess.run([program, "-sc", "1", path], capture_output=True, check=False, timeout=TYPEPERF_TIMEOUT_S)
    except (OSError, subprocess.SubprocessError):
        return {}
    return parse_typeperf(done.stdout)
