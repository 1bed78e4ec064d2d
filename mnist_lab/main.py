"""The command tree: picks a command, imports it, nothing else."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import os
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

from mnist_lab import __version__
from mnist_lab.language import Phrase, say, speaking

# Name: (one-line help, "module:function"). The function takes the command's name and the arguments behind it, and
# returns the exit code.
COMMANDS = {
    "fit": (
        Phrase(
            "train, validate each epoch, test the best checkpoint",
            "学習し、エポックごとに検証し、最良のチェックポイントをテストする",
        ),
        "mnist_lab.commands.fit:run",
    ),
    "validate": (
        Phrase("score a checkpoint on the validation split", "チェックポイントを検証用データで評価する"),
        "mnist_lab.commands.validate:run",
    ),
    "test": (
        Phrase("score a checkpoint on the test set", "チェックポイントをテスト用データで評価する"),
        "mnist_lab.commands.test:run",
    ),
    "predict": (
        Phrase(
            "write a checkpoint's predictions for the test set to a CSV file",
            "テスト用データに対する予測を CSV ファイルに書き出す",
        ),
        "mnist_lab.commands.predict:run",
    ),
    "page": (
        Phrase(
            "one HTML file that thinks: draw a digit, see scores and every layer",
            "数字を描くとスコアと各層の値が見える HTML ファイルを作る",
        ),
        "mnist_lab.commands.page:run",
    ),
    "layers": (
        Phrase(
            "draw a network's filters, and what its layers make of a picture",
            "学習済みのフィルタと、画像に対する各層の出力を描く",
        ),
        "mnist_lab.commands.layers:run",
    ),
    "summary": (
        Phrase(
            "show the layers: shapes, parameters, how each count comes about",
            "層の一覧：出力の形、パラメータ数とその計算式",
        ),
        "mnist_lab.commands.summary:run",
    ),
    "memory": (
        Phrase(
            "forecast the GPU memory of a training, and the largest batch that fits",
            "学習に必要な GPU メモリと、収まる最大のバッチサイズを予測する",
        ),
        "mnist_lab.commands.memory:run",
    ),
    "compare": (
        Phrase(
            "train several configs in turn, same data and seeds: table and report",
            "複数の設定を同じデータとシードで順に学習し、比較のレポートを作る",
        ),
        "mnist_lab.commands.compare:run",
    ),
    "sweep": (
        Phrase(
            "vary parameters: time and accuracy, the smallest model that holds it",
            "パラメータを変えて学習時間と精度を調べ、最小のモデルを探す",
        ),
        "mnist_lab.commands.sweep:run",
    ),
    "new": (
        Phrase(
            "a folder to begin with: a network of your own, its config, a README",
            "自作のネットワークを始めるためのフォルダを作る",
        ),
        "mnist_lab.commands.new:run",
    ),
    "report": (
        Phrase("tables, figures and text from runs already made", "学習済みの実行から表、図、文章のレポートを作る"),
        "mnist_lab.commands.report:run",
    ),
    "bench": (
        Phrase(
            "matrix size against run time: Python, C, NumPy, PyTorch, CuPy",
            "行列の大きさと実行時間：Python、C、NumPy、PyTorch、CuPy",
        ),
        "mnist_lab.commands.bench:run",
    ),
    "doctor": (
        Phrase(
            "check GPU memory, driver, torch, OpenMP and data: green, yellow, red",
            "GPU メモリ、ドライバー、torch、OpenMP、データの点検：緑、黄、赤",
        ),
        "mnist_lab.commands.doctor:run",
    ),
    "data": (
        Phrase(
            "load the data and show it: shapes, splits, class counts, a picture",
            "データを読み込み、形、分割、クラスごとの数、画像を表示する",
        ),
        "mnist_lab.commands.data:run",
    ),
}


def _help() -> str:
    return say(
        "usage: lightning COMMAND [--config FILE] [options]     (mnist-lab is the same program)\n\n"
        "mnist_lab {version}: trains small classifiers, honestly timed, in dedicated CUDA memory only.\n\n"
        "commands:\n{commands}\n\n"
        "options:\n"
        "  -h, --help     show this; after a command: its options\n"
        "  --version      show the version\n"
        "  --verbose      show the traceback of an error\n"
        "  --language ja  speak Japanese\n\n"
        "example:\n"
        "  lightning fit --config cnn.yaml\n",
        "使い方：lightning コマンド [--config ファイル] [オプション]     （mnist-lab も同じプログラム）\n\n"
        "mnist_lab {version}：小さな分類モデルを学習し、学習時間を正確に測ります。CUDA の専用メモリだけを使います。\n\n"
        "コマンド：\n{commands}\n\n"
        "オプション：\n"
        "  -h, --help     この説明を表示する。コマンドの後では、そのオプションを表示する\n"
        "  --version      バージョンを表示する\n"
        "  --verbose      エラーのトレースバックを表示する\n"
        "  --language ja  日本語で表示する\n\n"
        "例：\n"
        "  lightning fit --config cnn.yaml\n",
        version=__version__,
        commands="\n".join(f"  {name:<10} {text}" for name, (text, _) in COMMANDS.items()),
    )


def main(args: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 done, 1 failed, 2 wrong usage, 3 CUDA out of memory, 130 stopped from
    the keyboard, 143 stopped by SIGTERM.
    """
    given = list(sys.argv[1:] if args is None else args)
    verbose = "--verbose" in given
    arguments = [argument for argument in given if argument != "--verbose"]
    if arguments == ["--version"]:
        print(f"mnist_lab {__version__}")
        return 0
    from mnist_lab.cli.asked_language import asked_language

    with speaking(asked_language(arguments)):
        if not arguments or arguments[0] in ("-h", "--help"):
            print(_help())
            return 0
        from mnist_lab.cli.failures import exit_code_of
        from mnist_lab.cli.stop_signals import stop_signals

        try:
            return _picked(arguments)
        except (Exception, KeyboardInterrupt) as error:
            return exit_code_of(stop_signals.arrived() or error, verbose=verbose)


