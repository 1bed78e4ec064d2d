"""What a user can cause: errors that end in one line on the terminal and an exit code."""

from __future__ import annotations

import difflib
import errno
import re
from collections.abc import Iterable

from mnist_lab.language import say

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_OUT_OF_MEMORY = 3
_VISUAL_CPP = "https://aka.ms/vs/17/release/vc_redist.x64.exe"
_DLL = re.compile(r'Error loading ".*\.dll"|DLL load failed')
# As shells report a program that a signal ended: 128 and the signal's number.
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143


class MnistLabError(Exception):
    """A failure that the user can mend; its message is one line: what, the value, what is allowed, what to do."""

    exit_code = EXIT_FAILED


class Terminated(KeyboardInterrupt):
    """The system asked the program to end (SIGTERM); whatever minds Ctrl-C minds this as well."""


class UsageError(MnistLabError):
    """The command line or a config asks for something that does not exist or cannot be."""

    exit_code = EXIT_USAGE


class DataError(MnistLabError):
    """A data set is missing, damaged, or cannot be written."""


class DataUnavailableError(DataError):
    """A data set is neither on disk nor to be had from the network."""


class DivergedError(MnistLabError):
    """The training loss became NaN or infinite."""


def first_line(error: BaseException) -> str:
    """Return the first line of what an exception says, or its class where it says nothing."""
    return next(iter(str(error).strip().splitlines()), "") or type(error).__name__


def stop_behind(error: BaseException | None) -> KeyboardInterrupt | None:
    """Return what the user or the system stopped the program with, where an error came of that; else None.

    A library that is broken off may fail over it while it cleans up; the stop is then its error's context.
    """
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error


def reason_of(error: OSError) -> str:
    """Return what the system says is wrong, without the number and the file's name."""
    return error.strerror or str(error)


def is_full(error: OSError) -> bool:
    """Return whether there is no room left: on the disk, or in what a user may have of it."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def missing_runtime(error: BaseException) -> str | None:
    """Return what to do where Windows could not load a package's library, else None.

    torch raises an OSError that names one of its DLLs, other packages an ImportError; what lacks is nearly always
    Microsoft's C++ runtime, which a new Windows does not have.
    """
    if not isinstance(error, (OSError, ImportError)) or not _DLL.search(str(error)):
        return None
    return say(
        "A library cannot be loaded: {reason}. Install Microsoft's Visual C++ Redistributable ({address}), open a new "
        "terminal, and start again.",
        "ライブラリを読み込めません：{reason}。Microsoft Visual C++ 再頒布可能パッケージ（{address}）をインストールし、"
        "新しいターミナルを開いてから、もう一度実行してください。",
        reason=first_line(error).rstrip("."),
        address=_VISUAL_CPP,
    )


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Return the question whether the allowed name nearest to ``name`` was meant, or an empty string.

    A config's folder and ending count for nothing: what all names share makes none of them nearer.
    """
    folded = {_own_part(choice): choice for choice in allowed}
    matches = difflib.get_close_matches(_own_part(name), list(folded), n=1)
    if not matches or folded[matches[0]] == name:
        return ""
    return say(" Did you mean '{name}'?", "「{name}」のことではありませんか。", name=folded[matches[0]])


def _own_part(name: str) -> str:
    folded = name.lower()
    return folded.removesuffix(".yaml").rpartition("/")[2] if folded.endswith(".yaml") else folded
