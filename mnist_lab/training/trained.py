"""A trained network as a checkpoint holds it, with the data beside it, for commands that look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mnist_lab.data import ClassificationDataModule
from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.models import Classifier
from mnist_lab.training.checkpoint_file import Checkpoint
from mnist_lab.training.data_as_trained import made_as_trained
from mnist_lab.training.preparation import announce, prepare
from mnist_lab.training.training_cli import TrainingCLI


@dataclass(frozen=True, eq=False)
class Trained:
    """What was trained.

    Attributes:
        model: With the checkpoint's weights, on the CPU, in evaluation mode.
        datamodule: Loaded; inputs of the kind that the model was trained on.
        checkpoint: Where the weights come from.
        data: Name of the data of the training.
        class_names: In the order of the outputs.
        mean: What the inputs were standardised with in the training.
        std: Likewise.
    """

    model: Classifier
    datamodule: ClassificationDataModule
    checkpoint: Checkpoint
    data: str
    class_names: Sequence[str]
    mean: Sequence[float]
    std: Sequence[float]

    @property
    def folder(self) -> Path:
        """The run's folder; where the checkpoint lies in none, the working folder."""
        return Path() if self.checkpoint.record is None else self.checkpoint.run


def trained(cli: TrainingCLI) -> Trained:
    """Return the network that ``--ckpt_path`` names, with its weights, and say which it is.

    Raises:
        UsageError: None is named, or it is the checkpoint of another network or of other inputs.
        MnistLabError: The data or the checkpoint are damaged or missing.
    """
    asked = cli.settings_of("ckpt_path")
    if asked is None:
        raise UsageError(
            say(
                "--ckpt_path is missing: {stage} needs trained weights; give a .ckpt file, or 'last' or 'best' of the "
                "newest run.",
                "--ckpt_path がありません：{stage} には学習済みの重みが必要です。.ckpt ファイルか、最新の実行を示す "
                "'last' または 'best' を指定してください。",
                stage=cli.command,
            )
        )
    model, datamodule = cli.model, cli.datamodule
    # As predict does: the data may be others, as long as a sample has the same form.
    here, checkpoint = prepare(cli.trainer, model, datamodule, cli.plain_settings(), str(asked), "predict")
    assert checkpoint is not None, "one was asked for"
    announce(cli.trainer, checkpoint)
    model.load_state_dict(checkpoint.content["state_dict"])
    model.eval().cpu()
    if checkpoint.trained_on is not None:
        made_as_trained(datamodule, checkpoint.trained_on)
    there = checkpoint.trained_on or here
    return Trained(model, datamodule, checkpoint, there.data, there.class_names, there.mean, there.std)
