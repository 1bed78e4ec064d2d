"""``lightning predict`` on samples of the user's own: pictures and rows, with any kind of network."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from PIL import Image

from mnist_lab.data import Digits
from tests.commands.program import SMALL, call, everything_in, fit, refused, runs
from tests.conftest import CHECKOUT
from tests.data.drawings import drawn
from tests.own_networks import ARGUMENTS, write


def rows_in(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def trained(tmp_path: Path) -> list[str]:
    """The arguments that ask a network trained on the digits in the folder."""
    fit(tmp_path)
    return ["predict", *SMALL, "--ckpt_path=best"]


def test_pictures_are_answered_and_shown(tmp_path: Path, trained: list[str]) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    for name in ("one", "two", "seven"):
        drawn(name).save(mine / f"={name}.png")
    (mine / "notes.txt").write_text("x", encoding="utf-8")
    outcome = call(tmp_path, *trained, "--images=mine", "--predictions=answers.csv")
    assert outcome.code == 0, outcome.err
    rows = rows_in(tmp_path / "answers.csv")
    assert [row["file"] for row in rows] == ["'=one.png", "'=seven.png", "'=two.png"]
    assert all(row["predicted"] in list("0123456789") and 0.1 <= float(row["probability"]) <= 1 for row in rows)
    lines = [line.strip() for line in outcome.out.splitlines()]
    assert lines[0].startswith("Checkpoint: ")
    assert lines[1] == "Left out, as their names are not those of pictures: notes.txt (1)."
    assert "Predictions of 3 pictures: answers.csv" in lines
    assert "Pictures as given and as the network sees them, with answer and score: answers.png" in lines
    (shown,) = [line for line in lines if line.startswith("=two.png")]
    assert shown.split()[1:] == [rows[2]["predicted"], f"{100 * float(rows[2]['probability']):.1f}"]
    sheet = imread(tmp_path / "answers.png")
    assert sheet.shape[0] > 150
    assert sheet.shape[1] > 600
    again = call(tmp_path, *trained, "--images=mine", "--predictions=answers.csv")
    assert again.code == 0, again.err


def test_digits_that_were_learned_are_known_as_pictures(tmp_path: Path) -> None:
    run = fit(tmp_path, "--trainer.max_epochs=8", "--model.hidden=[64]")
    config = ["--config", str(run / "config.yaml"), f"--ckpt_path={run / 'checkpoints' / 'last.ckpt'}"]
    (tmp_path / "mine").mkdir()
    _, test = Digits().load()
    for index, digit in enumerate(test.inputs[:100, 0].numpy()):
        Image.fromarray(255 - digit).resize((140, 140)).save(tmp_path / "mine" / f"{index:03}.png")
    assert call(tmp_path, "predict", *config, "--predictions=test.csv").code == 0
    assert call(tmp_path, "predict", *config, "--predictions=own.csv", "--images=mine").code == 0
    labels = [str(label) for label in test.labels[:100].tolist()]
    known = [row["predicted"] for row in rows_in(tmp_path / "test.csv")][:100]
    own = [row["predicted"] for row in rows_in(tmp_path / "own.csv")]
    right, right_as_pictures = (
        np.mean([a == b for a, b in zip(labels, answers, strict=True)]) for answers in (known, own)
    )
    assert right > 0.85
    # Of 8×8 pixels, and never seen but in one place: a shift by one of them is much.
    assert right_as_pictures > 0.6


def test_rows_are_scaled_and_named_as_in_the_training(tmp_path: Path) -> None:
    table = CHECKOUT / "configs" / "data" / "animals.csv"
    assert call(tmp_path, "fit", "--config", "csv_table.yaml").code == 0
    _, *lines = table.read_text(encoding="utf-8").splitlines()
    cells = [line.split(",") for line in lines]
    text = "\n".join(["weight_kg,height_cm", *(f"{weight},{height}" for _, height, weight in cells)])
    (tmp_path / "new.csv").write_text(text, encoding="utf-8")
    outcome = call(tmp_path, "predict", "--config=csv_table.yaml", "--ckpt_path=best", "--rows=new.csv")
    assert outcome.code == 0, outcome.err
    rows = rows_in(tmp_path / "predictions.csv")
    assert [row["row"] for row in rows] == [str(number) for number in range(2, len(cells) + 2)]
    right = np.mean([row["predicted"] == label for row, (label, *_) in zip(rows, cells, strict=True)])
    assert right > 0.85
    assert f"Predictions of {len(cells)} rows: predictions.csv" in outcome.out
    assert f"… and {len(cells) - 20} more." in outcome.out
    assert not (tmp_path / "predictions.png").exists()
    assert "was trained on other data" not in outcome.out
    (tmp_path / "fewer.csv").write_text(
        "\n".join(table.read_text(encoding="utf-8").splitlines()[:-1]), encoding="utf-8"
    )
    (tmp_path / "new.csv").write_text("\n".join(text.splitlines()[:2]), encoding="utf-8")
    other = ["--data.source.path=fewer.csv", "--rows=new.csv"]
    kept = f"--ckpt_path={next(tmp_path.rglob('last.ckpt'))}"
    outcome = call(tmp_path, "predict", "--config=csv_table.yaml", kept, *other)
    assert outcome.code == 0, outcome.err
    assert " was trained on other data (content of the data (SHA-256)" in outcome.out
    assert "Predictions of 1 row: predictions.csv" in outcome.out


def test_numbers_are_answered_by_the_perceptron(tmp_path: Path) -> None:
    config = ["--config=perceptron.yaml", "--trainer.max_epochs=1", "--data.source.num_samples=1200"]
    assert call(tmp_path, "fit", *config).code == 0
    (tmp_path / "numbers.csv").write_text("x\n0.5\n9.5\n", encoding="utf-8")
    outcome = call(tmp_path, "predict", *config, "--ckpt_path=last", "--rows=numbers.csv")
    assert outcome.code == 0, outcome.err
    assert len(rows_in(tmp_path / "predictions.csv")) == 2
    drawn("one").save(tmp_path / "1.png")
    refusal = said(tmp_path, "predict", *config, "--ckpt_path=last", "--images=1.png")
    assert refusal.startswith("--images: a sample of Intervals has the shape 1 and is no picture")


def test_own_network_and_own_folder_of_pictures(tmp_path: Path) -> None:
    write(tmp_path, ARGUMENTS)
    (tmp_path / "new").mkdir()
    config = ["--config=image_folder.yaml", "--model=mynet.Net", "--trainer.max_epochs=1"]
    assert call(tmp_path, "fit", *config).code == 0
    pictures = sorted((CHECKOUT / "configs" / "data" / "shapes").rglob("*.png"))[:3]
    for path in pictures:
        shutil.copy(path, tmp_path / "new")
    outcome = call(tmp_path, "predict", *config, "--ckpt_path=last", "--images=new", "--language=ja")
    assert outcome.code == 0, outcome.err
    assert "予測（3 枚の画像）：predictions.csv" in outcome.out
    (run,) = runs(tmp_path)
    names = {path.name for path in (CHECKOUT / "configs" / "data" / "shapes").iterdir()}
    assert {row["predicted"] for row in rows_in(tmp_path / "predictions.csv")} <= names
    assert run.is_dir()


def said(folder: Path, *args: str) -> str:
    """Return the error of a command that has named its checkpoint before, and leaves nothing."""
    before = everything_in(folder)
    outcome = call(folder, *args)
    assert outcome.code in (1, 2), outcome.out
    assert everything_in(folder) == before
    last = outcome.err.splitlines()[-1]
    assert last.startswith("Error: ")
    return last.removeprefix("Error: ")


def test_bad_input_is_one_line_and_leaves_nothing(tmp_path: Path, trained: list[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.png").write_text("no picture", encoding="utf-8")
    Image.new("L", (20, 20), 255).save(tmp_path / "empty.png")
    assert said(tmp_path, *trained, "--images=gone").startswith("--images: there is no file and no folder 'gone'")
    assert "a.png is no picture that can be read" in said(tmp_path, *trained, "--images=mine")
    assert "empty.png is empty: nothing in it stands out" in said(tmp_path, *trained, "--images=empty.png")
    assert said(tmp_path, *trained, "--rows=empty.png").startswith("--rows: Digits has pictures")
    both = refused(tmp_path, *trained, "--rows=a.csv", "--images=mine")
    assert both.startswith("--images and --rows are both given")
    (tmp_path / "predictions.png").write_text("mine", encoding="utf-8")
    assert "predictions.png is not a file of this program's" in refused(tmp_path, *trained, "--images=mine")
