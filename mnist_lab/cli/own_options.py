"""The parser for a command's own options; what it does not know goes on to the trainer's parser."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, get_args

from mnist_lab.cli.argparse_messages import argparse_message
from mnist_lab.cli.folders import check_writable
from mnist_lab.cli.short_help import OPTIONS
from mnist_lab.cli.value_words import value_words
from mnist_lab.errors import UsageError, nearest
from mnist_lab.language import Language, Phrase, current_language, say

_WIDTH = 100
"""Columns of the help, at most."""


class OwnOptions(argparse.ArgumentParser):
    """Says what is wrong in one line, as all commands do, and its help in the language that is spoken."""

    def __init__(self, command: str, arguments: Phrase, about: Phrase, example: str = "") -> None:
        """Take what the help says before and behind the options.

        Args:
            command: Name of the command.
            arguments: What stands behind it.
            about: What it does.
            example: Of its use, without the program's name; empty: none.
        """
        super().__init__(prog=f"lightning {command}", allow_abbrev=False, add_help=False)
        self._arguments, self._about, self._example = arguments, about, example
        self._texts: dict[str, Phrase] = {}
        self.option("-h", "--help", text=Phrase("show this", "この説明を表示する"), action="help")

    def option(self, *names: str, text: Phrase, **settings: Any) -> None:
        """Add an option, or an argument without dashes.

        Args:
            *names: As ``add_argument`` takes them.
            text: What the help says of it.
            **settings: As ``add_argument`` takes them.
        """
        self._texts[self.add_argument(*names, **settings).dest] = text

    def format_help(self) -> str:
        """Return the help; argparse's own knows one language, and breaks lines at spaces alone."""
        from rich.cells import cell_len

        from mnist_lab.line_breaks import broken

        heads = [(_head(action), self._texts[action.dest]) for action in self._actions]
        heads.sort(key=lambda entry: entry[0].startswith("-"))  # arguments stand before options
        width = max(cell_len(head) for head, _ in heads)
        columns = min(_WIDTH, shutil.get_terminal_size((_WIDTH, 1)).columns)
        rows = []
        for head, text in heads:
            first, *rest = broken(str(text), max(20, columns - width - 4))
            rows += [
                f"  {head}{' ' * (width - cell_len(head))}  {first}",
                *(f"{' ' * (width + 4)}{part}" for part in rest),
            ]
        parts = [
            say("usage: {line}", "使い方：{line}", line=f"{self.prog} {self._arguments}"),
            "\n".join(broken(str(self._about), columns)),
            "\n".join(rows),
        ]
        if self._example:
            parts.append(say("example: {line}", "例：{line}", line=f"{self.prog} {self._example}"))
        return "\n\n".join(parts) + "\n"

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
            if not name.startswith("--") or "." in name or name in _trainers():
                continue
            if hint := nearest(name, ours):
                raise UsageError(
                    say(
                        "There is no option '{name}'.{hint} {program} --help lists the options.",
                        "オプション '{name}' はありません。{hint}オプションの一覧：{program} --help",
                        name=name,
                        hint=hint,
                        program=self.prog,
                    )
                )
        if own.output:
            check_writable(Path(own.output), "--output")
        return own, others

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print and exit with."""
        raise UsageError(
            say(
                "{message}. {program} --help lists the options.",
                "{message}。オプションの一覧：{program} --help",
                message=argparse_message(message),
                program=self.prog,
            )
        )


def positive_int(text: str) -> int:
    """Parse a whole number of at least 1."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(
            say("'{text}' is not a whole number of at least 1", "'{text}' は 1 以上の整数ではありません", text=text)
        )
    return number


def add_threads(parser: OwnOptions) -> None:
    """Add the trainer's ``--threads``, so that it stands in the help; ``threads_option`` hands it on."""
    parser.option(
        "--threads",
        metavar="N|auto",
        text=Phrase(
            "threads on the CPU, in all runs (default: PyTorch's own number)",
            "CPU のスレッド数。すべての実行に共通（既定は PyTorch の値）",
        ),
    )


def threads_option(own: argparse.Namespace) -> list[str]:
    """Return ``--threads`` as the trainer's parser takes it."""
    return [] if own.threads is None else [f"--threads={own.threads}"]


def add_language(parser: OwnOptions) -> None:
    """Add the language; it has been looked for before this, so that it is spoken already."""
    parser.option(
        "--language",
        choices=get_args(Language),
        default=current_language(),
        text=Phrase("of what is said and reported (default: en)", "表示とレポートの言語（既定は en）"),
    )


def add_report_options(parser: OwnOptions) -> None:
    """Add where a report goes, in which language, and whether it asks questions."""
    add_language(parser)
    parser.option(
        "--questions",
        choices=("on", "off"),
        default="on",
        text=Phrase(
            "ask in the report what its interpretation is to answer (default: on)",
            "レポートの「考察」の欄に、答えるべき問いを書くか（既定は on）",
        ),
    )
    parser.option(
        "--format",
        choices=("html", "docx"),
        default="html",
        text=Phrase(
            "of the report; docx: for Word as well, which needs the extra docx (default: html, with Markdown)",
            "レポートの形式。docx では Word の文書も書き出す（追加機能 docx が必要）。既定は html（Markdown つき）",
        ),
    )
    parser.option(
        "--output",
        metavar="FOLDER",
        text=Phrase(
            "of the report (default: reports/DATE-NAMES beside the logs)",
            "レポートの保存先（既定は、ログフォルダと並ぶ reports/日付-名前）",
        ),
    )


def _trainers() -> set[str]:
    """Return options of the trainer that are no misspelt ones of a command's own."""
    return {f"--{option.name.partition('.')[0]}" for option in OPTIONS["fit"]}


def _head(action: argparse.Action) -> str:
    choices = "|".join(map(str, action.choices or ()))
    value = value_words(str(action.metavar or action.dest.upper())) if action.metavar or not choices else choices
    if not action.option_strings:
        return value
    return f"{', '.join(action.option_strings)} {'' if action.nargs == 0 else value}".rstrip()
