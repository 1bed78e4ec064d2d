"""A PostgreSQL server of one's own, in a folder that goes away."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import missing

_USER = "sweeps"
_DATABASE = "sweeps"


def server_programs() -> Path:
    """The folder with initdb and pg_ctl."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    if not folders:
        missing("PostgreSQL's server is not installed (Debian: apt-get install postgresql).")
    return folders[-1]


@dataclass(frozen=True)
class Server:
    """A server that runs, with an empty database."""

    address: str
    start: Callable[[], None]
    stop: Callable[[], None]


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server; afterwards it is gone with its folder."""
    programs = server_programs()
    # Not pytest's folder, which is closed to the user postgres; PostgreSQL refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="mnist_lab-postgresql-"))
    prefix: list[str] = []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program: str, *args: str) -> None:
        command = [*prefix, str(programs / program), *args]
        with (folder.parent / f"{folder.name}.log").open("a", encoding="utf-8") as log:
            subprocess.run(command, cwd=folder, check=True, stdout=log, stderr=log, timeout=60)

    data = str(folder / "data")

    def start() -> None:
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-l", str(folder / "server.log"), "-o", options, "start")

    def stop() -> None:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")

    try:
        run("initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        start()
        try:
            run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", _USER, _DATABASE)
            yield Server(f"postgresql://{_USER}@127.0.0.1:{port}/{_DATABASE}", start, stop)
        finally:
            stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)
