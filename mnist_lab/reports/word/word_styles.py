"""How a Word file looks: A4, fonts for both languages, the styles that its parts have."""

from __future__ import annotations

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt, RGBColor

from mnist_lab.seams.docx_seam import add_field, use_fonts

JAPANESE_FONT = "Yu Gothic"
"""Comes with Windows since 8.1 and with Office on macOS; elsewhere Word takes what is there."""
LATIN_FONT = "Calibri"
TABLE_TEXT, PLACE = "Table Text", "Open Place"
TABLE_TEXT_PT = 9.0
TEXT_WIDTH_MM = 170.0
_PAGE_MM = (210.0, 297.0)
_MARGIN_MM = 20.0
_SIZES_PT = {"Title": 18, "Heading 1": 14, "Heading 2": 12, "Normal": 10.5, "List Bullet": 10.5, "Caption": 9.5}
_OWN_SIZES_PT = {TABLE_TEXT: TABLE_TEXT_PT, PLACE: 10.5}
_BLACK, _GREY = RGBColor(0, 0, 0), RGBColor(0x59, 0x59, 0x59)


def styled_document(language: str) -> Document:
    """Return an empty document with its styles.

    Args:
        language: ``en`` or ``ja``.
    """
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = map(Mm, _PAGE_MM)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Mm(_MARGIN_MM))
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_field(footer, "PAGE", "1")
    for name in _OWN_SIZES_PT:
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["Normal"]
    latin = LATIN_FONT if language == "en" else JAPANESE_FONT
    for name, size_pt in {**_SIZES_PT, **_OWN_SIZES_PT}.items():
        style = document.styles[name]
        use_fonts(style, latin, JAPANESE_FONT)
        style.font.size = Pt(size_pt)
        style.font.color.rgb = _GREY if name == PLACE else _BLACK
    _space(document)
    return document


def _space(document: Document) -> None:
    """Set the space around paragraphs, and what must stand together."""
    normal, table = document.styles["Normal"].paragraph_format, document.styles[TABLE_TEXT].paragraph_format
    normal.space_after, normal.line_spacing = Pt(6), 1.3
    table.space_before = table.space_after = Pt(1.5)
    table.line_spacing = 1.0
    caption = document.styles["Caption"]
    caption.font.bold = False
    caption.paragraph_format.space_before = caption.paragraph_format.space_after = Pt(4)
    for name in ("Heading 1", "Heading 2"):
        heading = document.styles[name].paragraph_format
        heading.keep_with_next, heading.space_before, heading.space_after = True, Pt(14), Pt(4)
