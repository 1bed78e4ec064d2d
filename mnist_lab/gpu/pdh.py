"""One performance counter of Windows, read through PDH (pdh.dll) with nothing but ctypes."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

# pdh.h and pdhmsg.h of the Windows SDK.
PDH_FMT_LARGE = 0x00000400
PDH_MORE_DATA = 0x800007D2
PDH_CSTATUS_VALID_DATA = 0x00000000
PDH_CSTATUS_NEW_DATA = 0x00000001


class CounterValueItem(ctypes.Structure):
    """``PDH_FMT_COUNTERVALUE_ITEM_W`` with the 64-bit member of its union."""

    _fields_ = (("name", ctypes.c_wchar_p), ("status", ctypes.c_uint32), ("value", ctypes.c_int64))


class PdhCounter:
    """A counter path with wildcards, kept open; each reading sees the instances of that moment."""

    def __init__(self, library: Any, path: str) -> None:
        """Open a query with one counter.

        Args:
            library: pdh.dll.
            path: the English counter path, with ``*`` for the instances.

        Raises:
            OSError: PDH does not know the counter.
        """
        self._library = library
        self._query = ctypes.c_void_p()
        self._counter = ctypes.c_void_p()
        _check(library.PdhOpenQueryW(None, ctypes.c_void_p(0), ctypes.byref(self._query)), "PdhOpenQueryW")
        added = library.PdhAddEnglishCounterW(
            self._query, ctypes.c_wchar_p(path), ctypes.c_void_p(0), ctypes.byref(self._counter)
        )
        if added != 0:
            self.close()
        _check(added, f"PdhAddEnglishCounterW({path})")

    def values(self) -> dict[str, int]:
        """Return the figure of each instance; empty where there is none at the moment or the reading fails."""
        if self._library.PdhCollectQueryData(self._query) != 0:
            return {}
        size_bytes, count = ctypes.c_uint32(0), ctypes.c_uint32(0)
        ask = self._library.PdhGetFormattedCounterArrayW
        wanted = (self._counter, ctypes.c_uint32(PDH_FMT_LARGE), ctypes.byref(size_bytes), ctypes.byref(count))
        if ask(*wanted, None) & 0xFFFFFFFF != PDH_MORE_DATA:
            return {}
        buffer = ctypes.create_string_buffer(size_bytes.value)
        if ask(*wanted, buffer) != 0:  # an instance came between the two calls: the next reading has it
            return {}
        items = ctypes.cast(buffer, ctypes.POINTER(CounterValueItem))
        valid = (PDH_CSTATUS_VALID_DATA, PDH_CSTATUS_NEW_DATA)
        found: dict[str, int] = {}
        for item in (items[i] for i in range(count.value)):
            if item.status in valid and item.name is not None:
                found[item.name] = found.get(item.name, 0) + item.value
        return found

    def close(self) -> None:
        """Close the query."""
        self._library.PdhCloseQuery(self._query)


def open_counter(path: str) -> PdhCounter | None:
    """Open a counter path; None off Windows, or where PDH does not know it (no WDDM GPU, an old Windows)."""
    if sys.platform != "win32":
        return None
    try:
        return PdhCounter(ctypes.WinDLL("pdh.dll"), path)
    except OSError:
        return None


def _check(status: int, call: str) -> None:
    if status != 0:
        raise OSError(f"{call} failed with 0x{status & 0xFFFFFFFF:08X}")
