"""The layout of the file that is a machine: as ``driver/machine.h`` has it, structure by structure."""

from __future__ import annotations

import ctypes

MOST_DEVICES, MOST_PROCESSES, MOST_EVENTS = 4, 32, 64
COUNTED = ("launches", "requests", "looks")
TAKERS = ("another program", "this process")

_U64 = ctypes.c_uint64
_I32 = ctypes.c_int32


class DeviceOfFile(ctypes.Structure):
    """``struct device``."""

    _fields_ = (
        ("total_bytes", _U64),
        ("context_bytes", _U64),
        ("kernel_bytes", _U64),
        ("graph_bytes", _U64),
        ("spill_margin_bytes", _U64),
        ("spills", _I32),
        ("driver_model", _I32),
        ("integrated", _I32),
        ("nvml_knows_uuid", _I32),
        ("others_bytes", _U64),
        ("hidden_bytes", _U64),
        ("requests", _U64),
        ("refused_requests", _U64),
        ("spilled_requests", _U64),
        ("given_back", _U64),
        ("looks", _U64),
        ("launches", _U64),
        ("peak_dedicated_bytes", _U64),
        ("peak_shared_bytes", _U64),
        ("peak_paged_out_bytes", _U64),
    )


class ProcessOfFile(ctypes.Structure):
    """``struct process``."""

    _fields_ = (
        ("pid", _I32),
        ("unused", _I32),
        ("dedicated_bytes", _U64 * MOST_DEVICES),
        ("shared_bytes", _U64 * MOST_DEVICES),
        ("outside_bytes", _U64 * MOST_DEVICES),
        ("pinned_bytes", _U64),
    )


class EventOfFile(ctypes.Structure):
    """``struct event``."""

    _fields_ = (
        ("device", _I32),
        ("taker", _I32),
        ("counted", _I32),
        ("happened", _I32),
        ("after", _U64),
        ("bytes", ctypes.c_int64),
    )


class MachineFile(ctypes.Structure):
    """``struct machine``."""

    _fields_ = (
        ("lock", ctypes.c_uint32),
        ("device_count", _I32),
        ("event_count", _I32),
        ("wsl", _I32),
        ("runtime_calls", _U64),
        ("nvml_calls", _U64),
        ("devices", DeviceOfFile * MOST_DEVICES),
        ("processes", ProcessOfFile * MOST_PROCESSES),
        ("events", EventOfFile * MOST_EVENTS),
    )
