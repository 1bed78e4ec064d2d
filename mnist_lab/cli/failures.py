"""How an error ends on the terminal: one line and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable, Sequence

from mnist_lab.cli.command_line import command_line
from mnist_lab.cli.tracebacks import keep_traceback, users_place
from mnist_lab.errors import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_OUT_OF_MEMORY,
    EXIT_TERMINATED,
    MnistLabError,
    Terminated,
    UsageError,
    first_line,
    missing_runtime,
    nearest,
    reason_of,
    stop_behind,
)
from mnist_lab.gpu import explanation, is_out_of_memory
from mnist_lab.language import say


def unknown_command(arguments: Sequence[str], commands: Iterable[str]) -> UsageError:
    """Return the error for a command that does not exist, or does not come first.

    Args:
        arguments: The whole command line behind the program's name; at least one.
        commands: Those that there are.
    """
    name, *rest = arguments
    known = list(commands)
    place = next((place for place, argument in enumerate(rest) if argument in known), None)
    if name.startswith("-"):
        moved = [*rest[:place], *rest[place + 1 :]] if place is not None else rest
        return UsageError(
            say(
                "The command comes first: {line}",
                "コマンドを先頭に書いてください：{line}",
                line=command_line("lightning", "fit" if place is None else rest[place], name, *moved),
            )
        )
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

    Raises:
        BrokenPipeError: The error itself; nobody reads on, so there is nothing to say.
    """
    if isinstance(error, BrokenPipeError):
        raise error
    if verbose:
        traceback.print_exception(error)
    if stop := stop_behind(error):
        return _stopped(stop)
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
    print(_unforeseen(error, verbose=verbose), file=sys.stderr)
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
    # A write that fails, unlike an opening, does not tell the file.
    path = os.fsdecode(error.filename) if error.filename else say("a file", "ファイル")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return say(
            "Error: {path} is not there: the file or its folder was removed or moved while the program ran. Start it "
            "again, and leave the folder where it is until the end. --verbose shows where it happened.",
            "エラー：{path} がありません。実行中にファイルまたはフォルダが削除または移動されました。もう一度実行し、"
            "終わるまでフォルダをそのままにしておいてください。--verbose を付けると発生箇所を表示します。",
            path=path,
        )
    return say(
        "Error: {path} cannot be read or written: {reason}. Make room, or name a folder that may be written; what was "
        "written before is kept. --verbose shows where it happened.",
        "エラー：{path} を読み書きできません：{reason}。空きを増やすか、書き込めるフォルダを指定してください。"
        "それまでに書き込んだものは残っています。--verbose を付けると発生箇所を表示します。",
        path=path,
        reason=reason_of(error),
    )


def _unforeseen(error: BaseException, *, verbose: bool) -> str:
    """Return the line for an error that is nobody's setting: whose code has failed, and where the traceback is."""
    kind, reason = type(error).__name__, first_line(error)
    file = None if verbose else keep_traceback(error)
    if verbose:
        where = say("The traceback stands above.", "トレースバックは上に表示されています。")
    elif file:
        where = say("The traceback is in {file}.", "トレースバックは {file} にあります。", file=file)
    else:
        where = say("--verbose shows the traceback.", "--verbose を付けるとトレースバックを表示します。")
    if place := users_place(error):
        return say(
            "Error: {kind} in your own code ({place}): {reason}. {where}",
            "エラー：ご自身のコード（{place}）で {kind} が発生しました：{reason}。{where}",
            place=place,
            where=where,
            kind=kind,
            reason=reason,
        )
    return say(
        "Error: this is an error of mnist_lab, not of yours: {kind}: {reason}. {where} Please report it with that.",
        "エラー：これは mnist_lab の不具合であり、操作の誤りではありません：{kind}：{reason}。{where}"
        "これを添えてご報告ください。",
        where=where,
        kind=kind,
        reason=reason,
    )
