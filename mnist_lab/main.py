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

# Name: (one-line help, "module:function"). The function takes the command's name and the arguments behind it, and
# returns the exit code.
COMMANDS = {
    "fit": ("train, validate each epoch, test the best checkpoint", "mnist_lab.commands.fit:run"),
    "validate": ("score a checkpoint on the validation split", "mnist_lab.commands.validate:run"),
    "test": ("score a checkpoint on the test set", "mnist_lab.commands.test:run"),
    "predict": ("write a checkpoint's predictions for the test set to a CSV file", "mnist_lab.commands.predict:run"),
    "summary": ("show the layers: shapes, parameters, how each count comes about", "mnist_lab.commands.summary:run"),
    "memory": (
        "forecast the GPU memory of a training, and the largest batch that fits",
        "mnist_lab.commands.memory:run",
    ),
    "compare": (
        "train several configs in turn, same data and seeds: table and report",
        "mnist_lab.commands.compare:run",
    ),
    "sweep": ("vary parameters: time and accuracy, the smallest model that holds it", "mnist_lab.commands.sweep:run"),
    "new": ("a folder to begin with: a network of your own, its config, a README", "mnist_lab.commands.new:run"),
    "report": ("tables, figures and text from runs already made", "mnist_lab.commands.report:run"),
    "bench": ("matrix size against run time: Python, C, NumPy, PyTorch, CuPy", "mnist_lab.commands.bench:run"),
    "doctor": ("check GPU memory, driver, torch, OpenMP and data: green, yellow, red", "mnist_lab.commands.doctor:run"),
    "data": ("load the data and show it: shapes, splits, class counts, a picture", "mnist_lab.commands.data:run"),
}

HELP = f"""\
usage: lightning COMMAND [--config FILE] [options]     (mnist-lab is the same program)

mnist_lab {__version__}: trains small classifiers, honestly timed, in dedicated CUDA memory only.

commands:
{{commands}}

options:
  -h, --help     show this; after a command: its options
  --version      show the version
  --verbose      show the traceback of an error

example:
  lightning fit --config cnn.yaml
"""


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
    if not arguments or arguments[0] in ("-h", "--help"):
        print(HELP.format(commands="\n".join(f"  {name:<10} {text}" for name, (text, _) in COMMANDS.items())))
        return 0
    from mnist_lab.cli.failures import exit_code_of, unknown_command

    command, *rest = arguments
    try:
        if command not in COMMANDS:
            raise unknown_command(arguments, COMMANDS)
        module, function = COMMANDS[command][1].split(":")
        code: int = getattr(importlib.import_module(module), function)(command, rest)
        return code
    except (Exception, KeyboardInterrupt) as error:
        return exit_code_of(error, verbose=verbose)


def run() -> NoReturn:
    """Be the console script ``lightning`` or ``mnist-lab``."""
    from mnist_lab.cli.script_name import warn_if_shadowed
    from mnist_lab.cli.stop_signals import stop_signals

    stop_signals.install()

    for stream in (sys.stdout, sys.stderr):
        # A console that lacks a character shows a question mark in its place, instead of ending the run.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
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
