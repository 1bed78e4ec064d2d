"""Where score pictures go: as asked for, or as fits the place in which the program runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, get_args

from lightning.pytorch import Trainer

from mnist_lab.callbacks.run_logger import tensorboards
from mnist_lab.errors import UsageError, reason_of
from mnist_lab.language import listed, say
from mnist_lab.pictures.showing import Drawn, FlipBook, NotebookCell, PlotWindow, Showing
from mnist_lab.pictures.surroundings import ffmpeg, has_windows, in_notebook, in_pycharm
from mnist_lab.runs.run_folder import reserve_folder
from mnist_lab.seams.tensorboard_seam import file_writer

Place = Literal["notebook", "window", "tensorboard", "png", "gif", "mp4"]
FOLDER = "scores"
TAG = "scores"
_IN_FILES = ("png", "gif", "mp4")


class TensorBoardImages:
    """TensorBoard's page of images, where a slider leads through the steps."""

    def __init__(self, trainer: Trainer) -> None:
        """Take the trainer whose TensorBoardLoggers are written to."""
        self._trainer = trainer

    def show(self, drawn: Drawn) -> None:
        """Hand on the picture as it is packed; the writer's own method would unpack it and pack it again."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        image = Summary.Image(encoded_image_string=drawn.png, colorspace=4)
        for logger in tensorboards(self._trainer):
            summary = Summary(value=[Summary.Value(tag=TAG, image=image)])
            file_writer(logger.experiment).add_summary(summary, drawn.step)

    def close(self) -> None:
        """Have it on the disk."""
        for logger in tensorboards(self._trainer):
            logger.experiment.flush()


def choose_places(asked: Sequence[Place] | None, trainer: Trainer, *, has_folder: bool) -> list[Place]:
    """Return where the pictures go.

    Args:
        asked: By the user; None: the live place that there is, and all that a run's folder can hold.
        trainer: Its loggers decide about TensorBoard.
        has_folder: Whether there is a folder for files.

    Raises:
        UsageError: What is asked for cannot be had here.
    """
    if asked is None:
        live: list[Place] = ["notebook"] if in_notebook() else ["window"] if in_pycharm() or has_windows() else []
        kept: list[Place] = ["tensorboard"] if tensorboards(trainer) else []
        files: list[Place] = ["png", "gif", *(["mp4"] if ffmpeg() else [])] if has_folder else []  # type: ignore[list-item]
        if places := [*live, *kept, *files]:
            return places
        raise UsageError(
            say(
                "ScoreCurves: there is no notebook, no window, no TensorBoard and no folder to draw into; give it a "
                "folder, as in ScoreCurves(folder='scores').",
                "ScoreCurves：ノートブックもウィンドウも TensorBoard もフォルダもないため、描く先がありません。"
                "ScoreCurves(folder='scores') のようにフォルダを指定してください。",
            )
        )
    missing: Mapping[Place, bool] = {
        "notebook": not in_notebook(),
        "window": "window" in asked and not (in_pycharm() or has_windows()),
        "tensorboard": not tensorboards(trainer),
        "mp4": ffmpeg() is None,
    }
    for place in asked:
        if missing.get(place) or (place in _IN_FILES and not has_folder):
            raise UsageError(_refused(place, has_folder=has_folder))
    return list(asked)


def check_places(asked: Sequence[str] | None) -> None:
    """Look at the names.

    Raises:
        ValueError: One is unknown, or there are none.
    """
    allowed = get_args(Place)
    if asked is not None and (not asked or set(asked) - set(allowed)):
        raise ValueError(f"to: {list(asked)} must name one or more of {', '.join(allowed)}")


def make_folder(parent: Path, name: str) -> Path:
    """Return a new folder for the files, with a number behind its name where that is taken.

    Raises:
        UsageError: It cannot be made.
    """
    try:
        return reserve_folder(parent, name)
    except OSError as error:
        raise UsageError(
            say(
                "ScoreCurves: no folder can be made in {parent}: {reason}; name another with folder, or have no files: "
                "to: [tensorboard].",
                "ScoreCurves：{parent} にフォルダを作成できません（{reason}）。folder で別の場所を指定するか、"
                "to: [tensorboard] としてファイルをなくしてください。",
                parent=parent,
                reason=reason_of(error),
            )
        ) from error


def showings_of(places: Sequence[Place], trainer: Trainer, folder: Path | None) -> dict[Place, Showing]:
    """Return what shows the pictures, by place.

    Args:
        places: As ``choose_places`` gives them.
        trainer: Of the run.
        folder: For the files, where there are any.
    """
    from mnist_lab.pictures.animation import AnimatedGif, Film

    showings: dict[Place, Showing] = {}
    for place in places:
        if place == "notebook":
            showings[place] = NotebookCell()
        elif place == "window":
            showings[place] = PlotWindow()
        elif place == "tensorboard":
            showings[place] = TensorBoardImages(trainer)
        else:
            assert folder is not None, "choose_places looks for it"
            program = ffmpeg()
            if place == "png":
                showings[place] = FlipBook(folder)
            elif place == "gif":
                showings[place] = AnimatedGif(folder / "scores.gif")
            elif program is not None:
                showings[place] = Film(folder / "scores.mp4", program)
    return showings


def named(places: Sequence[Place], folder: Path | None) -> str:
    """Return the places as a sentence names them."""
    words: dict[Place, str] = {
        "notebook": say("this cell", "このセル"),
        "window": say("PyCharm's plot pane", "PyCharm のプロット欄") if in_pycharm() else say("a window", "ウィンドウ"),
        "tensorboard": say("TensorBoard", "TensorBoard の画像"),
    }
    shown = [words[place] for place in places if place in words]
    if files := [place.upper() for place in places if place in _IN_FILES]:
        shown.append(say("{kinds} in {folder}", "{folder} の {kinds}", kinds=listed(files, en=" and "), folder=folder))
    return listed(shown, en="; ")


def _refused(place: Place, *, has_folder: bool) -> str:
    if place in _IN_FILES and not has_folder:
        return say(
            "ScoreCurves: {place} needs a folder, and this run has none; give one, as in folder: scores.",
            "ScoreCurves：{place} にはフォルダが必要ですが、この学習にはありません。folder: scores のように"
            "指定してください。",
            place=place,
        )
    reasons = {
        "notebook": say("this is not a notebook", "ここはノートブックではありません"),
        "window": say("no window can be opened here", "ここではウィンドウを開けません"),
        "tensorboard": say("the trainer has no TensorBoardLogger", "Trainer に TensorBoardLogger がありません"),
        "mp4": say("ffmpeg is not installed", "ffmpeg がインストールされていません"),
    }
    return say(
        "ScoreCurves: to: {place} is not to be had, as {reason}; leave 'to' out, and what there is is used.",
        "ScoreCurves：to: {place} は使えません（{reason}）。to を省けば、使えるものが選ばれます。",
        place=place,
        reason=reasons[place],
    )