def _picked(arguments: Sequence[str]) -> int:
    """Run the command that comes first.

    Raises:
        UsageError: There is none of that name.
    """
    from mnist_lab.cli.failures import unknown_command
    from mnist_lab.cli.stop_signals import stop_signals

    command, *rest = arguments
    if command not in COMMANDS:
        raise unknown_command(arguments, COMMANDS)
    name, function = COMMANDS[command][1].split(":")
    with stop_signals.ending_at_once():
        module = importlib.import_module(name)
    code: int = getattr(module, function)(command, rest)
    return code


def run() -> NoReturn:
    """Be the console script ``lightning`` or ``mnist-lab``."""
    from mnist_lab.cli.asked_language import asked_language
    from mnist_lab.cli.script_name import warn_if_shadowed
    from mnist_lab.cli.stop_signals import stop_signals
    from mnist_lab.cli.terminal_stream import wrap_terminals

    stop_signals.install()

    for stream in (sys.stdout, sys.stderr):
        # A console that lacks a character shows a question mark in its place, instead of ending the run.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    wrap_terminals()
    with speaking(asked_language(sys.argv[1:])):
        warn_if_shadowed(sys.argv[0])
    # Until Lightning is imported: looking for garbage among what it brings takes 0.8 s (measured in the same way).
    gc.disable()
    try:
        code = main()
    except SystemExit as stop:  # what argparse does after a command's --help
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BrokenPipeError:  # a reader that has gone, as after "| head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    leave(code)


def leave(code: int) -> NoReturn:
    """End the process as usual, without taking torch's modules apart.

    That saves half a second of each command: ``lightning summary --config cnn.yaml`` takes 3.5 s instead of 4.0 s (2
    cores, torch 2.14, 5 pairs in turn, the median ratio of the pairs 0.86; 2026-11-24).
    """
    gc.unfreeze()
    waiting = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    if "torch" not in sys.modules or any(not thread.daemon for thread in waiting):
        sys.exit(code)
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError):  # a reader that has gone, as after "| head"
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
