"""What ``lightning data`` shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.image import imread
from matplotlib.patches import Rectangle

from mnist_lab.data import ClassificationDataModule, Digits, Intervals
from mnist_lab.errors import DataError, DataUnavailableError
from mnist_lab.reports.data_overview import draw_histograms, draw_pictures, show_data
from tests.data.test_datamodule import Nowhere, ready


def test_digits_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    picture = tmp_path / "new" / "samples.png"
    show_data(ClassificationDataModule(Digits()), picture)
    printed = capsys.readouterr().out
    assert max(len(line) for line in printed.splitlines() if "│" in line) <= 80
    for part in ("1,373 training, 125 validation, 299 test", "1 × 28 × 28", "bundled with scikit-learn", "[samples]"):
        assert part in printed
    assert str(picture) in printed
    pixels = imread(picture)
    assert pixels.shape[1] == 900
    assert pixels[..., :3].min() < 0.1
    assert pixels[..., :3].max() > 0.9


def test_picture_has_ten_samples_of_each_class() -> None:
    module = ready(Digits())
    figure = draw_pictures(module.samples("train"), module.describe())
    assert len(figure.axes) == 100
    assert all(len(axes.images) == 1 for axes in figure.axes)
    assert [axes.get_ylabel() for axes in figure.axes[::10]] == [str(digit) for digit in range(10)]
    assert "Digits" in figure.get_suptitle()


def test_tables_get_a_histogram_a_class() -> None:
    module = ready(Intervals([0, 1, 0]))
    figure = draw_histograms(module.samples("train"), module.describe())
    assert [axes.get_ylabel() for axes in figure.axes] == ["0", "1"]
    counts = [sum(bar.get_height() for bar in axes.patches if isinstance(bar, Rectangle)) for axes in figure.axes]
    assert counts == module.describe().class_counts["train"]


def test_fallback_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show_data(ClassificationDataModule(Nowhere(str(tmp_path)), fallback=Digits()), tmp_path / "samples.png")
    assert "MNIST, which is missing" in capsys.readouterr().out


def test_missing_data_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataUnavailableError):
        show_data(ClassificationDataModule(Nowhere(str(tmp_path))), tmp_path / "samples.png")


@pytest.mark.parametrize("name", ["file/samples.png", "samples.unknown"])
def test_picture_that_cannot_be_written_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"The picture .*samples\..* cannot be written.*--picture"):
        show_data(ClassificationDataModule(Intervals([0, 1])), tmp_path / name)
