"""A report as a row of blocks, which Markdown, HTML and Word write each in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_ROWS_OF_A_PAGE = 24


@dataclass(frozen=True)
class Heading:
    """The heading of a section; the report's title has level 1."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Prose."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: Sequence[str]


@dataclass(frozen=True)
class TableBlock:
    """A table; units stand in the headings."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()
    """Columns of numbers, which are aligned to the right."""
    key: str = ""
    """By which the text cites the table."""
    name: str = ""
    """``Table 3``, with which the caption begins; given by ``numbered``."""

    @property
    def stays_together(self) -> bool:
        """Whether it fits on a page of A4, its rows of two lines at most, and so is not to be parted."""
        return len(self.rows) <= _ROWS_OF_A_PAGE or self.key == "conditions"


@dataclass(frozen=True)
class FigureBlock:
    """A figure."""

    stem: str
    """File name without an ending, in the folder ``figures``."""
    caption: str
    title: str
    """Says in words what the picture shows, for those who do not see it."""
    name: str = ""
    """``Figure 3``, with which the caption begins; given by ``numbered``."""


@dataclass(frozen=True)
class Open:
    """A place that is left to the reader to write in."""

    text: str
    questions: Sequence[str]


@dataclass(frozen=True)
class Cover:
    """Lines of the first page that are left to the writer: name, number, date."""

    fields: Sequence[str]


Block = Cover | Heading | Paragraph | Bullets | TableBlock | FigureBlock | Open


@dataclass(frozen=True)
class Document:
    """A whole report."""

    title: str
    language: str
    """``en`` or ``ja``."""
    blocks: Sequence[Block]

    def text(self) -> str:
        """Return every character that is shown, for choosing a font's glyphs."""
        parts = [self.title]
        for block in self.blocks:
            for value in vars(block).values():
                parts += _strings(value)
        return "".join(parts)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Sequence):
        return [text for entry in value for text in _strings(entry)]
    return []
