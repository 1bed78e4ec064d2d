"""Signals that ask the program to end: raised once, and not lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

START = """
import gc, os, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from mnist_lab.cli.stop_signals import stop_signals
from mnist_lab.errors import Terminated
stop_signals.install()
"""


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START + code], cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=30
    )


@pytest.mark.parametrize(("name", "terminated"), [("SIGINT", False), ("SIGTERM", True)])
def test_signal_in_a_finalizer_is_raised_behind_it(name: str, terminated: bool) -> None:
    done = python(f"""
class Finalized:
    def __del__(self):
        signal.raise_signal(signal.{name})
circle = Finalized()
circle.own = circle
del circle
try:
    gc.collect()
    for _ in range(1000):
        time.sleep(0.01)
except KeyboardInterrupt as stop:
    stop_signals.arrived()
    print(isinstance(stop, Terminated))
""")
    assert (done.stdout, done.stderr) == (f"{terminated}\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="no signal can be sent to a thread on Windows")
def test_signal_that_is_raised_again_breaks_off_a_wait() -> None:
    done = python("""
class Finalized:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
circle = Finalized()
circle.own = circle
del circle
began = time.monotonic()
try:
    gc.collect()
    time.sleep(20)
except KeyboardInterrupt:
    stop_signals.arrived()
    print(time.monotonic() - began < 10)
""")
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_second_signal_does_not_disturb_the_end() -> None:
    done = python("""
try:
    signal.raise_signal(signal.SIGTERM)
except KeyboardInterrupt:
    stop_signals.arrived()
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)
    print("ended")
""")
    assert (done.stdout, done.stderr) == ("ended\n", "")


def test_signal_after_an_end_that_takes_too_long_ends_it_hard() -> None:
    done = python("""
try:
    signal.raise_signal(signal.SIGTERM)
except KeyboardInterrupt:
    stop_signals.arrived()
    now = time.monotonic()
    time.monotonic = lambda: now + 60
    signal.raise_signal(signal.SIGTERM)
    print("went on")
""")
    assert (done.returncode, done.stdout, done.stderr) == (143, "", "")


@pytest.mark.parametrize(("name", "terminated"), [("SIGINT", False), ("SIGTERM", True)])
def test_signal_during_an_import_is_raised_behind_it(name: str, terminated: bool, tmp_path: Path) -> None:
    # As a compiled module whose error is taken for its absence.
    (tmp_path / "compiled.py").write_text(f"import signal\nsignal.raise_signal(signal.{name})\n", encoding="utf-8")
    (tmp_path / "library.py").write_text(
        "try:\n    import compiled\nexcept BaseException:\n    compiled = None\n", encoding="utf-8"
    )
    done = python(f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
try:
    import library
    for _ in range(1000):
        time.sleep(0.01)
except KeyboardInterrupt as stop:
    stop_signals.arrived()
    print(isinstance(stop, Terminated), library.compiled.__name__)
""")
    assert (done.stdout, done.stderr) == (f"{terminated} compiled\n", "")


@pytest.mark.parametrize(("name", "terminated"), [("SIGINT", False), ("SIGTERM", True)])
def test_signal_while_a_thread_is_woken_leaves_none_asleep(name: str, terminated: bool) -> None:
    # As a thread that waits for a queue, and is released in the moment in which the signal comes.
    done = python(f"""
import queue
class Waiting:
    def release(self):
        signal.raise_signal(signal.{name})
shared = queue.Queue()
shared.not_empty._waiters.append(Waiting())
try:
    shared.put("event")
    for _ in range(1000):
        time.sleep(0.01)
except KeyboardInterrupt as stop:
    stop_signals.arrived()
    print(isinstance(stop, Terminated), shared.qsize(), len(shared.not_empty._waiters))
""")
    assert (done.stdout, done.stderr) == (f"{terminated} 1 0\n", "")


@pytest.mark.parametrize("moment", ["__enter__", "__exit__"])
def test_signal_while_a_lock_is_taken_or_given_back_leaves_it_free(moment: str) -> None:
    done = python(f"""
import threading
class Lock:
    def __init__(self):
        self.taken = 0
    def acquire(self):
        self.taken += 1
    def release(self):
        self.taken -= 1
    def __enter__(self):
        self.taken += 1
        if "{moment}" == "__enter__":
            signal.raise_signal(signal.SIGINT)
    def __exit__(self, *_):
        if "{moment}" == "__exit__":
            signal.raise_signal(signal.SIGINT)
        self.taken -= 1
lock = Lock()
try:
    with threading.Condition(lock):
        pass
    for _ in range(1000):
        time.sleep(0.01)
except KeyboardInterrupt:
    stop_signals.arrived()
    print("raised", lock.taken)
""")
    assert (done.stdout, done.stderr) == ("raised 0\n", "")


@pytest.mark.parametrize(("name", "terminated"), [("SIGINT", False), ("SIGTERM", True)])
def test_signal_that_a_library_takes_for_an_error_is_raised_behind_it(name: str, terminated: bool) -> None:
    done = python(f"""
def exists():
    try:
        signal.raise_signal(signal.{name})
        return True
    except:
        return False
try:
    print(exists())
    for _ in range(1000):
        time.sleep(0.01)
except KeyboardInterrupt as stop:
    stop_signals.arrived()
    print(isinstance(stop, Terminated))
""")
    assert (done.stdout, done.stderr) == (f"False\n{terminated}\n", "")


