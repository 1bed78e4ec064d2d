"""Lines that a terminal would break anywhere are broken between words; what a bar writes stays as it is."""

from __future__ import annotations

import io
import os
import re
import sys
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.progress import TimeRemainingColumn

from mnist_lab.cli.terminal_progress import TerminalProgress
from mnist_lab.cli.terminal_stream import TerminalStream, fit_line, wrap_terminals

ERROR = "エラー：Linear の入力は 2304→128 です。lightning fit --config cnn.yaml --ckpt_path last で続けてください。"


@pytest.mark.parametrize("width", [30, 50, 80])
def test_line_is_broken_between_words_alone(width: int) -> None:
    lines = fit_line(ERROR, width).split("\n")
    whole = "lightning fit --config cnn.yaml --ckpt_path last"
    assert all(cell_len(line) <= width for line in lines if line.strip() != whole)
    assert whole in "\n".join(lines)
    assert any("2304→128" in line for line in lines)
    assert not any(line.startswith(("。", "、", "）")) for line in lines)
    assert "".join(ERROR.split()) == "".join("".join(lines).split())


@pytest.mark.parametrize(
    ("line", "width", "fitted"),
    [
        ("short", 10, "short"),
        ("  --rows FILE  of a table without labels", 30, "  --rows FILE  of a table\n               without labels"),
        ("    in a list of things", 16, "    in a list of\n    things"),
        ("\x1b[31mcoloured by a library that knows the width\x1b[0m", 20, None),
        ("\rloading one two three four", 12, "\rloading one\ntwo three\nfour"),
    ],
)
def test_line_keeps_its_indentation_and_a_bar_its_own_way(line: str, width: int, fitted: str | None) -> None:
    assert fit_line(line, width) == (line if fitted is None else fitted)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_line_that_comes_in_pieces_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_lab.cli.terminal_stream._columns", lambda stream: 10)
    terminal = Terminal()
    stream = TerminalStream(terminal)
    assert stream.write("one two three\n") == 14
    stream.write("four ")
    stream.write("five six seven eight\nnine ten eleven\n")
    assert terminal.getvalue() == "one two\nthree\nfour five six seven eight\nnine ten\neleven\n"
    assert stream.isatty()


def test_line_above_a_bar_is_wrapped_and_the_bar_is_not() -> None:
    terminal = Terminal()
    wrapped: Any = TerminalStream(terminal)
    console = Console(file=wrapped, force_terminal=True, color_system=None, soft_wrap=True, width=80)
    with TerminalProgress("runs", 3, console, TimeRemainingColumn()) as progress:
        progress._bar.refresh()
        progress.print_line("word " * 30)
    lines = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", terminal.getvalue()).replace("\r", "\n").splitlines()
    assert [len(line) for line in lines if "word" in line] == [79, 69]
    assert any("0/3" in line for line in lines)


def test_terminals_alone_are_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    file, terminal = io.StringIO(), Terminal()
    monkeypatch.setattr(sys, "stdout", file)
    monkeypatch.setattr(sys, "stderr", terminal)
    wrap_terminals()
    assert sys.stdout is file
    sys.stderr.write(f"{'word ' * 20}\n")
    assert max(map(len, terminal.getvalue().splitlines())) <= 80


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals for Python")
def test_width_is_the_terminals() -> None:
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 33, 0, 0))
    with os.fdopen(slave, "w", encoding="utf-8") as terminal:
        TerminalStream(terminal).write(f"{'word ' * 20}\n")
        terminal.flush()
        lines = os.read(master, 4096).decode().splitlines()
    os.close(master)
    assert [len(line) for line in lines] == [29, 29, 29, 9]
