"""How large the processor's caches are: as Linux, Windows and macOS tell it; nothing where they do not."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

_LINUX = Path("/sys/devices/system/cpu/cpu0/cache")
_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}
_SYSCTL = "/usr/sbin/sysctl"
_MAC_NAMES = {"L1d": "l1dcachesize", "L2": "l2cachesize", "L3": "l3cachesize"}
# SYSTEM_LOGICAL_PROCESSOR_INFORMATION: mask, relationship; of a cache then level, associativity, line size, size, type.
_WINDOWS_ENTRY = struct.Struct("=QI4xBBHII4x" if struct.calcsize("P") == 8 else "=IIBBHII4x")
_RELATION_CACHE = 2
_WITH_DATA = (0, 2)
"""Types of a cache: unified, and of data; 1 is that of instructions."""
_PATIENCE_S = 5


def cache_sizes() -> str:
    """Return ``L1d 48 KiB, L2 2 MiB, L3 480 MiB``, of the first core's caches; an empty text where they are unknown."""
    try:
        if sys.platform == "win32":
            found = windows_caches(_windows_entries())
        elif sys.platform == "darwin":
            found = mac_caches(_mac_text())
        else:
            found = linux_caches(_LINUX)
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return ", ".join(f"{name} {_size_text(size)}" for name, size in sorted(found.items()))


def linux_caches(folder: Path) -> dict[str, int]:
    """Return bytes by name, from the folder that Linux keeps for a core's caches.

    Args:
        folder: ``/sys/devices/system/cpu/cpu0/cache``, with ``index0/level``, ``type`` and ``size``.

    Raises:
        ValueError: A file says something else than a number.
    """
    found = {}
    for entry in sorted(folder.glob("index*")):
        level, kind, size = (
            (entry / name).read_text(encoding="utf-8", errors="replace").strip() for name in ("level", "type", "size")
        )
        if kind in ("Data", "Unified"):
            found[_name(int(level))] = int(size.rstrip("KMG")) * _UNITS.get(size[-1:], 1)
    return found


def mac_caches(text: str) -> dict[str, int]:
    """Return bytes by name, of the fast cores where there are two kinds.

    Args:
        text: What ``sysctl hw`` writes: ``hw.perflevel0.l1dcachesize: 131072``.

    Raises:
        ValueError: A line says something else than a number.
    """
    values = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    found = {}
    for name, key in _MAC_NAMES.items():
        size = int(values.get(f"hw.perflevel0.{key}", values.get(f"hw.{key}", "0")))
        if size:
            found[name] = size
    return found


def windows_caches(entries: bytes) -> dict[str, int]:
    """Return bytes by name, of the first core.

    Args:
        entries: What ``GetLogicalProcessorInformation`` fills in.
    """
    found: dict[str, int] = {}
    whole = len(entries) // _WINDOWS_ENTRY.size * _WINDOWS_ENTRY.size
    for _, relation, level, _, _, size, kind in _WINDOWS_ENTRY.iter_unpack(entries[:whole]):
        if relation == _RELATION_CACHE and kind in _WITH_DATA:
            found.setdefault(_name(level), size)
    return found


def _name(level: int) -> str:
    return "L1d" if level == 1 else f"L{level}"


def _size_text(size: int) -> str:
    for unit, factor in (("MiB", 2**20), ("KiB", 2**10)):
        if size >= factor:
            return f"{size / factor:.4g} {unit}"
    return f"{size} B"


def _mac_text() -> str:
    done = subprocess.run(
        [_SYSCTL, "hw"], capture_output=True, encoding="utf-8", errors="replace", timeout=_PATIENCE_S, check=False
    )
    return done.stdout


def _windows_entries() -> bytes:
    """Return what Windows tells of cores and caches, as it fills it into a buffer; empty where it refuses."""
    if sys.platform != "win32":
        return b""
    import ctypes

    length = ctypes.c_ulong(0)
    ask = ctypes.windll.kernel32.GetLogicalProcessorInformation
    ask(None, ctypes.byref(length))
    buffer = ctypes.create_string_buffer(length.value)
    return buffer.raw[: length.value] if ask(buffer, ctypes.byref(length)) else b""
