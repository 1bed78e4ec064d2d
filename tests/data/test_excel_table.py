"""One's own Excel workbook: what is read of its cells and sheets, and what is said of one that cannot be used."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from mnist_lab.data import CSVTable, ExcelTable
from mnist_lab.data.excel_table import _text
from mnist_lab.errors import MnistLabError

openpyxl = pytest.importorskip("openpyxl", reason="the extra excel is not installed")

HEAD = ("種類", "体高", "体重")
ROWS = [(kind, 50.5 + number, 20 - number) for number in range(6) for kind in ("イヌ", "サル")]
Row = tuple[Any, ...]


def workbook(folder: Path, **sheets: list[Row]) -> Path:
    """Write sheets of rows; a row is put where it stands in its list."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "own.xlsx"
    book.save(path)
    return path


def table(folder: Path, rows: list[Row], **arguments: Any) -> ExcelTable:
    return ExcelTable(**({"path": str(workbook(folder, 動物=rows)), "label": "種類"} | arguments))


def inputs_of(source: ExcelTable) -> list[list[float]]:
    """All rows' inputs in the order of the sheet."""
    source.prepare()
    found: list[list[float]] = source._content.samples.inputs.tolist()
    return found


def test_sheet_is_read_as_it_is(tmp_path: Path) -> None:
    source = table(tmp_path, [HEAD, *ROWS])
    assert inputs_of(source)[:3] == [[50.5, 20], [50.5, 20], [51.5, 19]]
    assert source.feature_names == ["体高", "体重"]
    assert source.class_names == ["イヌ", "サル"]
    assert ExcelTable(**source.settings()).settings() == source.settings()


def test_same_table_as_csv_gives_the_same_samples(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("\n".join(",".join(map(str, row)) for row in [HEAD, *ROWS]), encoding="utf-8")
    as_csv = CSVTable(str(tmp_path / "own.csv"), "種類")
    as_csv.prepare()
    assert inputs_of(table(tmp_path, [HEAD, *ROWS])) == as_csv._content.samples.inputs.tolist()


def test_numbers_stored_as_text_are_numbers(tmp_path: Path) -> None:
    rows = [("イヌ", "５０．５", " 20"), ("ｲﾇ", "50.5", "２０"), *ROWS]
    assert inputs_of(table(tmp_path, [HEAD, *rows]))[:2] == [[50.5, 20], [50.5, 20]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (3, "3"),
        (3.0, "3"),
        (0.1 + 0.2, "0.3"),
        (True, "TRUE"),
        (datetime(2024, 4, 1), "2024-04-01"),
        (datetime(2024, 4, 1, 9, 30), "2024-04-01 09:30:00"),
        (date(2024, 4, 1), "2024-04-01"),
        (time(9, 30), "09:30:00"),
        ("くもり　時々　晴れ", "くもり 時々 晴れ"),
        ("#N/A", "#N/A"),
    ],
)
def test_cell_becomes_the_text_that_excel_shows(value: object, text: str) -> None:
    assert _text(value) == text


def test_dates_are_no_inputs_and_noted(tmp_path: Path) -> None:
    rows = [(*row, datetime(2024, 4, 1 + number)) for number, row in enumerate(ROWS)]
    source = table(tmp_path, [(*HEAD, "日付"), *rows])
    assert source.feature_names == ["体高", "体重"]
    assert source.note is not None
    assert "日付 (dates)" in source.note


def test_empty_rows_are_left_out_and_counted_as_excel_counts(tmp_path: Path) -> None:
    rows: list[Row] = [HEAD, *ROWS[:2], (), *ROWS[2:], ("", " ", None), ()]
    assert len(inputs_of(table(tmp_path, rows))) == len(ROWS)
    with pytest.raises(MnistLabError, match=r"own\.xlsx, row 6, column '体高': 'x' is not a number"):
        inputs_of(table(tmp_path, [*rows[:5], ("イヌ", "x", 1), *rows[5:]]))


def test_thousands_of_coloured_rows_below_are_nothing(tmp_path: Path) -> None:
    path = workbook(tmp_path, 動物=[HEAD, *ROWS])
    book = openpyxl.load_workbook(path)
    for row in range(20, 3000):
        book["動物"].cell(row, 1).fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    book.save(path)
    assert len(inputs_of(ExcelTable(str(path), "種類"))) == len(ROWS)


def test_missing_cells_are_dropped(tmp_path: Path) -> None:
    rows = [HEAD, *ROWS, ("イヌ", None, 3), ("サル", "#N/A", 3), (None, 1, 2)]
    source = table(tmp_path, rows, missing="drop")
    assert len(inputs_of(source)) == len(ROWS)
    assert source.missing_values is not None
    assert source.missing_values.values == {"体高": 2, "種類": 1}


def computed(path: Path, formula: bytes, value: bytes) -> None:
    """Put the value of a formula beside it, as Excel does."""
    old, packed = zipfile.ZipFile(io.BytesIO(path.read_bytes())), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                before, found, behind = content.partition(b"<f>" + formula + b"</f>")
                assert found
                content = before + found + b"<v>" + value + b"</v>" + behind[behind.index(b"</c>") :]
            new.writestr(name, content)
    path.write_bytes(packed.getvalue())


