"""The parser for a command's own options; what it does not know goes on to the trainer's parser."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, get_args

from mnist_lab.cli.folders import check_writable
from mnist_lab.errors import UsageError, nearest
from mnist_lab.language import Language


class OwnOptions(argparse.ArgumentParser):
    """Says what is wrong in one line, as all commands do."""

    def split(self, args: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
        """Parse the command's own options, and return the others as they are.

        Raises:
            UsageError: A value makes no sense, the report cannot be written where it is to go, or another option looks
                like a misspelt one of ours.
        """
        own, others = self.parse_known_args(list(args))
        ours = [option for action in self._actions for option in action.option_strings if option.startswith("--")]
        for option in others:
            name = option.partition("=")[0]
            if name.startswith("--") and "." not in name and (hint := nearest(name, ours)):
                raise UsageError(f"There is no option '{name}'.{hint} {self.prog} --help lists the options.")
        if own.output:
            check_writable(Path(own.output), "--output")
        return own, others

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print and exit with."""
        raise UsageError(f"{message}. {self.prog} --help lists the options.")


def positive_int(text: str) -> int:
    """Parse a whole number of at least 1."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number of at least 1")
    return number


def add_threads(parser: argparse.ArgumentParser) -> None:
    """Add the trainer's ``--threads``, so that it stands in the help; ``threads_option`` hands it on."""
    parser.add_argument(
        "--threads", metavar="N|auto", help="threads on the CPU, in all runs (default: PyTorch's own number)"
    )


def threads_option(own: argparse.Namespace) -> list[str]:
    """Return ``--threads`` as the trainer's parser takes it."""
    return [] if own.threads is None else [f"--threads={own.threads}"]


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """Add where a report goes, in which language, and whether it asks questions."""
    parser.add_argument("--language", choices=get_args(Language), default="en", help="of the report (default: en)")
    parser.add_argument(
        "--questions",
        choices=("on", "off"),
        default="on",
        help="ask in the report what its interpretation is to answer (default: on)",
    )
    parser.add_argument(
        "--output", metavar="FOLDER", help="of the report (default: reports/DATE-NAMES beside the logs)"
    )
