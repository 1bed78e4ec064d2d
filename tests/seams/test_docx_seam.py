"""What is not public in python-docx is still there, and does what it is used for."""

from __future__ import annotations

import io
import zipfile

import docx
from docx.oxml.ns import qn

from mnist_lab.seams.docx_seam import (
    add_field,
    begin_bookmark,
    end_bookmark,
    keep_whole,
    repeat_as_heading,
    saved_alike,
    use_fonts,
)


def test_field_shows_what_it_comes_to() -> None:
    paragraph = docx.Document().add_paragraph("Table ")
    begin_bookmark(paragraph, "_Ref1", 1)
    add_field(paragraph, "SEQ Table", "7")
    end_bookmark(paragraph, 1)
    assert paragraph.text == "Table 7"
    kinds = [mark.get(qn("w:fldCharType")) for mark in paragraph._p.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
    (code,) = paragraph._p.iter(qn("w:instrText"))
    assert code.text == " SEQ Table "
    assert [child.tag for child in paragraph._p][1] == qn("w:bookmarkStart")
    assert [child.tag for child in paragraph._p][-1] == qn("w:bookmarkEnd")


def test_rows_are_told_what_to_do_at_a_page_s_end() -> None:
    row = docx.Document().add_table(1, 1).rows[0]
    repeat_as_heading(row)
    keep_whole(row)
    assert row._tr.trPr is not None
    assert {child.tag for child in row._tr.trPr} == {qn("w:tblHeader"), qn("w:cantSplit")}


def test_both_fonts_of_a_style_take_the_theme_s_place() -> None:
    style = docx.Document().styles["Heading 1"]
    assert style.element.rPr.find(qn("w:rFonts")).get(qn("w:asciiTheme")) is not None
    for _ in range(2):
        use_fonts(style, "Calibri", "Yu Gothic")
    fonts = style.element.rPr.find(qn("w:rFonts"))
    assert {name.partition("}")[2]: value for name, value in fonts.attrib.items()} == {
        "ascii": "Calibri",
        "hAnsi": "Calibri",
        "eastAsia": "Yu Gothic",
    }
    (language,) = style.element.rPr.findall(qn("w:lang"))
    assert language.get(qn("w:val")) == "en-US", "as Japanese, Latin words and numbers are broken in two"


def test_file_bears_no_time() -> None:
    content = saved_alike(docx.Document())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2013" not in archive.read("docProps/core.xml")
