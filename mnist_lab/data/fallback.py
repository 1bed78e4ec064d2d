"""The fallback: another data set steps in where the wanted one cannot be had, and nobody can miss it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from mnist_lab.data.source import Source
from mnist_lab.errors import DataUnavailableError
from mnist_lab.language import say
from mnist_lab.line_breaks import folded

# What could not be had, and why, by source and settings; None outside ``asked_once``.
_missing: ContextVar[dict[str, str] | None] = ContextVar("missing", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """Within, what cannot be had is asked for, and the warning box shown, once: for many runs in a row."""
    token = _missing.set({})
    try:
        yield
    finally:
        _missing.reset(token)


def prepare_or_stand_in(source: Source, fallback: Source | None) -> Source:
    """Bring the data to disk and return the source; where that fails, the fallback, with a warning box.

    Raises:
        DataUnavailableError: If the data cannot be had and no fallback fits.
        DataError: If the data is damaged or its folder cannot be written.
    """
    known = _missing.get()
    key = f"{source.name} {source.settings()}"
    if known and key in known:
        return stand_in(source, fallback, known[key])
    try:
        source.prepare()
    except DataUnavailableError as error:
        used = stand_in(source, fallback, str(error))
        used.prepare()
        show_warning(source, used, str(error))
        if known is not None:
            known[key] = str(error)
        return used
    return source


def stand_in(source: Source, fallback: Source | None, reason: str) -> Source:
    """Return the fallback if there is one and the model fits it.

    Raises:
        DataUnavailableError: If there is none, or its input shape or number of classes differs.
    """
    reason = reason.rstrip(".")
    if fallback is None:
        raise DataUnavailableError(
            say(
                "{reason}. Connect to the internet, or point --data.source.root to a folder that has {name}.",
                "{reason}。インターネットに接続するか、{name} のあるフォルダを --data.source.root で指定してください。",
                reason=reason,
                name=source.name,
            )
        )
    wanted = (source.input_shape, source.num_classes)
    offered = (fallback.input_shape, fallback.num_classes)
    if wanted != offered:
        raise DataUnavailableError(
            say(
                "{reason}. The fallback {stand_in} (input shape {offered}, {offered_classes} classes) cannot stand in "
                "for {name} ({wanted}, {wanted_classes} classes); give another --data.fallback, or null.",
                "{reason}。代用の {stand_in}（入力の形 {offered}、{offered_classes} クラス）は {name}（{wanted}、"
                "{wanted_classes} クラス）の代わりになりません。別の --data.fallback か null を指定してください。",
                reason=reason,
                stand_in=fallback.name,
                offered=offered[0],
                offered_classes=offered[1],
                name=source.name,
                wanted=wanted[0],
                wanted_classes=wanted[1],
            )
        )
    return fallback


def show_warning(source: Source, fallback: Source, reason: str) -> None:
    """Print the warning box on the error stream."""
    text = say(
        "This run does NOT use {name}. It uses {stand_in} ({location}) instead.\n\n"
        "Why: {reason}\n\n"
        "To get {name}: connect to the internet and run again, or point --data.source.root to a folder that has it.\n"
        "To make this an error: --data.fallback null",
        "この実行では {name} を使いません。代わりに {stand_in}（{location}）を使います。\n\n"
        "理由：{reason}\n\n"
        "{name} を使うには：インターネットに接続してもう一度実行するか、{name} のあるフォルダを --data.source.root で"
        "指定してください。\n代用せずエラーで停止するには：--data.fallback null",
        name=source.name,
        stand_in=fallback.name,
        location=fallback.said_location,
        reason=reason,
    )
    title = say("{name} is missing", "{name} が見つかりません", name=source.name)
    console = Console(file=sys.stderr)
    lines = [part for line in text.split("\n") for part in folded(line, console.width - 6)]  # less border and padding
    box = Panel(escape("\n".join(lines)), title=title, border_style="bold red", padding=(1, 2))
    console.print(box)
