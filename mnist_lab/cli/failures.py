"""How an error ends on the terminal: one line and an exit code; a traceback only for our own mistakes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable

from mnist_lab.errors import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_OUT_OF_MEMORY,
    EXIT_TERMINATED,
    MnistLabError,
    Terminated,
    UsageError,
    missing_runtime,
    nearest,
    reason_of,
)
from mnist_lab.gpu import explanation, is_out_of_memory
from mnist_lab.language import say


def unknown_command(name: str, commands: Iterable[str]) -> UsageError:
    """Return the error for a command that does not exist."""
    known = list(commands)
    return UsageError(
        say(
            "There is no command '{name}'.{hint} Commands: {known}.",
            "コマンド '{name}' はありません。{hint}使用できるコマンド：{known}",
            name=name,
            hint=nearest(name, known),
            known=", ".join(known),
        )
    )


def exit_code_of(error: BaseException, *, verbose: bool) -> int:
    """Say on the error stream what happened and return the exit code.

    Args:
        error: What ended the command.
        verbose: Show the traceback as well.
    """
    if verbose:
        traceback.print_exception(error)
    if isinstance(error, KeyboardInterrupt):
        return _stopped(error)
    if isinstance(error, MnistLabError):
        message = " ".join(str(error).split())
        print(say("Error: {message}", "エラー：{message}", message=message), file=sys.stderr)
        return error.exit_code
    if (remedy := missing_runtime(error)) is not None:
        print(say("Error: {message}", "エラー：{message}", message=remedy), file=sys.stderr)
        return EXIT_FAILED
    if isinstance(error, OSError) and not isinstance(error, ConnectionError):
        print(_file_failure(error), file=sys.stderr)
        return EXIT_FAILED
    if is_out_of_memory(error):
        print(explanation(error), file=sys.stderr)
        return EXIT_OUT_OF_MEMORY
    if not verbose:
        traceback.print_exception(error)
    return EXIT_FAILED


def _stopped(error: KeyboardInterrupt) -> int:
    """Say who stopped the program, and what its notes say about going on."""
    terminated = isinstance(error, Terminated)
    if os.environ.get("LOCAL_RANK", "0") == "0":  # of several processes of one training the first speaks
        if terminated:
            line = say("Stopped by the system (SIGTERM).", "システムからの要求（SIGTERM）により中断しました。")
        else:
            line = say("Stopped from the keyboard.", "キーボードの操作により中断しました。")
        print("\n".join([line, *getattr(error, "__notes__", ())]), file=sys.stderr)
    return EXIT_TERMINATED if terminated else EXIT_INTERRUPTED


def _file_failure(error: OSError) -> str:
    """Return the line for a file that cannot be read or written: the disk is full, the folder is gone."""
    return say(
        "Error: {path} cannot be read or written: {reason}. Make room, or name a folder that may be written; what was "
        "written before is kept. --verbose shows where it happened.",
        "エラー：{path} を読み書きできません：{reason}。空きを増やすか、書き込めるフォルダを指定してください。"
        "それまでに書き込んだものは残っています。--verbose を付けると発生箇所を表示します。",
        # A write that fails, unlike an opening, does not tell the file.
        path=os.fsdecode(error.filename) if error.filename else say("a file", "ファイル"),
        reason=reason_of(error),
    )
