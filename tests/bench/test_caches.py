"""The sizes of the processor's caches, as each system tells them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from mnist_lab.bench import caches
from mnist_lab.bench.machine import machine_facts


def told(folder: Path, *entries: tuple[str, str, str]) -> None:
    for place, entry in enumerate(entries):
        (folder / f"index{place}").mkdir(parents=True)
        for name, text in zip(("level", "type", "size"), entry, strict=True):
            (folder / f"index{place}" / name).write_text(f"{text}\n", encoding="utf-8")


def test_linux_tells_them_in_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [("1", "Data", "48K"), ("1", "Instruction", "64K"), ("2", "Unified", "2048K"), ("3", "Unified", "33792K")]
    told(tmp_path, *entries)
    assert caches.linux_caches(tmp_path) == {"L1d": 48 * 2**10, "L2": 2 * 2**20, "L3": 33 * 2**20}
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(caches, "_LINUX", tmp_path)
    assert caches.cache_sizes() == "L1d 48 KiB, L2 2 MiB, L3 33 MiB"
    assert machine_facts()["caches"] == "L1d 48 KiB, L2 2 MiB, L3 33 MiB"


@pytest.mark.parametrize("broken", [True, False])
def test_caches_that_no_system_tells_are_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, broken: bool
) -> None:
    if broken:
        told(tmp_path, ("1", "Data", "much"))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(caches, "_LINUX", tmp_path)
    assert caches.cache_sizes() == ""


def test_macos_tells_those_of_the_fast_cores() -> None:
    text = "hw.l1dcachesize: 65536\nhw.l2cachesize: 4194304\nhw.perflevel0.l1dcachesize: 131072\nhw.l3cachesize: 0\n"
    assert caches.mac_caches(text) == {"L1d": 2**17, "L2": 2**22}


@pytest.mark.skipif(struct.calcsize("P") != 8, reason="the entries are those of a 64-bit system")
def test_windows_tells_them_in_a_buffer() -> None:
    entries = [(3, 0, 0, 0), (2, 1, 48 * 2**10, 2), (2, 1, 32 * 2**10, 1), (2, 2, 2**21, 0), (2, 1, 2**15, 2)]
    packed = [
        struct.pack("=QI4xBBHII4x", 1, relation, level, 8, 64, size, kind) for relation, level, size, kind in entries
    ]
    assert caches.windows_caches(b"".join(packed)) == {"L1d": 48 * 2**10, "L2": 2**21}
    assert caches.windows_caches(b"short") == {}
