"""Which drivers can spill."""

from __future__ import annotations

import pytest

from mnist_lab.gpu.driver import Driver, driver_of, is_wsl


@pytest.mark.parametrize(
    ("platform_name", "wsl", "model", "expected"),
    [
        ("win32", False, "WDDM", Driver("WDDM", True, True)),
        ("win32", False, "MCDM", Driver("MCDM", True, True)),
        ("win32", False, "TCC", Driver("TCC", False, True)),
        ("win32", False, None, Driver(None, True, True)),
        ("linux", True, None, Driver("WSL2", True, False)),
        ("linux", False, None, Driver("Linux", False, False)),
        ("darwin", False, None, Driver(None, False, False)),
    ],
)
def test_driver_is_judged_by_platform_and_model(
    platform_name: str, wsl: bool, model: str | None, expected: Driver
) -> None:
    assert driver_of(model, platform_name=platform_name, wsl=wsl) == expected


def test_spilling_is_not_applicable_to_integrated_devices() -> None:
    assert driver_of(None, integrated=True, platform_name="linux", wsl=False).can_spill is None


@pytest.mark.parametrize(
    ("system", "release", "expected"),
    [
        ("Linux", "5.15.153.1-microsoft-standard-WSL2", True),
        ("Linux", "4.4.0-19041-Microsoft", True),
        ("Linux", "6.8.0-45-generic", False),
        ("Windows", "11", False),
    ],
)
def test_wsl_is_known_by_its_kernel(system: str, release: str, expected: bool) -> None:
    assert is_wsl(system, release) is expected
