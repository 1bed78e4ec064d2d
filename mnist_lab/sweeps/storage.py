"""Where a study lies: a SQLite file, or a PostgreSQL or MySQL database that several machines share."""

from __future__ import annotations

import random
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
import sqlalchemy
from optuna.exceptions import ExperimentalWarning, StorageInternalError
from optuna.storages import RDBStorage
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from mnist_lab.cli.folders import make_folder
from mnist_lab.errors import MnistLabError, UsageError, first_line
from mnist_lab.language import say
from mnist_lab.sweeps.trial_queue import queue_again

FILE_NAME = "sweeps.sqlite3"
STALE_AFTER_BEATS = 3
# Several workers may wait for one file while another writes.
_SQLITE_TIMEOUT_S = 60
_FIRST_USE_TRIES = 5
# Scheme of the address: (driver that SQLAlchemy is told to use, the extra that brings it along).
_DRIVERS = {
    "postgresql": ("psycopg", "postgresql"),
    "postgres": ("psycopg", "postgresql"),
    "mysql": ("pymysql", "mysql"),
}


class LastingStorage(RDBStorage):
    """Optuna's storage, whose signs of life outlast a server that is away for a while.

    Optuna gives them in a thread of their own. An error would end it with a traceback, and a trial that is being
    trained would count as dead.
    """

    _is_away = False

    def record_heartbeat(self, trial_id: int) -> None:
        """Give a sign of life; where the database does not take it, say so once and go on."""
        try:
            super().record_heartbeat(trial_id)
        except (StorageInternalError, SQLAlchemyError) as error:
            if not self._is_away:
                _note_away(error)
            self._is_away = True
        else:
            self._is_away = False


def default_address(log_dir: Path) -> str:
    """Return the address of the SQLite file beside the logs."""
    return f"sqlite:///{(log_dir / FILE_NAME).as_posix()}"


@contextmanager
def open_storage(address: str, heartbeat_s: int) -> Iterator[RDBStorage]:
    """Open a database, and make Optuna's tables there if there are none; no connection outlives its use.

    Args:
        address: ``sqlite:///FILE``, ``postgresql://USER:PASSWORD@HOST/DATABASE`` or ``mysql://…``.
        heartbeat_s: Seconds between two signs of life of a trial; after three without one its worker counts as dead,
            and the trial is queued again.

    Raises:
        UsageError: The address makes no sense, or its driver is not installed.
        MnistLabError: The database does not answer.
    """
    try:
        yield _opened(with_driver(address), heartbeat_s)
    except (StorageInternalError, SQLAlchemyError) as error:
        why = first_line(error.__cause__ or error).rstrip(".")
        raise MnistLabError(
            say(
                "--storage: {address} no longer answers ({why}). Nothing that was done is lost; once it answers, the "
                "same command goes on from here.",
                "--storage：{address} が応答しなくなりました（{why}）。ここまでの結果は失われていません。応答するように"
                "なったら、同じコマンドで続きから始められます。",
                address=hide_password(address),
                why=why,
            )
        ) from error


def _opened(address: str, heartbeat_s: int) -> RDBStorage:
    shown = hide_password(address)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    # A pool would keep a connection open where RDBStorage's constructor raises, and hand out those that the server has
    # dropped meanwhile. A connection for each question costs a few milliseconds, beside trainings of seconds and more.
    connect: dict[str, Any] = {"poolclass": NullPool}
    if address.startswith("sqlite"):
        connect["connect_args"] = {"timeout": _SQLITE_TIMEOUT_S}
        _make_folder_of(address)
        _warn_of_a_cloud_drive(address)
    for attempt in range(_FIRST_USE_TRIES):
        try:
            with experimental_features():
                return LastingStorage(
                    address,
                    engine_kwargs=connect,
                    heartbeat_interval=heartbeat_s,
                    grace_period=STALE_AFTER_BEATS * heartbeat_s,
                    heartbeat_stale_trial_callback=queue_again,
                )
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise UsageError(_no_address(shown, first_line(error).rstrip("."))) from error
        except (SQLAlchemyError, StorageInternalError, RuntimeError) as error:  # RuntimeError: another Optuna's tables
            # Two workers that find an empty database both make its tables, and one of them fails; so look again.
            if attempt == _FIRST_USE_TRIES - 1 or not _may_pass(error):
                raise MnistLabError(
                    say(
                        "--storage: {address} does not answer as it should: {why}.",
                        "--storage：{address} から正しい応答がありません：{why}。",
                        address=shown,
                        why=first_line(error).rstrip("."),
                    )
                ) from error
            time.sleep(random.uniform(0.2, 1.0))
    raise AssertionError("the loop returns or raises")