def test_formula_counts_by_its_stored_value(tmp_path: Path) -> None:
    path = workbook(tmp_path, 動物=[HEAD, *ROWS[:-1], ("サル", "=5+50.5", 15)])
    with pytest.raises(MnistLabError) as caught:
        ExcelTable(str(path), "種類").prepare()
    assert str(caught.value) == (
        f"{path}, row 13, column 2: the formula =5+50.5 has no stored value, as no program has computed it yet; open "
        "the file in Excel and save it."
    )
    computed(path, b"5+50.5", b"55.5")
    assert inputs_of(ExcelTable(str(path), "種類"))[-1] == [55.5, 15]


def test_formula_with_an_empty_result_is_an_empty_cell(tmp_path: Path) -> None:
    rows = [(*row, f"=1+{number}") for number, row in enumerate(ROWS)]
    path = workbook(tmp_path, 動物=[(*HEAD, "印"), *rows, (None, None, None, '=IF(A14="","",1)')])
    computed(path, b"1+3", b"4")
    assert len(inputs_of(ExcelTable(str(path), "種類", inputs=["体高", "体重"]))) == len(ROWS)


def test_sheet_is_named_where_there_are_several(tmp_path: Path) -> None:
    path = workbook(tmp_path, 表紙=[("題",)], 動物=[HEAD, *ROWS], 空=[])
    with pytest.raises(MnistLabError) as caught:
        ExcelTable(str(path), "種類").prepare()
    assert str(caught.value) == f"sheet: {path} has 2 sheets (表紙, 動物); name one with --data.source.sheet."
    assert caught.value.exit_code == 2
    assert len(inputs_of(ExcelTable(str(path), "種類", sheet="動物"))) == len(ROWS)
    with pytest.raises(MnistLabError, match=r"has no sheet '動物１'\. Did you mean '動物'\? Sheets: 表紙, 動物, 空\."):
        ExcelTable(str(path), "種類", sheet="動物１").prepare()
    with pytest.raises(MnistLabError, match="the sheet '空' is empty; it must hold a table"):
        ExcelTable(str(path), "種類", sheet="空").prepare()


def test_empty_sheets_beside_the_table_need_no_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, Sheet1=[HEAD, *ROWS], Sheet2=[], Sheet3=[()])
    assert len(inputs_of(ExcelTable(str(path), "種類"))) == len(ROWS)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "own.xlsx is empty; it must hold a table."),
        ([HEAD], "own.xlsx has names of columns in row 1, and no rows below; add some."),
        ([(), HEAD, *ROWS], "own.xlsx, row 1: it is empty; the names of the columns must stand there."),
        ([("種類", "体高", "体高"), *ROWS], "own.xlsx, row 1: two columns have the name '体高' (種類, 体高, 体高)"),
        ([HEAD, *ROWS, ("イヌ", "#DIV/0!", 1)], "own.xlsx, row 14, column '体高': '#DIV/0!' is not a number"),
        ([HEAD, *ROWS, ("イヌ", None, 1)], "own.xlsx, row 14, column '体高': the value is missing; fill it in"),
    ],
)
def test_sheet_that_cannot_be_used_is_explained(rows: list[Row], said: str, tmp_path: Path) -> None:
    with pytest.raises(MnistLabError) as caught:
        table(tmp_path, rows).prepare()
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\n1,2\n", "own.xlsx is no Excel workbook (.xlsx); give --data.source CSVTable for a CSV file."),
        (b"\xd0\xcf\x11\xe0...", "own.xlsx is a workbook of Excel 97-2003 (.xls) or has a password; "),
        (b"PK\x03\x04 and no more", "own.xlsx cannot be read as an Excel workbook: "),
    ],
)
def test_file_that_is_no_workbook_is_one_line(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "own.xlsx").write_bytes(content)
    with pytest.raises(MnistLabError) as caught:
        ExcelTable(str(tmp_path / "own.xlsx"), "種類").prepare()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_damaged_workbook_is_one_line(tmp_path: Path) -> None:
    path = workbook(tmp_path, 動物=[HEAD, *ROWS])
    whole = path.read_bytes()
    said = []
    for length in range(60, len(whole), 400):
        path.write_bytes(whole[:length] + bytes(40) + whole[length + 40 :])
        try:  # some of what is damaged is not needed
            ExcelTable(str(path), "種類").prepare()
        except MnistLabError as error:
            said.append(str(error))
    assert said
    assert all(line.startswith(str(path)) and "\n" not in line for line in said)


def test_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = table(tmp_path, [HEAD, *ROWS])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        MnistLabError, match=r'ExcelTable needs the package openpyxl: pip install "mnist-lab\[excel\]", or'
    ):
        source.prepare()


def test_csv_table_points_to_the_excel_table(tmp_path: Path) -> None:
    path = workbook(tmp_path, 動物=[HEAD, *ROWS])
    with pytest.raises(MnistLabError, match=r"not a CSV file; give --data\.source ExcelTable, or"):
        CSVTable(str(path), "種類").prepare()
