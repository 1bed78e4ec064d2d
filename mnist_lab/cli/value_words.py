"""What stands behind an option in a help: ``last|best|FILE``, in Japanese 「last|best|ファイル」."""

from __future__ import annotations

import re

from mnist_lab.language import Phrase

_WORDS = {
    "FILE": Phrase("FILE", "ファイル"),
    "FOLDER": Phrase("FOLDER", "フォルダ"),
    "FUNCTION": Phrase("FUNCTION", "関数"),
    "NAME": Phrase("NAME", "名前"),
    "PATH": Phrase("PATH", "場所"),
    "RUN": Phrase("RUN", "フォルダ"),
    "SECONDS": Phrase("SECONDS", "秒"),
    "SIZE": Phrase("SIZE", "大きさ"),
    "CONFIG": Phrase("CONFIG", "設定ファイル"),
}


def value_words(value: str) -> str:
    """Return what stands behind an option; what has to be typed as it is, and N for a number, stays.

    Args:
        value: With its words in English capitals.
    """
    return re.sub(r"[A-Z]+", lambda found: str(_WORDS.get(found[0], found[0])), value)