def _make_folder_of(address: str) -> None:
    """Make the folder of a SQLite file, as SQLite does not."""
    database = make_url(address).database
    if database in (None, "", ":memory:"):
        raise UsageError(
            say(
                "--storage: '{address}' names no file; give sqlite:///FILE.",
                "--storage：'{address}' にファイル名がありません。sqlite:///ファイル名 の形で指定してください。",
                address=address,
            )
        )
    make_folder(Path(str(database)).parent, "--storage")


def _warn_of_a_cloud_drive(address: str) -> None:
    """Say once where a file lies in OneDrive, which holds files while it copies them: SQLite then finds it locked."""
    folder = Path(str(make_url(address).database)).absolute().parent
    if any(part.lower().startswith("onedrive") for part in folder.parts):
        line = say(
            "The study lies in {folder}, which OneDrive copies while it is written to; that can hold a sweep up or "
            "damage the study. Better: --storage sqlite:///FILE in a folder outside OneDrive.",
            "スイープの記録は {folder} にあり、書き込み中に OneDrive が同期します。スイープが止まったり、記録が壊れたり"
            "することがあります。OneDrive の外のファイルを --storage sqlite:///ファイル名 で指定してください。",
            folder=folder,
        )
        sys.stderr.write(f"{line}\n")


def _no_address(address: str, why: str = "") -> str:
    return say(
        "--storage: '{address}' is no address of a database{why}; give postgresql://USER:PASSWORD@HOST/DATABASE, "
        "mysql://USER:PASSWORD@HOST/DATABASE or sqlite:///FILE.",
        "--storage：'{address}' はデータベースのアドレスではありません{why}。postgresql://USER:PASSWORD@HOST/DATABASE、"
        "mysql://USER:PASSWORD@HOST/DATABASE、sqlite:///FILE のいずれかの形で指定してください。",
        address=address,
        why=say(" ({why})", "（{why}）", why=why) if why else "",
    )


def with_driver(address: str) -> str:
    """Return the address with the driver that this package brings along, where it names none.

    Raises:
        UsageError: It is no address, or the driver is not installed.
    """
    scheme, separator, rest = address.partition("://")
    if not separator:
        raise UsageError(_no_address(address))
    if scheme not in _DRIVERS:
        return address
    driver, extra = _DRIVERS[scheme]
    try:
        __import__(driver)
    except ImportError as error:
        raise UsageError(
            f'--storage: {scheme} needs the driver {driver}; install it with: pip install "mnist-lab[{extra}]".'
        ) from error
    return f"{extra}+{driver}://{rest}"


def hide_password(address: str) -> str:
    """Return an address that may be shown."""
    try:
        return sqlalchemy.make_url(address).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return address.rpartition("@")[2]


@contextmanager
def experimental_features() -> Iterator[None]:
    """Keep Optuna from warning that heartbeats are experimental: they have been since 2021, and are meant here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        yield


def _note_away(error: Exception) -> None:
    line = say(
        "The sweep's database does not answer ({reason}); the training under way goes on.",
        "スイープのデータベースが応答しません（{reason}）。実行中の学習は続けます。",
        reason=first_line(error.__cause__ or error).rstrip("."),
    )
    sys.stderr.write(f"{line}\n")


def _may_pass(error: Exception) -> bool:
    said = str(error).lower()
    return "already exists" in said or "duplicate" in said or "locked" in said or "unique" in said
