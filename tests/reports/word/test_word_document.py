"""The Word file, opened again: captions that count, references, real tables, fonts for Japanese, equal bytes."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import get_args

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from PIL import Image

from mnist_lab.language import Language, speaking
from mnist_lab.reports.document import Bullets, Cover, Document, FigureBlock, Heading, Open, Paragraph, TableBlock
from mnist_lab.reports.numbering import cite, numbered
from mnist_lab.reports.run_content import compose, find
from mnist_lab.reports.run_figures import STEMS
from mnist_lab.reports.run_report import write_report
from mnist_lab.reports.word.word_document import to_docx
from mnist_lab.reports.word.word_styles import JAPANESE_FONT, TEXT_WIDTH_MM
from mnist_lab.reports.word.word_table import column_widths_mm, fitting
from tests.conftest import missing
from tests.reports.records import cnn_and_fc

LANGUAGES: tuple[Language, ...] = get_args(Language)
FIELD = re.compile(r"SEQ (\S+) ")


def picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (720, 400), "white").save(content, "PNG")
    return content.getvalue()


def opened(content: bytes) -> WordDocument:
    return docx.Document(io.BytesIO(content))


def composed(log_dir: Path, language: Language) -> tuple[Document, dict[str, bytes]]:
    with speaking(language):
        document = compose(find(cnn_and_fc(log_dir)), list(STEMS))
    return document, {f"figures/{stem}.png": picture() for stem in STEMS}


def fields_in(element: object) -> list[str]:
    return [text.text.strip() for text in element.iter(qn("w:instrText"))]  # type: ignore[attr-defined]


def small(language: Language = "en") -> bytes:
    with speaking(language):
        blocks = numbered(
            [
                Cover(("Name: ",)),
                Heading("Results"),
                Heading("Times", level=3),
                Paragraph(f"See {cite('t')}, {cite('u')} and {cite('f')}."),
                TableBlock("Times.", ["model", "time [s]"], [["CNN\x1b", "1.5"], ["FC", "0.5"]], (1,), "t"),
                TableBlock("More.", ["a"], [["b"]], (), "u"),
                FigureBlock("f", "Time.", "CNN slower"),
                Bullets([f"{cite('t')} again"]),
                Open("Write here.", ["Why?"]),
            ]
        )
    return to_docx(Document("Report", language, blocks), {"figures/f.png": picture()})


def test_captions_hold_the_number_as_a_field_that_counts() -> None:
    word = opened(small())
    captions = [paragraph for paragraph in word.paragraphs if paragraph.style and paragraph.style.name == "Caption"]
    assert [paragraph.text for paragraph in captions] == ["Table 1. Times.", "Table 2. More.", "Figure 1. Time."]
    fields = [fields_in(paragraph._p) for paragraph in captions]
    assert fields == [["SEQ Table \\* ARABIC"], ["SEQ Table \\* ARABIC"], ["SEQ Figure \\* ARABIC"]]


def test_text_refers_to_the_captions() -> None:
    word = opened(small())
    (text,) = [paragraph for paragraph in word.paragraphs if paragraph.text.startswith("See ")]
    assert text.text == "See Table 1, Table 2 and Figure 1."
    named = [mark.get(qn("w:name")) for mark in word.element.iter(qn("w:bookmarkStart"))]
    assert len(set(named)) == 3
    assert fields_in(text._p) == [f"REF {name} \\h" for name in named]


def test_table_is_words_own_and_its_headings_stand_on_each_page() -> None:
    table = opened(small()).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["model", "time [s]"],
        ["CNN\ufffd", "1.5"],
        ["FC", "0.5"],
    ]
    rows = [row._tr.trPr for row in table.rows]
    assert [row is not None and row.find(qn("w:tblHeader")) is not None for row in rows] == [True, False, False]
    assert all(row is not None and row.find(qn("w:cantSplit")) is not None for row in rows)
    assert [cell.paragraphs[0].alignment for cell in table.rows[1].cells] == [None, 2]
    assert table.rows[0].cells[0].paragraphs[0].runs[0].bold


def test_headings_picture_and_place_are_words_own() -> None:
    word = opened(small())
    styles = {paragraph.text: paragraph.style.name for paragraph in word.paragraphs if paragraph.style}
    assert styles["Report"] == "Title"
    assert (styles["Results"], styles["Times"]) == ("Heading 1", "Heading 2")
    assert (styles["Table 1 again"], styles["Why?"]) == ("List Bullet", "List Bullet")
    assert styles["Write here."] == "Open Place"
    (shape,) = word.inline_shapes
    assert shape._inline.docPr.get("descr") == "CNN slower"
    assert 150 < shape.width.mm <= TEXT_WIDTH_MM
    assert word.core_properties.title == "Report"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_style_has_a_japanese_font(language: Language) -> None:
    word = opened(small(language))
    used = {paragraph.style.name for paragraph in word.paragraphs if paragraph.style}
    assert used >= {"Title", "Heading 1", "Heading 2", "Normal", "Caption", "List Bullet", "Table Text", "Open Place"}
    for name in used:
        fonts = word.styles[name].element.rPr.find(qn("w:rFonts"))
        assert fonts.get(qn("w:eastAsia")) == JAPANESE_FONT
        assert fonts.get(qn("w:eastAsiaTheme")) is None
        assert (fonts.get(qn("w:ascii")) == JAPANESE_FONT) == (language == "ja")


def test_same_report_gives_the_same_bytes() -> None:
    content = small("ja")
    assert content == small("ja")
    assert opened(content).core_properties.created is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_report_is_in_it(language: Language, tmp_path: Path) -> None:
    document, files = composed(tmp_path / "tb_logs", language)
    word = opened(to_docx(document, files))
    tables = [block for block in document.blocks if isinstance(block, TableBlock)]
    assert len(word.tables) == len(tables) > 3
    for table, block in zip(word.tables, tables, strict=True):
        assert [len(row.cells) for row in table.rows] == [len(block.headings)] * (1 + len(block.rows))
    assert len(word.inline_shapes) == len(STEMS)
    labels = {"en": ("Table", "Figure"), "ja": ("表", "図")}[language]
    counted = [match[1] for field in fields_in(word.element) if (match := FIELD.match(field))]
    assert counted.count(labels[0]) == len(tables)
    assert counted.count(labels[1]) == len(STEMS)


def test_columns_are_as_wide_as_their_texts_need() -> None:
    block = TableBlock("", ["n", "設定の名前"], [["1", "x" * 30], ["2", "y"]], (0,))
    narrow, wide = column_widths_mm(block)
    assert narrow + wide == pytest.approx(TEXT_WIDTH_MM)
    assert wide > 4 * narrow


def test_numbers_keep_their_line_beside_long_texts() -> None:
    text = "同じシードどうしの対応のある t 検定、両側" * 3
    block = TableBlock("", ["量", "値", "検定"], [[text, "−1.00 ± 0.10", text]], (1,))
    first, number, last = column_widths_mm(block)
    assert number > 12 * 1.6
    assert first == pytest.approx(last, rel=0.1)


def test_headings_are_parted_where_words_end() -> None:
    headings = ["モデル", "隠れ層のノード数 [個]", "1 エポックの学習時間 [s]", "検証精度 [%]", *["テスト精度 [%]"] * 3]
    block = TableBlock("T.", headings, [["x" * 60, "1", "2", "3", "4", "5", "6"]], name="Table 1")
    row = opened(to_docx(Document("R", "ja", [block]), {})).tables[0].rows[0]
    lines = [cell.text.replace("\u00a0", " ").split("\n") for cell in row.cells]
    assert lines[0] == ["モデル"]
    assert lines[1] == ["隠れ層の", "ノード数", "[個]"]
    assert lines[2] == ["1 エポックの", "学習時間", "[s]"]


def test_short_table_stays_together_and_a_long_one_with_its_first_row() -> None:
    def kept(rows: int) -> list[bool]:
        block = TableBlock("T.", ["a"], [["b"]] * rows, name="Table 1")
        table = opened(to_docx(Document("R", "en", [block]), {})).tables[0]
        return [bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next) for row in table.rows]

    assert kept(3) == [True, True, True, False]
    assert kept(20) == [True] * 20 + [False]
    assert kept(30) == [True] + [False] * 30


def test_conditions_stay_together_however_many_they_are() -> None:
    block = TableBlock("T.", ["a"], [["b"]] * 30, key="conditions", name="Table 1")
    table = opened(to_docx(Document("R", "en", [block]), {})).tables[0]
    kept = [bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next) for row in table.rows]
    assert kept == [True] * 30 + [False]


def test_names_of_conditions_keep_their_line() -> None:
    names = ["計算機（CPU／GPU）", "最初の実行の日付"]
    first, _ = column_widths_mm(TableBlock("", ["条件", "値"], [[name, "x" * 300] for name in names]))
    assert first >= 8 * 9 * 25.4 / 72 + 4.5


def test_capitals_of_a_heading_keep_their_line() -> None:
    settings = [["畳み込み層のドロップアウト率（model.conv_dropout）" * 3, "0.0", "–"]]
    _, cnn, _ = column_widths_mm(TableBlock("", ["設定項目", "CNN", "FC"], settings))
    assert cnn >= 2.3 * 9 * 25.4 / 72 + 4.5  # in bold, C takes 0.7 and N 0.8 of the letters' size


def test_range_that_has_no_room_behind_its_number_stands_below_it() -> None:
    score = "94.64 (94.08–95.26)"
    block = TableBlock("T.", ["a", *["b"] * 6], [["x" * 30, *[score] * 6]], range(1, 7), name="Table 1")
    row = opened(to_docx(Document("R", "en", [block]), {})).tables[0].rows[1]
    assert row.cells[1].text.replace("\u00a0", " ") == "94.64\n(94.08–95.26)"


def test_words_are_whole_beside_ranges_of_repeats() -> None:
    headings = ["モデル", "活性化関数", "パラメータ数 [個]", "学習時間 [s]", "検証精度 [%]", "テスト精度 [%]", "備考"]
    score = "94.64 (94.08–95.26)"
    rows = [["CNN", "LeakyReLU", "101,770", "0.386 (0.353–0.400)", score, score, "ほかのプログラムの影響あり"]]
    block = TableBlock("", headings, rows, (2, 3, 4, 5))
    widths, fits = column_widths_mm(block), fitting(block)
    assert widths[0] >= fits.mm(3)
    assert widths[1] >= fits.mm(9 * 0.68) - 0.01
    assert widths[4] >= fits.mm(len("(94.08–95.26)") * 0.68) - 0.01


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_libreoffice_makes_pages_of_it(language: Language, tmp_path: Path) -> None:
    program = shutil.which("soffice") or missing("LibreOffice is not installed (Debian: libreoffice-writer).")
    write_report(tmp_path / "report", cnn_and_fc(tmp_path / "tb_logs"), language, form="docx")
    command = [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "report.docx"], cwd=tmp_path / "report", check=True, capture_output=True, timeout=200)
    pages = re.findall(rb"/Type\s*/Page\b", (tmp_path / "report" / "report.pdf").read_bytes())
    assert 3 <= len(pages) <= 15


def test_table_of_many_sizes_breaks_no_number() -> None:
    sizes = [25 * 2**step for step in range(10)]
    block = TableBlock(
        "",
        ("実装", *(f"N = {size:,} [ms]" for size in sizes)),
        [["NumPy（全スレッド）", *["0.00962"] * 10]],
        range(1, 11),
    )
    widths_mm = column_widths_mm(block)
    assert sum(widths_mm) <= TEXT_WIDTH_MM + 1e-6
    fits = fitting(block)
    assert fits.size_pt >= 6.5
    assert min(widths_mm[1:]) >= 7 * 0.64 * fits.size_pt * 25.4 / 72 + fits.margins_mm
    table = opened(to_docx(Document("R", "ja", [block]), {})).tables[0]
    assert [child.tag.partition("}")[2] for child in table._tbl.tblPr][-2:] == ["tblCellMar", "tblLook"]
    size = table.rows[1].cells[1].paragraphs[0].runs[0].font.size
    assert size is not None
    assert size.pt == fits.size_pt