def test_signal_does_not_hide_a_file_from_lightning() -> None:
    done = python("""
from fsspec.implementations.local import LocalFileSystem
class Stopped(LocalFileSystem):
    def info(self, path, **kwargs):
        signal.raise_signal(signal.SIGTERM)
        return super().info(path, **kwargs)
try:
    print(Stopped().exists("README.md"))
    for _ in range(1000):
        time.sleep(0.01)
except KeyboardInterrupt as stop:
    stop_signals.arrived()
    print(isinstance(stop, Terminated))
""")
    assert (done.stdout, done.stderr) == ("True\nTrue\n", "")


def test_error_over_a_swallowed_signal_is_that_signal() -> None:
    done = python("""
try:
    signal.raise_signal(signal.SIGTERM)
except:
    pass
print(type(stop_signals.arrived()).__name__, flush=True)
os._exit(0)
""")
    assert (done.stdout, done.stderr) == ("Terminated\n", "")


@pytest.mark.parametrize("stopped", [True, False])
def test_what_a_stop_leaves_half_built_is_not_told(stopped: bool) -> None:
    done = python(f"""
class Half:
    def __init__(self):
        if {stopped}:
            signal.raise_signal(signal.SIGTERM)
    def __del__(self):
        self.other_half
try:
    Half()
except KeyboardInterrupt:
    stop_signals.arrived()
    print("ended", flush=True)
os._exit(0)
""")
    assert (done.stdout == "ended\n", "other_half" in done.stderr) == (stopped, not stopped)


def test_signal_that_has_arrived_is_not_sent_again() -> None:
    done = python("""
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    stop_signals.arrived()
for _ in range(20):
    time.sleep(0.01)
print("ended")
""")
    assert (done.stdout, done.stderr) == ("ended\n", "")


def test_import_that_does_not_end_is_broken_off(tmp_path: Path) -> None:
    (tmp_path / "endless.py").write_text(
        "import signal, time\nsignal.raise_signal(signal.SIGINT)\n"
        "now = time.monotonic()\ntime.monotonic = lambda: now + 60\n"
        "while True:\n    time.sleep(0.01)\n",
        encoding="utf-8",
    )
    done = python(f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
try:
    import endless
except KeyboardInterrupt:
    stop_signals.arrived()
    print("ended")
""")
    assert (done.stdout, done.stderr) == ("ended\n", "")


@pytest.mark.parametrize(
    ("name", "code", "line"),
    [("SIGINT", 130, "Stopped from the keyboard."), ("SIGTERM", 143, "Stopped by the system (SIGTERM).")],
)
def test_signal_before_anything_is_begun_ends_the_process_where_it_is(name: str, code: int, line: str) -> None:
    done = python(f"""
print("started")
try:
    with stop_signals.ending_at_once():
        signal.raise_signal(signal.{name})
except BaseException:
    print("raised")
finally:
    print("went on")
""")
    assert (done.returncode, done.stdout, done.stderr) == (code, "started\n", f"{line}\n")


def test_signal_is_raised_again_behind_what_ends_at_once() -> None:
    done = python("""
with stop_signals.ending_at_once():
    pass
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    stop_signals.arrived()
    print("raised")
""")
    assert (done.stdout, done.stderr) == ("raised\n", "")


def test_postponed_signal_is_raised_at_the_end_of_the_block() -> None:
    done = python("""
try:
    with stop_signals.postponed():
        with stop_signals.postponed():
            signal.raise_signal(signal.SIGTERM)
            print("first")
        print("second")
    print("went on")
except KeyboardInterrupt as stop:
    stop_signals.arrived()
    print(isinstance(stop, Terminated))
""")
    assert (done.stdout, done.stderr) == ("first\nsecond\nTrue\n", "")


@pytest.mark.parametrize("at", ["before", "inside"])
def test_postponed_signal_is_raised_where_signals_are_heard(at: str) -> None:
    done = python(f"""
stop = lambda here: signal.raise_signal(signal.SIGINT) if here == "{at}" else None
try:
    with stop_signals.postponed():
        stop("before")
        with stop_signals.heard():
            print("heard")
            stop("inside")
            print("went on")
except KeyboardInterrupt:
    stop_signals.arrived()
    print("raised")
""")
    assert (done.stdout, done.stderr) == ("raised\n" if at == "before" else "heard\nraised\n", "")


def test_block_that_does_not_end_is_broken_off() -> None:
    done = python("""
try:
    with stop_signals.postponed():
        signal.raise_signal(signal.SIGINT)
        now = time.monotonic()
        time.monotonic = lambda: now + 60
        while True:
            time.sleep(0.01)
except KeyboardInterrupt:
    stop_signals.arrived()
    print("raised")
""")
    assert (done.stdout, done.stderr) == ("raised\n", "")


def test_signal_that_is_ignored_from_the_start_stays_ignored() -> None:
    done = python("""
signal.signal(signal.SIGINT, signal.SIG_IGN)
stop_signals.install()
signal.raise_signal(signal.SIGINT)
print("went on")
""")
    assert (done.stdout, done.stderr) == ("went on\n", "")
