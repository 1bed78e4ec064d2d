"""Pictures of a trained network: files in the folder of its run, and TensorBoard's page of images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mnist_lab.errors import MnistLabError
from mnist_lab.language import say
from mnist_lab.own_files import OwnFiles, why_unwritten
from mnist_lab.seams.tensorboard_seam import file_writer
from mnist_lab.training.checkpoint_file import Checkpoint

_OPTION = "--pictures"


def picture_folder(asked: str | None, checkpoint: Checkpoint, name: str) -> Path:
    """Return where the pictures go: as asked for, else into the run's folder, else into the working folder.

    Args:
        asked: By the user.
        checkpoint: Of the network.
        name: Of the folder, where none is asked for.
    """
    if asked is not None:
        return Path(asked)
    return checkpoint.run / name if checkpoint.record is not None else Path(name)


def check_pictures(folder: Path, names: Sequence[str]) -> None:
    """Look whether pictures may be written.

    Raises:
        UsageError: A file of the user's stands in the way.
    """
    OwnFiles(folder, _OPTION).check(names)


def keep_pictures(folder: Path, pictures: Mapping[str, bytes], checkpoint: Checkpoint) -> bool:
    """Write pictures as PNG, and add them to what TensorBoard shows of the run.

    Args:
        folder: For the files.
        pictures: PNG by name, without an ending.
        checkpoint: Of the network; its step stands beside the pictures.

    Returns:
        Whether they are in TensorBoard as well: only of a run that is still in its folder.

    Raises:
        UsageError: A file of the user's stands in the way.
        MnistLabError: A file cannot be written.
    """
    try:
        OwnFiles(folder, _OPTION).write({f"{name}.png": content for name, content in pictures.items()})
        if checkpoint.record is None:
            return False
        _to_tensorboard(checkpoint.run, {f"{folder.name}/{name}": one for name, one in pictures.items()}, checkpoint)
    except OSError as error:
        raise MnistLabError(
            say(
                "The pictures cannot be written to {folder}: {why}. Name another folder with --pictures.",
                "画像を {folder} に保存できません：{why}。--pictures で別のフォルダを指定してください。",
                folder=folder,
                why=why_unwritten(error),
            )
        ) from error
    return True


def _to_tensorboard(run: Path, pictures: Mapping[str, bytes], checkpoint: Checkpoint) -> None:
    """Add images to a run's events, in a file of their own; the page takes each tag's newest."""
    from tensorboard.compat.proto.summary_pb2 import Summary
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(run))
    try:
        for tag, content in pictures.items():
            image = Summary.Image(encoded_image_string=content, colorspace=4)
            summary = Summary(value=[Summary.Value(tag=tag, image=image)])
            file_writer(writer).add_summary(summary, int(checkpoint.content["global_step"]))
    finally:
        writer.close()
