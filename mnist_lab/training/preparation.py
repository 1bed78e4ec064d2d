"""What has to be there before the trainer starts: the GPU that is required, the data, the checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lightning.pytorch import Trainer

from mnist_lab.callbacks import CudaMemoryGuard
from mnist_lab.data import ClassificationDataModule
from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.models import Classifier
from mnist_lab.runs.trained_on import TrainedOn, data_differences, trained_on
from mnist_lab.training.checkpoint_checks import check_data, check_fits
from mnist_lab.training.checkpoint_file import Checkpoint, read_checkpoint
from mnist_lab.training.checkpoints import NEWEST, named_checkpoint, newest_checkpoint
from mnist_lab.training.data_choice import prepare_data
from mnist_lab.training.first_process import decided_by_the_first, starts_the_others
from mnist_lab.training.user_modules import code_of

_NEWEST = "MNIST_LAB_CHECKPOINT"


def prepare(
    trainer: Trainer,
    model: Classifier,
    datamodule: ClassificationDataModule,
    settings: Mapping[str, Any],
    ckpt_path: str | None,
    stage: str,
) -> tuple[TrainedOn, Checkpoint | None]:
    """Look at all that can be wrong, load the data, and return what is trained on and the checkpoint.

    Args:
        trainer: As configured; its log directory is searched for the newest checkpoint.
        model: The checkpoint has to fit it.
        datamodule: Loaded afterwards.
        settings: The whole configuration as plain values.
        ckpt_path: A path, ``last``, ``best`` or None.
        stage: fit, validate, test or predict.

    Raises:
        MnistLabError: Something is wrong.
    """
    check_guard(trainer)
    # A file is looked at before the data are fetched; which run is the newest depends on the data that there are.
    checkpoint = None
    if ckpt_path is not None and ckpt_path not in NEWEST:
        checkpoint = _fitting(named_checkpoint(ckpt_path), model)
    prepare_data(trainer, datamodule)
    datamodule.setup(stage)
    kind = model.network_class()
    here = trained_on(kind.__name__, datamodule.describe().to_dict(), settings, code_of(kind))
    if ckpt_path in NEWEST:
        checkpoint = _fitting(_newest(trainer, ckpt_path, here, datamodule.used_source.location, stage), model)
    if checkpoint is not None:
        check_data(checkpoint, here, stage)
        if trainer.is_global_zero and stage == "predict":
            _say_other_data(checkpoint, here)
    return here, checkpoint


def _say_other_data(checkpoint: Checkpoint, here: TrainedOn) -> None:
    """Print how these data differ from those of the training: ``predict`` takes them all the same."""
    if checkpoint.trained_on is not None and (found := data_differences(checkpoint.trained_on, here)):
        print(
            say(
                "{path} was trained on other data ({differences}).",
                "{path} は別のデータで学習されたものです（{differences}）。",
                path=checkpoint.path,
                differences=say("; ", "、").join(map(str, found)),
            )
        )


def check_guard(trainer: Trainer) -> None:
    """Make sure that there is a GPU where the guard requires one.

    Raises:
        CudaRequiredError: There is none.
    """
    for callback in trainer.callbacks:  # type: ignore[attr-defined]
        if isinstance(callback, CudaMemoryGuard):
            callback.check_requirements()


def announce(trainer: Trainer, checkpoint: Checkpoint) -> None:
    """Say which checkpoint is taken."""
    if trainer.is_global_zero:
        path, note = checkpoint.path, _unknown(checkpoint)
        print(say("Checkpoint: {path}{note}", "チェックポイント：{path}{note}", path=path, note=note))


def _newest(trainer: Trainer, asked: str, here: TrainedOn, location: str, stage: str) -> Path:
    """Return the checkpoint that ``last`` or ``best`` means in all processes: a run may end while they look."""
    if trainer.num_nodes > 1 and starts_the_others(trainer):
        raise UsageError(
            say(
                "--ckpt_path {asked}: the processes of several machines cannot agree on a run before they have "
                "started; give the path of its .ckpt file.",
                "--ckpt_path {asked}：複数のコンピューターのプロセスは、開始前にどの実行かを決められません。"
                ".ckpt ファイルのパスを指定してください。",
                asked=asked,
            )
        )
    root = Path(trainer.default_root_dir)

    def find() -> str:
        """Return the path that this process finds."""
        return str(newest_checkpoint(asked, root, here, location, stage))

    return Path(decided_by_the_first(trainer, _NEWEST, find))


def _fitting(path: Path, model: Classifier) -> Checkpoint:
    checkpoint = read_checkpoint(path)
    check_fits(checkpoint, model)
    return checkpoint


def _unknown(checkpoint: Checkpoint) -> str:
    if checkpoint.trained_on:
        return ""
    return say(
        " (it does not say on which data it was trained, so whether these are the same is not known)",
        "（学習に使ったデータの記録がないため、同じデータかどうかは確認できません）",
    )
