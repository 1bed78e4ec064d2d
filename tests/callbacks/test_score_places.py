"""Where score pictures go: found out, or as asked for; and what cannot be had is one line."""

from __future__ import annotations

import io
import os
import sys
from functools import partial
from pathlib import Path

import pytest
from lightning.pytorch import Trainer
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from mnist_lab.callbacks import ScoreCurves, score_places
from mnist_lab.callbacks.score_places import Place, choose_places, make_folder, named
from mnist_lab.errors import UsageError
from mnist_lab.language import speaking
from mnist_lab.pictures import showing
from mnist_lab.pictures.animation import AnimatedGif
from mnist_lab.pictures.showing import Drawn, NotebookCell, PlotWindow
from tests.small_run import interval_data, perceptron, quiet_trainer


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal without a display and without ffmpeg."""
    surround(monkeypatch)


def surround(monkeypatch: pytest.MonkeyPatch, **there: bool) -> None:
    for name in ("in_notebook", "in_pycharm", "has_windows"):
        monkeypatch.setattr(score_places, name, partial(there.get, name, False))
    monkeypatch.setattr(score_places, "ffmpeg", lambda: "ffmpeg" if there.get("ffmpeg") else None)


def trainer(folder: Path, *, tensorboard: bool = True) -> Trainer:
    return quiet_trainer(folder, logger=TensorBoardLogger(folder) if tensorboard else CSVLogger(folder))


@pytest.mark.parametrize(
    ("there", "places"),
    [
        ({}, ["tensorboard", "png", "gif"]),
        ({"ffmpeg": True}, ["tensorboard", "png", "gif", "mp4"]),
        ({"in_notebook": True}, ["notebook", "tensorboard", "png", "gif"]),
        ({"in_pycharm": True}, ["window", "tensorboard", "png", "gif"]),
        ({"has_windows": True}, ["window", "tensorboard", "png", "gif"]),
        ({"in_notebook": True, "has_windows": True}, ["notebook", "tensorboard", "png", "gif"]),
    ],
)
def test_default_is_what_there_is(
    there: dict[str, bool], places: list[Place], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    surround(monkeypatch, **there)
    assert choose_places(None, trainer(tmp_path), has_folder=True) == places


def test_nowhere_to_draw_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no notebook, no window, no TensorBoard and no folder to draw into"):
        quiet_trainer(tmp_path, callbacks=[ScoreCurves()]).fit(perceptron(), interval_data())


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("notebook", "this is not a notebook"),
        ("window", "no window can be opened here"),
        ("tensorboard", "the trainer has no TensorBoardLogger"),
        ("mp4", "ffmpeg is not installed"),
    ],
)
def test_place_that_is_not_there_is_refused(place: Place, reason: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"^ScoreCurves: to: {place} is not to be had, as {reason}; leave 'to' out"):
        choose_places([place], trainer(tmp_path, tensorboard=False), has_folder=True)


def test_files_need_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gif needs a folder, and this run has none"):
        choose_places(["gif"], trainer(tmp_path), has_folder=False)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the system lets this user write everywhere")
def test_folder_that_is_read_only_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match=r"no folder can be made in .*: Permission denied; name another with folder"):
        make_folder(tmp_path, "scores")


def test_file_in_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = quiet_trainer(tmp_path, callbacks=[ScoreCurves(folder=tmp_path / "file" / "scores")])
    with pytest.raises(UsageError, match=r"no folder can be made in .*file: (Not a directory|File exists)"):
        run.fit(perceptron(), interval_data())


def test_folder_of_a_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    for _ in range(2):
        scores = ScoreCurves(folder=tmp_path / "hills", to=["png"])
        quiet_trainer(tmp_path, callbacks=[scores], max_epochs=1).fit(perceptron(), interval_data())
        assert scores.folder is not None
        assert [path.name for path in sorted(scores.folder.iterdir())] == ["0000.png", "0001.png", "scores.jsonl"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hills", "hills-2"]


def test_line_names_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    places: list[Place] = ["window", "tensorboard", "png", "gif"]
    assert named(places, Path("scores")) == "a window, TensorBoard; PNG and GIF in scores"
    surround(monkeypatch, in_pycharm=True)
    assert named(places[:1], None) == "PyCharm's plot pane"
    with speaking("ja"):
        assert named(["notebook", "gif"], Path("scores")) == "このセル、scores の GIF"


def test_run_leaves_tensorboard_pictures_a_flip_book_and_a_film(tmp_path: Path) -> None:
    logger = TensorBoardLogger(tmp_path, name="run", version="one")
    scores = ScoreCurves(every_n_steps=5)
    run = quiet_trainer(tmp_path, logger=logger, callbacks=[scores], max_epochs=1)
    run.fit(perceptron(), interval_data())
    folder = tmp_path / "run" / "one" / "scores"
    assert scores.folder == folder
    assert sorted(path.name for path in folder.iterdir()) == [
        "0000.png",
        "0001.png",
        "0002.png",
        "scores.gif",
        "scores.jsonl",
    ]
    events = EventAccumulator(str(folder.parent)).Reload()
    shown = events.Images("scores")
    assert [image.step for image in shown] == [0, 5, 9]
    assert [image.encoded_image_string for image in shown] == [
        path.read_bytes() for path in sorted(folder.glob("*.png"))
    ]
    with Image.open(folder / "scores.gif") as film:
        assert film.n_frames == 3  # type: ignore[attr-defined]


def drawn() -> Drawn:
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG")
    return Drawn(file.getvalue(), 0, "title")


@pytest.mark.parametrize("pycharm", [True, False])
def test_window_is_shown_and_training_goes_on(pycharm: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import pyplot

    calls: list[object] = []
    monkeypatch.setattr(showing, "in_pycharm", lambda: pycharm)
    monkeypatch.setattr(pyplot, "show", lambda **how: calls.append(how))
    monkeypatch.setattr(pyplot, "pause", calls.append)
    for _ in range(2):
        PlotWindow().show(drawn())
    # PyCharm puts into its history what a plain show() shows; a window of one's own would wait to be closed.
    assert calls == ([{}, {}] if pycharm else [{"block": False}, 0.001] * 2)


def test_window_is_pyplots_and_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import pyplot

    surround(monkeypatch, has_windows=True)
    monkeypatch.setattr(showing, "in_pycharm", lambda: False)
    pyplot.switch_backend("agg")
    titles: list[str] = []
    monkeypatch.setattr(pyplot, "show", lambda **_: titles.append(pyplot.gcf().axes[0].get_title()))
    monkeypatch.setattr(pyplot, "pause", lambda _: None)
    before = pyplot.get_fignums()
    try:
        quiet_trainer(tmp_path, callbacks=[ScoreCurves()], max_epochs=1).fit(perceptron(), interval_data())
        assert len(pyplot.get_fignums()) == len(before) + 1
    finally:
        pyplot.close("all")
    assert ["before training" in titles[0], "after epoch 1" in titles[1]] == [True, True]


def test_gif_is_not_written_before_the_end(tmp_path: Path) -> None:
    gif = AnimatedGif(tmp_path / "a.gif")
    gif.show(drawn())
    assert list(tmp_path.iterdir()) == []


def test_cell_has_one_output_that_is_updated(monkeypatch: pytest.MonkeyPatch) -> None:
    display = pytest.importorskip("IPython.display")
    shown: list[tuple[str, object]] = []

    class Handle:
        def update(self, image: object) -> None:
            shown.append(("update", image))

    def show(image: object, *, display_id: bool) -> Handle:
        assert display_id
        shown.append(("display", image))
        return Handle()

    monkeypatch.setattr(display, "display", show)
    cell = NotebookCell()
    for _ in range(3):
        cell.show(drawn())
    assert [how for how, _ in shown] == ["display", "update", "update"]
