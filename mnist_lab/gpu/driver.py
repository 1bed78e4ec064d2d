"""Which driver is underneath, and whether it spills into shared memory instead of failing."""

from __future__ import annotations

import platform
import sys
from typing import NamedTuple

# NVML's numbers for the driver model (nvml.h, nvmlDriverModel_t).
DRIVER_MODELS = {0: "WDDM", 1: "TCC", 2: "MCDM"}


class Driver(NamedTuple):
    """The driver model of one device, as far as it is known."""

    model: str | None
    """``WDDM``, ``TCC``, ``MCDM``, ``WSL2``, ``Linux``, or None where it is not known."""
    can_spill: bool | None
    """Whether a request past the dedicated memory is met with shared memory; None: there is no dedicated memory."""
    reads_shared: bool
    """Whether the platform has a figure for shared memory (only native Windows has)."""


def is_wsl(system: str | None = None, release: str | None = None) -> bool:
    """Say whether this Linux runs under Windows; its kernel release then names Microsoft (WSL1 and WSL2)."""
    system = platform.system() if system is None else system
    release = platform.release() if release is None else release
    return system == "Linux" and "microsoft" in release.lower()


def driver_of(
    nvml_model: str | None, *, integrated: bool = False, platform_name: str | None = None, wsl: bool | None = None
) -> Driver:
    """Judge one device's driver.

    Args:
        nvml_model: what NVML says (``WDDM``, ``TCC``, ``MCDM``), None where it says nothing.
        integrated: whether the device shares the system's memory.
        platform_name: as ``sys.platform``; None asks this machine.
        wsl: whether this is WSL; None asks this machine.

    Returns:
        The driver. On Windows anything but TCC counts as able to spill, an unknown model too: to think it able costs
        some headroom, to think it unable costs the whole protection.
    """
    platform_name = sys.platform if platform_name is None else platform_name
    windows = platform_name == "win32"
    if windows:
        model, can_spill = nvml_model, nvml_model != "TCC"
    elif is_wsl() if wsl is None else wsl:
        model, can_spill = "WSL2", True
    else:
        model, can_spill = "Linux" if platform_name.startswith("linux") else None, False
    return Driver(model, None if integrated else can_spill, windows)
