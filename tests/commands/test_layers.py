"""``lightning layers``, and the pictures that ``lightning test`` leaves: of every kind of network."""

from __future__ import annotations

from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.commands.program import SMALL, call, fit, refused, runs
from tests.data.drawings import drawn
from tests.own_networks import write

OWN_CNN = """\
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, 5)
        self.fc1 = nn.Linear(3 * 12 * 12, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        return self.fc1(x.flatten(1))
"""


def images_in(run: Path) -> list[str]:
    events = EventAccumulator(str(run))
    events.Reload()
    return sorted(events.Tags()["images"])


def train(folder: Path, *config: str) -> Path:
    assert call(folder, "fit", *config, "--trainer.max_epochs=1").code == 0
    (run,) = runs(folder)
    return run


def test_own_network_is_followed_with_a_picture_of_ones_own(tmp_path: Path) -> None:
    write(tmp_path, OWN_CNN)
    config = ["--config=cnn.yaml", "--model=mynet.Net", "--data.source=Digits"]
    run = train(tmp_path, *config)
    drawn("seven").save(tmp_path / "7.png")
    for _ in range(2):  # it writes again what it wrote itself
        outcome = call(tmp_path, "layers", *config, "--ckpt_path=best", "--image=7.png")
        assert outcome.code == 0, outcome.err
    lines = [line.strip() for line in outcome.out.splitlines()]
    assert lines[-7:-1] == [
        "input: 1×28×28",
        "conv1  Conv2d(1 → 3, 5×5):  1×28×28 → 3×24×24, 78 parameters",
        "relu:  3×24×24 → 3×24×24",
        "max_pool2d:  3×24×24 → 3×12×12",
        "flatten:  3×12×12 → 432",
        "fc1  Linear(432 → 10):  432 → 10, 4,330 parameters",
    ]
    place = run.relative_to(tmp_path) / "layers"
    assert lines[-1] == (
        f"2 pictures in {place}: filters_1.png, feature_maps.png; in TensorBoard under Images, layers/"
    )
    assert {path.name for path in (run / "layers").glob("*.png")} == {"filters_1.png", "feature_maps.png"}
    assert images_in(run) == ["layers/feature_maps", "layers/filters_1"]


@pytest.mark.parametrize("config", ["dog_monkey_pheasant.yaml", "fc.yaml"])
def test_network_without_convolution_says_so_and_shows_the_rest(config: str, tmp_path: Path) -> None:
    own = ["--config", config, *(["--data.source=Digits"] if config == "fc.yaml" else [])]
    run = train(tmp_path, *own)
    outcome = call(tmp_path, "layers", *own, "--ckpt_path=last", "--language=ja", "--pictures=mine")
    assert outcome.code == 0, outcome.err
    assert "には畳み込み層がないため" in outcome.out
    assert {path.name for path in (tmp_path / "mine").glob("*.png")} == {"filters_1.png", "feature_maps.png"}
    assert not (run / "layers").exists()
    assert images_in(run) == ["mine/feature_maps", "mine/filters_1"]


def test_bad_input_of_layers_is_one_line(tmp_path: Path) -> None:
    fit(tmp_path)
    asked = ["layers", *SMALL, "--ckpt_path=best"]
    assert refused(tmp_path, "layers", *SMALL).startswith("--ckpt_path is missing: layers needs trained weights")
    for image, said in (("gone.png", "--image: there is no file"), (".", "--image: . is a folder")):
        outcome = call(tmp_path, *asked, f"--image={image}")
        assert outcome.code == 2
        assert outcome.err.splitlines()[-1].startswith(f"Error: {said}")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "feature_maps.png").write_text("mine", encoding="utf-8")
    outcome = call(tmp_path, *asked, "--pictures=mine")
    assert "feature_maps.png is not a file of this program's" in outcome.err
    assert (tmp_path / "mine" / "feature_maps.png").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("config", ["csv_table.yaml", "fc.yaml"])
def test_test_leaves_matrix_and_mistakes(config: str, tmp_path: Path) -> None:
    own = ["--config", config, *(["--data.source=Digits"] if config == "fc.yaml" else [])]
    run = train(tmp_path, *own)
    outcome = call(tmp_path, "test", *own, "--ckpt_path=best")
    assert outcome.code == 0, outcome.err
    assert "Mistaken most often: " in outcome.out
    place = run.relative_to(tmp_path) / "test"
    assert outcome.out.splitlines()[-1] == (
        f"Pictures in {place}: confusion_matrix.png, most_confidently_wrong.png; in TensorBoard under Images, test/"
    )
    assert images_in(run) == ["test/confusion_matrix", "test/most_confidently_wrong"]


def test_scores_are_there_although_the_pictures_cannot_be_written(tmp_path: Path) -> None:
    run = fit(tmp_path)
    (run / "test").write_text("mine", encoding="utf-8")
    outcome = call(tmp_path, "test", *SMALL, "--ckpt_path=best")
    assert outcome.code == 0, outcome.err
    assert "accuracy [%]" in outcome.out
    (line,) = [line for line in outcome.err.splitlines() if "pictures" in line]
    assert line.startswith("Without pictures. --pictures: ")
    named = refused_after_checkpoint(tmp_path, "test", *SMALL, "--ckpt_path=best", f"--pictures={run / 'test'}")
    assert "cannot be written" in named


def refused_after_checkpoint(folder: Path, *args: str) -> str:
    outcome = call(folder, *args)
    assert outcome.code == 2
    return outcome.err.splitlines()[-1]
