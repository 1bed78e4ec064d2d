"""The report as one HTML file, parsed, and opened in a real browser."""

from __future__ import annotations

import base64
import html
import io
import re
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from mnist_lab.reports.document import Document, TableBlock
from mnist_lab.reports.html import in_parts, is_stacked, tied, to_html
from mnist_lab.reports.run_report import write_report
from mnist_lab.runs.record import write_record
from mnist_lab.runs.run import read_runs
from tests.reports.records import cnn_and_fc, leave_run


def test_page_needs_no_other_file(tmp_path: Path) -> None:
    write_report(tmp_path, cnn_and_fc(tmp_path / "tb_logs"), "ja")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    addresses = re.findall(r"""(?:src|href)=["']([^"']*)|url\(["']?([^"')]*)""", page)
    assert len(addresses) == 5
    assert all("".join(address).startswith("data:") for address in addresses)
    assert '<html lang="ja">' in page
    assert '<meta charset="utf-8">' in page


def test_japanese_page_brings_a_glyph_for_every_character(tmp_path: Path) -> None:
    write_report(tmp_path, cnn_and_fc(tmp_path / "tb_logs"), "ja")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    font = re.search(r"data:font/woff;base64,([^\"]+)", page)
    assert font
    glyphs = TTFont(io.BytesIO(base64.b64decode(font[1]))).getBestCmap()
    text = html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", page, flags=re.DOTALL))
    assert {character for character in text if ord(character) not in glyphs} <= {"\n", "\u2060"}  # both unseen
    assert len(font[1]) < 200_000


def test_english_page_brings_no_font(tmp_path: Path) -> None:
    write_report(tmp_path, cnn_and_fc(tmp_path / "tb_logs"), "en")
    assert "@font-face" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_labels_are_escaped(tmp_path: Path) -> None:
    for number, name in enumerate(["<b>x</b>", "a & b"]):
        leave_run(tmp_path / "tb_logs", "FC", 0, name=str(number), model_settings={"activation": name})
    write_report(tmp_path, read_runs([tmp_path / "tb_logs"]), "en")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<b>x</b>" not in page
    assert "FC, activation &lt;b&gt;x&lt;/b&gt;" in page


def test_list_of_numbers_is_not_parted_and_several_lists_are() -> None:
    assert tied("[4, 4], [16, 16, 16]") == "[4,\u00a04], [16,\u00a016,\u00a016]"


def test_channels_and_a_difference_in_brackets_are_not_parted_and_a_date_is_left_as_it_is() -> None:
    assert tied("CNN 16-16-8, (1 − p)/N") == "CNN 16-\u206016-\u20608, (1\u00a0−\u00a0p)/N"
    assert tied("cnn-mnist/2026-11-24_03-15-04: 2026-11-24") == "cnn-mnist/2026-11-24_03-15-04: 2026-11-24"


def test_key_of_a_setting_may_be_parted_behind_its_stops_and_strokes_alone() -> None:
    assert in_parts("a/b（trainer.limit_train_batches）：0.6") == (
        "a/<wbr>b（trainer.<wbr>limit_<wbr>train_<wbr>batches）：0.6"
    )


def test_conditions_stand_on_one_page(tmp_path: Path) -> None:
    write_report(tmp_path, cnn_and_fc(tmp_path / "tb_logs"), "en")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    (classes,) = re.findall(r'<div class="table([^"]* conditions)">', page)
    assert "short" in classes.split()


@pytest.mark.parametrize(("rows", "together"), [(1, True), (20, True), (30, False)])
def test_table_that_fits_on_a_page_is_not_parted(rows: int, together: bool) -> None:
    page = to_html(Document("R", "en", [TableBlock("T.", ["a"], [["b"]] * rows, name="Table 1")]), {})
    (classes,) = re.findall(r'<div class="table([^"]*)">', page)
    assert ("short" in classes.split()) is together


def test_numbers_are_tied_to_their_units() -> None:
    assert (
        tied("2.5 ± 0.1 s against 3 %, n = 3 runs")
        == "2.5\u00a0±\u00a00.1\u00a0s against 3\u00a0%, n\u00a0=\u00a03 runs"
    )


@pytest.mark.parametrize("text", ["N = 1,600", "0.0226 ns", "10.1 ms", "173 GFLOP/s", "4.9 MiB", "1.59 倍", "4 個"])
def test_size_and_every_unit_is_tied(text: str) -> None:
    assert " " not in tied(text)


def test_line_breaks_in_a_path_and_not_in_a_unit() -> None:
    assert in_parts("runs/a/b at 173 GFLOP/s, 23 GB/s") == "runs/<wbr>a/<wbr>b at 173 GFLOP/s, 23 GB/s"


def test_long_cells_are_stacked_on_a_phone() -> None:
    layers = "Conv2d 1→2 (3×3)、MaxPool2d (2×2)、ReLU、Flatten、Linear 50→10"
    headings = ("setting", "layers", "parameters")
    assert is_stacked(TableBlock("", headings, [["CNN", layers, "568"]]))
    assert not is_stacked(TableBlock("", headings, [["FC", "Linear 784→10", "7,850"]]))
    assert not is_stacked(TableBlock("", headings[:2], [["CNN", layers]]))
    assert is_stacked(TableBlock("", (*headings, "time"), []))


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ja"])
def test_browser_shows_tables_and_figures(language: Any, tmp_path: Path, browser: Any) -> None:
    write_report(tmp_path / "report", cnn_and_fc(tmp_path / "tb_logs"), language)
    browser.get((tmp_path / "report" / "report.html").as_uri())
    tables = browser.find_elements("css selector", "table")
    assert len(tables) == 10
    assert all(table.is_displayed() for table in tables)
    texts = [table.get_property("textContent") for table in tables]
    assert any("3.00\u00a0±\u00a00.10" in text for text in texts)
    pictures = browser.find_elements("css selector", "figure img")
    assert len(pictures) == 4
    for picture in pictures:
        assert int(picture.get_property("naturalWidth")) > 400
        assert picture.is_displayed()
    assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    overflowing = "return [...document.querySelectorAll('.table')].filter(e => e.scrollWidth > e.clientWidth).length"
    assert browser.execute_script(overflowing) == 0
    if language == "ja":
        assert browser.execute_script("return document.fonts.check('16px Report', '学習時間')")
    assert browser.get_log("browser") == []


# Of A4 without its margins, and of a phone, in CSS pixels.
@pytest.mark.browser
@pytest.mark.parametrize(("media", "width"), [("print", 673), ("screen", 390)])
def test_nothing_is_cut_off_on_paper_or_on_a_phone(media: str, width: int, tmp_path: Path, browser: Any) -> None:
    for run in cnn_and_fc(tmp_path / "tb_logs"):  # a long word among the conditions
        run.record.settings["trainer"]["limit_train_batches"] = 200
        write_record(run.record, run.folder)
    write_report(tmp_path / "report", read_runs([tmp_path / "tb_logs"]), "ja")
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": media == "screen"}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media})
    browser.get((tmp_path / "report" / "report.html").as_uri())
    beyond = (
        f"return [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > {width}).length"
    )
    assert browser.execute_script(beyond) == 0
    lines = """return [...document.querySelectorAll('.conditions td:first-child')].map(cell => {
        const text = document.createRange(); text.selectNodeContents(cell); return text.getClientRects().length; })"""
    assert set(browser.execute_script(lines)) == {1}
