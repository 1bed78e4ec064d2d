"""Encodings, widths and spaces."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.data.text import clean, decode
from mnist_lab.errors import DataError, UsageError

TEXT = "種類,体重\nイヌ,20\n"
PATH = Path("own.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_usual_encodings_need_no_name(encoding: str) -> None:
    assert decode(TEXT.encode(encoding), PATH, None) == TEXT


@pytest.mark.parametrize(("content", "encoding"), [("utf-8-sig", "utf-8"), ("euc-jp", "euc_jp"), ("cp932", "cp932")])
def test_named_encoding_is_used(content: str, encoding: str) -> None:
    assert decode(TEXT.encode(content), PATH, encoding) == TEXT


def test_other_encodings_name_file_and_row() -> None:
    with pytest.raises(DataError, match=r"^own\.csv, row 2: byte 0xa5 is neither in UTF-8 nor in CP932; .*encoding\.$"):
        decode("kind,weight\nサル,20\n".encode("euc-jp"), PATH, None)
    with pytest.raises(DataError, match=r"^own\.csv, row 1: byte 0xe7 is not in ascii; "):
        decode(TEXT.encode(), PATH, "ascii")


@pytest.mark.parametrize("encoding", ["utf-88", "", "base64", "数字"])
def test_unknown_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(UsageError, match=r"^encoding: '.*' is no text encoding; give utf-8, cp932"):
        decode(b"", PATH, encoding)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("くもり　時々　晴れ", "くもり 時々 晴れ"),
        ("\u3000 くもり \t時々\u00a0晴れ\n", "くもり 時々 晴れ"),
        ("２３．５", "23.5"),
        ("－３", "-3"),
        ("ｲﾇ", "イヌ"),
        ("", ""),
    ],
)
def test_widths_and_spaces_make_no_difference(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
