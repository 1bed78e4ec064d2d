"""Ctrl-C, Ctrl-Break and SIGTERM: each is raised in the main thread, once, and is not lost."""

from __future__ import annotations

import _thread
import contextlib
import os
import queue
import signal
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from mnist_lab.errors import EXIT_INTERRUPTED, EXIT_TERMINATED, Terminated

_PATIENCE_S = 5.0
_AGAIN_AFTER_S = 0.05
_IMPORT_SYSTEM = "<frozen importlib._bootstrap>"
_HANDING_OVER = {
    (queue.Queue.put.__code__.co_filename, "put"),
    (threading.__file__, "notify"),
    (threading.__file__, "__enter__"),
    (threading.__file__, "__exit__"),
}
"""Short work on what threads share: broken off, it leaves a lock taken, or a thread asleep that was to be woken."""
_ANY_ERROR_IS_NO_FILE = ("fsspec/spec.py", "fsspec\\spec.py")
"""Where fsspec asks whether a file is there."""


class StopSignals:
    """The program's handler of the signals that ask it to end."""

    def __init__(self) -> None:
        """Have seen none so far."""
        self._first_s: float | None = None
        self._waiting: tuple[int, float] | None = None
        self._ends_at_once = self._postpones = False
        self._watch: weakref.ref[KeyboardInterrupt] | None = None

    def install(self) -> None:
        """Take the signals over; one that the program was started to ignore (``nohup``, ``&``) stays ignored."""
        # SIGBREAK, of Ctrl-Break, is Windows' alone.
        for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._handle)
        sys.unraisablehook = self._say_what_is_dropped

    def listen_again(self) -> None:
        """Raise the next signal as well: what follows may be broken off."""
        self.arrived()
        self._first_s = None

    def arrived(self) -> KeyboardInterrupt | None:
        """Take note that what was raised has come to who ends the program, and is not to be sent again.

        Returns:
            A stop that still waits to be raised, if there is one: what failed meanwhile may have failed over it.
        """
        self._watch = None
        return None if self._waiting is None else _stop_of(self._waiting[0])

    @contextmanager
    def ending_at_once(self) -> Iterator[None]:
        """Let a signal end the process where it is: for the long imports of the start, with nothing begun yet."""
        self._ends_at_once = True
        try:
            yield
        finally:
            self._ends_at_once = False

    @contextmanager
    def postponed(self) -> Iterator[None]:
        """Let a signal wait for the end of what may not be broken off, for at most 5 s."""
        with self._switched(postpones=True):
            yield
        if not self._postpones:
            self._raise_waiting()

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Let signals be raised at once, amid what postpones them."""
        self._raise_waiting()
        with self._switched(postpones=False):
            yield

    @contextmanager
    def _switched(self, *, postpones: bool) -> Iterator[None]:
        before, self._postpones = self._postpones, postpones
        try:
            yield
        finally:
            self._postpones = before

    def _handle(self, number: int, frame: FrameType | None) -> None:
        """Raise, unless the program is ending already; a signal that comes when the end takes too long ends it hard.

        An import is left to finish first: a library's compiled part that is broken off while it loads ends the
        process, or stays behind half loaded while what imports it tries something else. So is what is handed to
        another thread: of a queue that was broken off, TensorBoard's writer slept on, for up to two minutes. And so is
        fsspec's look for a file, which takes whatever is raised in it for an absence.
        """
        now_s = time.monotonic()
        if self._ends_at_once:
            _end(_stop_of(number))
        if self._first_s is not None:
            if now_s - self._first_s > _PATIENCE_S:
                os._exit(EXIT_TERMINATED if number == signal.SIGTERM else EXIT_INTERRUPTED)
            return
        if self._waiting is None:
            self._waiting = number, now_s
        if (self._postpones or _has_to_finish(frame)) and now_s - self._waiting[1] <= _PATIENCE_S:
            _send_later(number)
        else:
            self._raise_waiting()

    def _raise_waiting(self) -> None:
        """Raise the signal that waits, if there is one."""
        if self._waiting is not None:
            (number, _), self._waiting = self._waiting, None
            self._first_s = time.monotonic()
            stop = _stop_of(number)
            self._watch = weakref.ref(stop, lambda _: self._send_again(number))
            try:
                raise stop
            finally:
                del stop  # which its own traceback would keep alive here

    def _send_again(self, number: int) -> None:
        """Send a signal again whose exception has gone before it arrived: a library took it for an error of its own.

        Python itself drops what is raised in a finalizer.
        """
        if threading.main_thread().is_alive():
            self._first_s, self._waiting = None, (number, time.monotonic())
            _send_later(number)

    def _say_what_is_dropped(self, unraisable: sys.UnraisableHookArgs) -> None:
        """Leave out the lines with which Python drops an exception, where that is a stop, which is sent again.

        Nor does anyone need to know what a stop leaves half built, and what then fails in its finalizer.
        """
        if self._first_s is None and not isinstance(unraisable.exc_value, KeyboardInterrupt):
            sys.__unraisablehook__(unraisable)


class _Keyboard(KeyboardInterrupt):
    """As its base, whose life cannot be watched."""


def _stop_of(number: int) -> KeyboardInterrupt:
    return Terminated() if number == signal.SIGTERM else _Keyboard()


def _end(stop: KeyboardInterrupt) -> NoReturn:
    """Say that the program was stopped, and end the process without leaving what it is at."""
    from mnist_lab.cli.failures import exit_code_of  # here, because it takes longer than --help may

    code = exit_code_of(stop, verbose=False)
    with contextlib.suppress(OSError):  # a reader that has gone, as after "| head"
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _has_to_finish(frame: FrameType | None) -> bool:
    """Return whether a frame is part of what is not to be broken off."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename == _IMPORT_SYSTEM or (code.co_filename, code.co_name) in _HANDING_OVER:
            return True
        if code.co_name == "exists" and code.co_filename.endswith(_ANY_ERROR_IS_NO_FILE):
            return True
        frame = frame.f_back
    return False


def _send_later(number: int) -> None:
    """Send a signal from another thread, and a little later: from here it would meet what it met just now."""
    again = threading.Timer(_AGAIN_AFTER_S, _send_to_main_thread, [number])
    again.daemon = True
    again.start()


def _send_to_main_thread(number: int) -> None:
    """Send a signal to the main thread; where the system can, one that breaks off what that waits for."""
    if hasattr(signal, "pthread_kill"):  # not on Windows
        signal.pthread_kill(threading.main_thread().ident or 0, number)
    else:
        _thread.interrupt_main(signal.Signals(number))


stop_signals = StopSignals()
"""The process's own; a handler belongs to the whole process."""
