"""Notebooks, executed by a real kernel: a picture is redrawn in place, the text stays; those that come along run."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CHECKOUT

NOTEBOOKS = sorted((CHECKOUT / "notebooks").glob("*.ipynb"))
# Kernels start slowly, and load torch.
pytestmark = pytest.mark.slow

REDRAWN = """
from lightning.pytorch import Trainer
from mnist_lab import ClassificationDataModule, Intervals, Perceptron, ScoreCurves

print("before the picture")
data = ClassificationDataModule(Intervals(num_samples=700))
scores = ScoreCurves(every_n_steps=3, folder="hills")
quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
trainer = Trainer(max_epochs=2, callbacks=[scores], **quiet)
trainer.fit(Perceptron(data.input_shape, data.num_classes), datamodule=data)
print("after the picture")
"""


def executed(notebook: Any, folder: Path) -> Any:
    """Run a notebook from top to bottom in a folder; its outputs are in it afterwards.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell failed.
    """
    nbclient = pytest.importorskip("nbclient")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(CHECKOUT))
        patch.setenv("PYTHONWARNINGS", "ignore")
        nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def pictures_in(cell: Any) -> list[bytes]:
    return [
        base64.b64decode(output.data["image/png"]) for output in cell.outputs if "image/png" in output.get("data", {})
    ]


def text_of(cell: Any) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")


def test_one_picture_is_redrawn_in_place_and_the_text_stays(tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(REDRAWN)])
    (cell,) = executed(notebook, tmp_path).cells
    drawn = [path.read_bytes() for path in sorted((tmp_path / "hills").glob("*.png"))]
    assert len(set(drawn)) == 7  # before training, and after steps 3, 6 and 9 of both epochs
    assert pictures_in(cell) == [drawn[-1]]
    lines = text_of(cell).splitlines()
    assert (lines[0], lines[-1]) == ("before the picture", "after the picture")
    places = "this cell; PNG and GIF in hills"
    assert f"Scores of 116 test samples, which are looked at and not learned from: {places}." in lines
    shown = [output.output_type for output in cell.outputs if output.get("name") != "stderr"]
    assert shown == ["stream", "display_data", "stream"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_from_top_to_bottom(path: Path, tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)
    root = next((place for place in data_roots() if (place / "MNIST" / "raw").is_dir()), None)
    for cell in notebook.cells:
        # Not the network: what is on this machine, or the digits.
        here = "Digits()" if root is None else f"MNIST({str(root)!r})"
        cell.source = cell.source.replace('MNIST("data")', here)
    cells = [cell for cell in executed(notebook, tmp_path).cells if cell.cell_type == "code"]
    assert sum(len(pictures_in(cell)) for cell in cells) >= 2
    assert all(len(pictures_in(cell)) <= 1 for cell in cells)


def data_roots() -> list[Path]:
    named = os.environ.get("MNIST_LAB_DATA")
    return [*([Path(named)] if named else []), CHECKOUT / "data", CHECKOUT.parent / "shared" / "data"]


def test_first_picture_takes_ten_lines_of_python_at_most() -> None:
    nbformat = pytest.importorskip("nbformat")
    for path in NOTEBOOKS:
        first = next(cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
        lines = [line for line in first.source.splitlines() if line.strip()]
        assert len(lines) <= 10, path
        assert any(line.startswith("from mnist_lab import ") for line in lines), path
