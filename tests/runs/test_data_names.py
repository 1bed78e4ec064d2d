"""What data are called: one's own by their file or folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from mnist_lab.language import speaking
from mnist_lab.runs.data_names import data_name, data_title
from mnist_lab.training.result_table import Score, score_table


@pytest.mark.parametrize(
    ("name", "location", "title", "full"),
    [
        ("MNIST", "/home/me/data/MNIST/raw", "MNIST", "MNIST"),
        ("CSVTable", "/home/me/penguins.csv", "penguins", "CSVTable (penguins.csv)"),
        ("ExcelTable", "C:\\Users\\me\\ペンギン.v2.xlsx", "ペンギン.v2", "ExcelTable (ペンギン.v2.xlsx)"),
        ("JSONTable", "forecast.json", "forecast", "JSONTable (forecast.json)"),
        ("ImageFolder", "/home/me/pictures.2026", "pictures.2026", "ImageFolder (pictures.2026)"),
        ("CSVTable", None, "CSVTable", "CSVTable"),
    ],
)
def test_own_data_are_called_by_their_file(name: str, location: str | None, title: str, full: str) -> None:
    data = {"name": name, "location": location}
    assert (data_title(data), data_name(data)) == (title, full)


def test_tables_of_fit_and_validate_name_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"name": "CSVTable", "location": "/home/me/penguins.csv", "fell_back": False}
    with speaking("ja"):
        Console().print(score_table(Score("FC", data, "val", 54, 0.1, 0.9, Path("a.ckpt"))))
    assert "CSVTable（penguins.csv）" in capsys.readouterr().out
