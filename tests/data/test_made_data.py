"""The small data sets beside the configs: made by the script that lies with them, and small."""

from __future__ import annotations

import io
import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_lab.data import CSVTable, ImageFolder, JSONTable
from tests.conftest import CHECKOUT

FOLDER = CHECKOUT / "configs" / "data"


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    names = runpy.run_path(str(FOLDER / "make_data.py"))
    return dict(names["files"]())


def pixels(picture: Path | io.BytesIO) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(picture) as opened:
        return np.array(opened)


def test_script_makes_every_file_again(made: dict[str, bytes]) -> None:
    lying = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert {name for name in lying if not name.endswith((".py", ".pyc"))} == set(made)
    for name, content in made.items():
        if name.endswith(".png"):
            # Another version of zlib packs the same pixels otherwise.
            assert np.array_equal(pixels(FOLDER / name), pixels(io.BytesIO(content))), name
        else:
            # Git may have given the file the line ends of Windows.
            assert (FOLDER / name).read_bytes().replace(b"\r\n", b"\n") == content, name


def test_files_are_small(made: dict[str, bytes]) -> None:
    assert sum(map(len, made.values())) < 300_000


def test_made_data_say_that_they_are_made_up(made: dict[str, bytes]) -> None:
    forecasts = made["forecast.json"].decode()
    assert (
        2 * forecasts.count("Made up for mnist_lab: no forecast of anything.")
        == forecasts.count("reportDatetime")
        == 240
    )
    assert "\u3000" in forecasts


def test_each_source_reads_its_file() -> None:
    assert CSVTable("data/animals.csv", "animal").class_names == ["イヌ", "キジ", "サル"]
    three_days = "[] | [?timeSeries[0].areas[0].weathers].timeSeries[0].areas[0].{w: weathers, code: weatherCodes}"
    weather = JSONTable("data/forecast.json", "w", three_days)
    assert sorted(weather.class_names) == ["くもり", "くもり 時々 晴れ", "晴れ", "雨"]
    train, test = weather.load()
    assert len(train) + len(test) == 3 * 120
    assert ImageFolder("data/shapes").class_names == ["circle", "square", "triangle"]
