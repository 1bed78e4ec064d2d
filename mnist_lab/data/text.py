"""Text as people and spreadsheets write it: which encoding, which width, which spaces."""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path

from mnist_lab.errors import DataError, UsageError
from mnist_lab.language import say

_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What Excel on Japanese Windows writes under "CSV", after what everybody else writes.
_TRIED = ("utf-8-sig", "cp932")


def decode(content: bytes, path: Path, encoding: str | None) -> str:
    """Return the text of a file.

    Args:
        content: Of the file.
        path: Its name, for messages.
        encoding: Of the file; None: UTF-8 with or without a byte order mark, then CP932. A file that begins with
            UTF-16's mark is in UTF-16.

    Raises:
        UsageError: There is no such encoding.
        DataError: The file is in another one.
    """
    if encoding is None and content.startswith(_UTF_16_MARKS):
        encoding = "utf-16"
    if encoding is not None:
        check_encoding(encoding)
    failed: UnicodeDecodeError | None = None
    # A byte order mark is no part of the first column's name, though Python's "utf-8" leaves it there.
    for each in _TRIED if encoding is None else [encoding]:
        try:
            return content.decode(each).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            failed = failed or error
    assert failed is not None
    row = content[: failed.start].count(b"\n") + 1
    tried = encoding and say("not in {name}", "{name} ではありません", name=encoding)
    raise DataError(
        say(
            "{path}, row {row}: byte {byte:#04x} is {tried}; save the file as UTF-8, or name its encoding with "
            "--data.source.encoding.",
            "{path} の {row} 行目：バイト {byte:#04x} は {tried}。UTF-8 で保存するか、文字コードを "
            "--data.source.encoding で指定してください。",
            path=path,
            row=row,
            byte=content[failed.start],
            tried=tried or say("neither in UTF-8 nor in CP932", "UTF-8 でも CP932 でもありません"),
        )
    )


def check_encoding(encoding: str) -> None:
    """Look an encoding up.

    Raises:
        UsageError: There is none of that name.
    """
    try:
        codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, ValueError, UnicodeError):
        raise UsageError(
            say(
                "encoding: {encoding!r} is no text encoding; give utf-8, cp932 (Excel on Japanese Windows), or null to "
                "try both.",
                "encoding：{encoding!r} という文字コードはありません。utf-8、cp932（日本語 Windows の Excel）、または"
                "両方を試す null を指定してください。",
                encoding=encoding,
            )
        ) from None


def clean(text: str) -> str:
    """Return a text without what only looks different: widths (NFKC) and spaces, U+3000 among them.

    ``くもり　時々　晴れ`` and ``くもり 時々 晴れ`` become the same, and so do ``２３`` and ``23``, ``ｲﾇ`` and ``イヌ``.
    """
    return " ".join(unicodedata.normalize("NFKC", text).split())
