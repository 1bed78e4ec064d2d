"""A checkpoint scored or asked: what ``lightning validate``, ``test`` and ``predict`` do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from mnist_lab.errors import UsageError
from mnist_lab.training.interruption import keyboard_interrupts
from mnist_lab.training.preparation import prepare
from mnist_lab.training.training_cli import TrainingCLI

Stage = Literal["validate", "test", "predict"]


def evaluate(stage: Stage, args: Sequence[str]) -> None:
    """Score a checkpoint on a split, or write its predictions.

    Args:
        stage: Which of Lightning's.
        args: What stands behind it on the command line, configs already resolved to paths.

    Raises:
        MnistLabError: The arguments, the data or the checkpoint make no sense.
        KeyboardInterrupt: The user stopped it.
    """
    cli = TrainingCLI(stage, args)
    asked = cli.settings_of("ckpt_path")
    if asked is None:
        raise UsageError(
            f"--ckpt_path is missing: {stage} needs trained weights; give a .ckpt file, or 'last' or 'best' of the "
            "newest run."
        )
    path = prepare(cli.trainer, cli.model, cli.datamodule, str(asked), stage)
    options = {name: cli.settings_of(name) for name in _OPTIONS[stage]}
    with keyboard_interrupts():
        getattr(cli.trainer, stage)(cli.model, datamodule=cli.datamodule, ckpt_path=path, **options)


_OPTIONS: dict[Stage, tuple[str, ...]] = {
    "validate": ("verbose", "weights_only"),
    "test": ("verbose", "weights_only"),
    "predict": ("return_predictions", "weights_only"),
}
