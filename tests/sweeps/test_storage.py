"""Where a study lies, and the line for an address that leads nowhere."""

from __future__ import annotations

import re
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from sqlalchemy import event
from sqlalchemy.pool import Pool

from mnist_lab.errors import MnistLabError, UsageError
from mnist_lab.sweeps.device_lock import device_lock
from mnist_lab.sweeps.storage import default_address, hide_password, open_storage, with_driver
from tests.conftest import missing


@pytest.fixture
def drivers() -> None:
    if not all(map(find_spec, ("psycopg", "pymysql"))):
        missing('The drivers of the databases are not installed (pip install -e ".[postgresql,mysql]").')


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
def test_driver_is_the_one_that_comes_along(address: str, driver: str, drivers: None) -> None:
    assert with_driver(address) == driver


def test_missing_driver_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(UsageError, match=r'driver pymysql; install it with: pip install "mnist-lab\[mysql\]"'):
        with_driver("mysql://me@host/base")


@pytest.mark.parametrize("address", ["sweeps.db", "oracle9://host/base", "postgresql+nodriver://host/base"])
def test_wrong_address_is_one_line(address: str) -> None:
    with (
        pytest.raises(UsageError, match=r"--storage: .* is no address of a database") as refusal,
        open_storage(address, 1),
    ):
        pass
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("address", ["sqlite://", "sqlite://[", "sqlite:///", "sqlite:///:memory:"])
def test_database_without_a_file_is_refused_and_makes_no_folder(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with (
        pytest.raises(UsageError, match=rf"^--storage: '{re.escape(address)}' names no file; give sqlite:///FILE\.$"),
        open_storage(address, 1),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def connections() -> Iterator[list[str]]:
    """What has been done to connections since the test began: each is a connect, and later a close."""
    seen: list[str] = []
    listeners = {"connect": lambda *_: seen.append("connect"), "close": lambda *_: seen.append("close")}
    for name, listener in listeners.items():
        event.listen(Pool, name, listener)
    yield seen
    for name, listener in listeners.items():
        event.remove(Pool, name, listener)


def test_file_that_is_no_database_is_named_and_closed(tmp_path: Path, connections: list[str]) -> None:
    path = tmp_path / "table.csv"
    path.write_text("width,height,label\n" * 9, encoding="utf-8")
    with (
        pytest.raises(MnistLabError, match=r"table\.csv does not answer as it should: .*file is not a database\.$"),
        open_storage(f"sqlite:///{path}", 1),
    ):
        pass
    assert connections == ["connect", "close"]


def test_tables_of_another_optuna_are_refused_with_the_way_out(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'sweeps.sqlite3'}"
    with open_storage(address, 1):
        pass
    with closing(sqlite3.connect(tmp_path / "sweeps.sqlite3")) as file:
        file.execute("UPDATE alembic_version SET version_num = 'v0.9.0.a'")
        file.commit()
    with pytest.raises(MnistLabError, match=r"execute `\$ optuna storage upgrade") as refusal, open_storage(address, 1):
        pass
    assert "\n" not in str(refusal.value)


def test_every_connection_is_closed_after_use(tmp_path: Path, connections: list[str]) -> None:
    with open_storage(default_address(tmp_path), 1) as storage:
        storage.get_all_studies()
        assert connections.count("connect") == connections.count("close") > 0


def test_server_that_does_not_answer_is_named_without_the_password(drivers: None) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"postgresql://me:secret@127.0.0.1:{free.getsockname()[1]}/base"
    with pytest.raises(MnistLabError, match="does not answer as it should") as refusal, open_storage(address, 1):
        pass
    assert "me:***@127.0.0.1" in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(("folder", "lines"), [("OneDrive - 大学/課題", 1), ("課題", 0)])
def test_file_in_onedrive_is_warned_of_in_one_line(
    folder: str, lines: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_storage(default_address(tmp_path / folder), 1):
        pass
    said = capsys.readouterr().err.splitlines()
    assert len(said) == lines
    assert all(line.startswith(f"The study lies in {tmp_path / folder}, which OneDrive copies") for line in said)


def test_sign_of_life_that_does_not_arrive_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([False, False, True, False])

    def record(storage: RDBStorage, trial_id: int) -> None:
        if not next(answers):
            raise StorageInternalError("storage") from ConnectionError("connection refused\nIs the server running?")

    monkeypatch.setattr(RDBStorage, "record_heartbeat", record)
    line = "The sweep's database does not answer (connection refused); the training under way goes on."
    with open_storage(default_address(tmp_path), 1) as storage:
        said = []
        for _ in range(4):
            storage.record_heartbeat(0)
            said.append(capsys.readouterr().err.splitlines())
    assert said == [[line], [], [], [line]]


def test_password_is_never_shown() -> None:
    assert hide_password("postgresql://me:secret@host/base") == "postgresql://me:***@host/base"
    assert "secret" not in hide_password("//me:secret@[host")


def test_device_is_lent_once() -> None:
    first, second = device_lock("test-device"), device_lock("test-device")
    with first, pytest.raises(TimeoutError):
        second.acquire(timeout=0.1)
    with second, device_lock("another-device"):
        assert second.is_locked
