"""Where a study lies, and the line for an address that leads nowhere."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from mnist_lab.errors import MnistLabError, UsageError
from mnist_lab.sweeps.device_lock import device_lock
from mnist_lab.sweeps.storage import default_address, hide_password, open_storage, with_driver


def test_file_lies_beside_the_logs(tmp_path: Path) -> None:
    address = default_address(tmp_path / "tb_logs")
    with open_storage(address, 7) as storage:
        assert storage.heartbeat_interval == 7
        assert storage.grace_period == 21
        assert storage.get_all_studies() == []
    assert (tmp_path / "tb_logs" / "sweeps.sqlite3").is_file()


@pytest.mark.parametrize(
    ("address", "driver"),
    [
        ("postgresql://me@host/base", "postgresql+psycopg://me@host/base"),
        ("postgres://me@host/base", "postgresql+psycopg://me@host/base"),
        ("mysql://me@host/base", "mysql+pymysql://me@host/base"),
        ("mysql+pymysql://me@host/base", "mysql+pymysql://me@host/base"),
        ("sqlite:///a.sqlite3", "sqlite:///a.sqlite3"),
    ],
)
def test_driver_is_the_one_that_comes_along(address: str, driver: str) -> None:
    for name in ("psycopg", "pymysql"):
        pytest.importorskip(name, reason="the extras postgresql and mysql are not installed")
    assert with_driver(address) == driver


def test_missing_driver_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(UsageError, match=r'driver pymysql; install it with: pip install "mnist-lab\[mysql\]"'):
        with_driver("mysql://me@host/base")


@pytest.mark.parametrize(
    "address", ["sweeps.db", "oracle9://host/base", "postgresql+nodriver://host/base", "sqlite://["]
)
def test_wrong_address_is_one_line(address: str) -> None:
    with (
        pytest.raises(UsageError, match=r"--storage: .* is no address of a database") as refusal,
        open_storage(address, 1),
    ):
        pass
    assert "\n" not in str(refusal.value)


def test_server_that_does_not_answer_is_named_without_the_password() -> None:
    pytest.importorskip("psycopg", reason="the extra postgresql is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"postgresql://me:secret@127.0.0.1:{free.getsockname()[1]}/base"
    with pytest.raises(MnistLabError, match="does not answer as it should") as refusal, open_storage(address, 1):
        pass
    assert "me:***@127.0.0.1" in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_password_is_never_shown() -> None:
    assert hide_password("postgresql://me:secret@host/base") == "postgresql://me:***@host/base"
    assert "secret" not in hide_password("//me:secret@[host")


def test_device_is_lent_once() -> None:
    first, second = device_lock("test-device"), device_lock("test-device")
    with first, pytest.raises(TimeoutError):
        second.acquire(timeout=0.1)
    with second, device_lock("another-device"):
        assert second.is_locked
