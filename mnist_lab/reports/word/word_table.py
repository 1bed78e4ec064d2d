"""A table of a report as a table of Word's."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from rich.cells import cell_len

from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.html import word_parts
from mnist_lab.reports.word.word_styles import TABLE_TEXT, TABLE_TEXT_PT, TEXT_WIDTH_MM
from mnist_lab.seams.docx_seam import fix_widths, keep_whole, narrow_cells, repeat_as_heading

_MANY_COLUMNS = 6
_SMALL_PT = (8.0, 7.5, 7.0, 6.5, 6.0)
"""Of tables with many columns, the first in which no number is broken."""
_MARGINS_MM = 4.5
"""Left and right of a cell's text, Word's own and a little more: fonts differ."""
_NARROW_MM = 2.0
"""The same in a table that would not fit otherwise."""
_LATIN_EM, _CAPITAL_EM = 0.68, 0.8
"""Width of a Latin letter as a share of the font's size, in a wide font and in bold; a Japanese one has 1."""
_LONGEST_WORD_EM = 12.0
"""What a word of text claims; a longer one, such as a path, is broken."""
_LONGEST_JAPANESE_EM = 6.0
"""The same of Japanese text where there is little room: it may be broken behind any character."""
_MM_PER_PT = 25.4 / 72
_SPACES = re.compile(r"(?<!\d) | (?=\[)")
"""Where a heading's words end; none behind a number, unless a unit in brackets follows."""


@dataclass(frozen=True)
class Fitting:
    """The size of a table's letters, and the room left and right of them, with which its columns fit the page."""

    size_pt: float
    margins_mm: float

    def mm(self, width_em: float) -> float:
        """Return how wide a cell with such a text is."""
        return width_em * self.size_pt * _MM_PER_PT + self.margins_mm


def fitting(block: TableBlock) -> Fitting:
    """Return the largest letters in which no number and no word is broken; the smallest where there are none."""
    if len(block.headings) <= _MANY_COLUMNS:
        return Fitting(TABLE_TEXT_PT, _MARGINS_MM)
    choices = [Fitting(_SMALL_PT[0], _MARGINS_MM), *(Fitting(size_pt, _NARROW_MM) for size_pt in _SMALL_PT)]
    least_em, _ = _claims_em(block, _LONGEST_WORD_EM)
    return next((one for one in choices if sum(map(one.mm, least_em)) <= TEXT_WIDTH_MM), choices[-1])


def fill_table(document: Document, block: TableBlock, shown: Callable[[str], str]) -> None:
    """Add a table whose headings stand again on each page, and whose rows are not parted.

    Args:
        document: At its end.
        block: The table; its caption is not written.
        shown: Returns a text as it is to be shown.
    """
    table: Table = document.add_table(rows=1 + len(block.rows), cols=len(block.headings), style="Table Grid")
    table.autofit = False
    widths_mm, fits = column_widths_mm(block), fitting(block)
    rows = list(table.rows)
    for place, (row, texts) in enumerate(zip(rows, [block.headings, *block.rows], strict=True)):
        # A heading is not left alone at a page's end, and a short table is not parted at all.
        stays = place < len(block.rows) and (place == 0 or block.stays_together)
        for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Mm(widths_mm[column])
            number = column in block.numbers
            part = _broken if place == 0 else _with_range_below
            parted = part(text, widths_mm[column], block) if place == 0 or number else text
            _write(cell, shown(parted), fits.size_pt, heading=place == 0, number=number, stays=stays)
        keep_whole(row)
    repeat_as_heading(rows[0])
    fix_widths(table)
    if fits.margins_mm == _NARROW_MM:
        narrow_cells(table, _NARROW_MM)
    document.add_paragraph(style=TABLE_TEXT)  # Word joins two tables with nothing between them


def column_widths_mm(block: TableBlock) -> list[float]:
    """Return a width for each column; together the width of the page's text.

    Numbers, their ranges and words have what they need, and texts share what is left by their lengths.
    """
    fits = fitting(block)
    least_em, wanted_em = _claims_em(block, _LONGEST_WORD_EM)
    if sum(map(fits.mm, least_em)) > TEXT_WIDTH_MM:
        least_em, wanted_em = _claims_em(block, _LONGEST_JAPANESE_EM)
    least, wanted = [*map(fits.mm, least_em)], [*map(fits.mm, wanted_em)]
    left_mm = TEXT_WIDTH_MM - sum(least)
    more = [each - low for each, low in zip(wanted, least, strict=True)]
    if left_mm <= 0 or not sum(more):
        return [TEXT_WIDTH_MM * low / sum(least) for low in least]
    return [low + left_mm * each / sum(more) for low, each in zip(least, more, strict=True)]


def _claims_em(block: TableBlock, longest_japanese_em: float) -> tuple[list[float], list[float]]:
    """Return what each column needs at least, and what it needs to break no line."""
    least, wanted = [], []
    for place, heading in enumerate(block.headings):
        cells = [row[place] for row in block.rows]
        is_number = place in block.numbers
        words = [word for cell in cells if not is_number for word in cell.split()]
        needs = [min(_LONGEST_WORD_EM, _em(part)) for part in _parts(heading)]
        needs += [min(_LONGEST_WORD_EM if word.isascii() else longest_japanese_em, _em(word)) for word in words]
        # Behind a number its range may stand on a line of its own.
        needs += [_em(part) for cell in cells for part in cell.split(" (")] if is_number else []
        least.append(max(needs))
        wanted.append(max([least[-1], *map(_em, cells)]))
    return least, wanted


def _parts(heading: str) -> list[str]:
    return [part for word in _SPACES.split(heading) for part in word_parts(word)]


def _broken(heading: str, width_mm: float, block: TableBlock) -> str:
    """Return a heading with its lines parted where words end: Word would part Japanese behind any character."""
    fits = fitting(block)
    room_em = (width_mm - fits.margins_mm) / (fits.size_pt * _MM_PER_PT) + 0.01
    lines = [""]
    for word in _SPACES.split(heading):
        for place, part in enumerate(word_parts(word)):
            gap = " " if place == 0 and lines[-1] else ""
            if lines[-1] and _em(lines[-1] + gap + part) > room_em:
                lines.append(part)
            else:
                lines[-1] += gap + part
    return "\n".join(lines)


def _with_range_below(number: str, width_mm: float, block: TableBlock) -> str:
    """Return a number whose range stands on a line of its own where there is no room: not parted behind the dash."""
    return number if fitting(block).mm(_em(number)) <= width_mm + 0.01 else number.replace(" (", "\n(")


def _em(text: str) -> float:
    """Return how wide a text is, in sizes of its font."""
    return sum(
        1.0 if cell_len(character) == 2 else _CAPITAL_EM if character.isupper() else _LATIN_EM for character in text
    )


def _write(cell: _Cell, text: str, size_pt: float, *, heading: bool, number: bool, stays: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = TABLE_TEXT
    run = paragraph.add_run(text)
    run.bold = heading or None
    if size_pt != TABLE_TEXT_PT:
        run.font.size = Pt(size_pt)
    if number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.keep_with_next = stays or None
