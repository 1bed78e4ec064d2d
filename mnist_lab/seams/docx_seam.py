"""What is not public in python-docx and is used all the same: fields, rows' settings, East Asian fonts, equal bytes."""

from __future__ import annotations

import io
import zipfile

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shape import InlineShape
from docx.styles.style import CharacterStyle
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph

_TWIPS_PER_MM = 1440 / 25.4
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP archive can tell."""
_THEMES = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")


def add_field(paragraph: Paragraph, code: str, shown: str) -> None:
    """Add a field, which Word computes anew (F9); python-docx has none.

    Args:
        paragraph: At its end.
        code: Such as ``SEQ Table``.
        shown: What it comes to now.
    """
    instruction = _element("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="begin"))
    paragraph.add_run()._r.append(instruction)
    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="separate"))
    paragraph.add_run(shown)
    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="end"))


def begin_bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """Begin, at a paragraph's end, what a ``REF`` field shows elsewhere."""
    paragraph._p.append(_element("w:bookmarkStart", id=str(number), name=name))


def end_bookmark(paragraph: Paragraph, number: int) -> None:
    """End it there."""
    paragraph._p.append(_element("w:bookmarkEnd", id=str(number)))


def repeat_as_heading(row: _Row) -> None:
    """Have a table's row stand again at the top of each page that the table goes on to."""
    row._tr.get_or_add_trPr().append(_element("w:tblHeader"))


def keep_whole(row: _Row) -> None:
    """Have a row stand on one page."""
    row._tr.get_or_add_trPr().append(_element("w:cantSplit"))


def use_fonts(style: CharacterStyle, latin: str, east_asian: str) -> None:
    """Set both fonts of a style, which python-docx does for Latin letters alone; the theme's would go before them.

    Latin letters are English in a Japanese text as well: as Japanese, LibreOffice breaks words and numbers in two.

    Args:
        style: Of paragraphs or characters.
        latin: Name of the font for Latin letters and digits.
        east_asian: Name of the font for Japanese.
    """
    style.font.name = latin
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for theme in _THEMES:
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), east_asian)
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(_element("w:lang", val="en-US", eastAsia="ja-JP"))


def describe(picture: InlineShape, text: str) -> None:
    """Say what a picture shows, for those who do not see it."""
    picture._inline.docPr.set("descr", text)


def fix_widths(table: Table) -> None:
    """Have columns as wide as their cells say, in LibreOffice as well: it reads the table's own grid."""
    for column, cell in zip(table.columns, table.rows[0].cells, strict=True):
        column.width = cell.width


def narrow_cells(table: Table, margins_mm: float) -> None:
    """Have less room left and right of the text of a table's cells; python-docx has no setting for it.

    Args:
        table: All its cells.
        margins_mm: Both together, a little of which stays unused: fonts differ.
    """
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", w=str(round(0.4 * margins_mm * _TWIPS_PER_MM)), type="dxa"))
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))  # which has to stand last
    properties.insert(len(properties) if look is None else properties.index(look), margins)


def saved_alike(document: Document) -> bytes:
    """Return the file, the same bytes for the same content: without the times at which it was made."""
    core = document.core_properties._element
    for child in list(core):
        if child.tag in (qn("dcterms:created"), qn("dcterms:modified")):
            core.remove(child)
    made, alike = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(alike, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _EPOCH), source.read(name), zipfile.ZIP_DEFLATED)
    return alike.getvalue()


def _element(tag: str, **attributes: str) -> BaseOxmlElement:
    element: BaseOxmlElement = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element
