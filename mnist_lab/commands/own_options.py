"""The parser for a command's own options; what it does not know goes on to the trainer's parser."""

from __future__ import annotations

import argparse
from typing import NoReturn

from mnist_lab.errors import UsageError


class OwnOptions(argparse.ArgumentParser):
    """Says what is wrong in one line, as all commands do."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print and exit with."""
        raise UsageError(f"{message}. {self.prog} --help lists the options.")


def positive_int(text: str) -> int:
    """Parse a whole number of at least 1."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number of at least 1")
    return number


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """Add where a report goes and in which language."""
    parser.add_argument("--language", choices=("en", "ja"), default="en", help="of the report (default: en)")
    parser.add_argument(
        "--output", metavar="FOLDER", help="of the report (default: reports/DATE-NAMES beside the logs)"
    )
