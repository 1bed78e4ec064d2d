"""The two languages: each sentence stands in English and in Japanese beside each other, where it is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

Language = Literal["en", "ja"]

_JAPANESE = "ぁ-んァ-ヶー一-龥々"
_BORDER = re.compile(f"(?<=[{_JAPANESE}])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?=[{_JAPANESE}])")
_WITHIN = re.compile(f"(?<=[{_JAPANESE}）」、。]) (?=[{_JAPANESE}（「])")

_current: ContextVar[Language] = ContextVar("language", default="en")


class Phrase:
    """Words in both languages, for tables that are made at import; ``str()`` says them."""

    # Not a dataclass: importing those takes longer than all else that a command's first line needs.
    __slots__ = ("en", "ja")

    def __init__(self, en: str, ja: str) -> None:
        self.en = en
        self.ja = ja

    def with_english(self, en: str) -> Phrase:
        """Return the same with other words in English, such as a setting's name in a file."""
        return Phrase(en, self.ja)

    def __str__(self) -> str:
        """Return the words of the current language."""
        return self.ja if current_language() == "ja" else self.en


def current_language() -> Language:
    """Return the language that is spoken here: that of the innermost ``speaking``, else English."""
    return _current.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language inside the ``with`` block, and the one before it afterwards.

    Only this thread's language changes (and, in asyncio, only this task's).
    """
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def say(en: str, ja: str, /, **values: object) -> str:
    """Return a sentence in the current language.

    Args:
        en: In English, with fields as ``str.format`` takes them.
        ja: The same in Japanese, with the same fields; they may stand in another order.
        **values: What the fields stand for; a text among them is put in as it is.
    """
    return str(Phrase(en, ja)).format(**values)


def under(heading: object, text: object) -> str:
    """Return ``heading: text``, in Japanese 「heading：text」."""
    return say("{heading}: {text}", "{heading}：{text}", heading=heading, text=text)


def listed(parts: Sequence[str], en: str = " and ", ja: str = "、") -> str:
    """Return ``a, b and c``, in Japanese 「a、b、c」.

    Args:
        parts: In their order.
        en: Between the last two in English; commas stand between the others.
        ja: Between any two in Japanese.
    """
    if current_language() == "ja":
        return ja.join(parts)
    return en.join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def first_of(parts: Sequence[str], most: int, *, ja: str) -> list[str]:
    """Return the parts, of many the first ones and how many there are more: ``3 more``, in Japanese 「ほか 3 組」.

    Args:
        parts: In their order.
        most: So many are named.
        ja: What they are counted in in Japanese.
    """
    more = len(parts) - most
    if more <= 0:
        return [*parts]
    return [*parts[:most], f"ほか {more} {ja}" if current_language() == "ja" else f"{more} more"]


def spaced(text: str) -> str:
    """Return a text with a space where Japanese letters meet Latin ones or digits, and none within Japanese.

    A field of a sentence may hold either, so that the sentence alone cannot say where spaces go.
    """
    return _BORDER.sub(" ", _WITHIN.sub("", text)) if current_language() == "ja" else text


def paragraph(sentences: Sequence[str]) -> str:
    """Return sentences one behind another: in English with a space between them, in Japanese without."""
    return ("" if current_language() == "ja" else " ").join(sentences)
