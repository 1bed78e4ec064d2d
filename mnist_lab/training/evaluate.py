"""A checkpoint scored or asked: what ``lightning validate``, ``test`` and ``predict`` do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rich.console import Console

from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.training.checkpoint_file import Checkpoint
from mnist_lab.training.data_as_trained import made_as_trained
from mnist_lab.training.data_notes import say_value_notes
from mnist_lab.training.interruption import stopped_at_once
from mnist_lab.training.predicting import asks_own_samples, check_prediction, tell, with_writer
from mnist_lab.training.preparation import announce, check_guard, prepare
from mnist_lab.training.restoring import restored_from
from mnist_lab.training.result_table import Score, score_table
from mnist_lab.training.tested_answers import draw_and_tell, keep_answers
from mnist_lab.training.training_cli import TrainingCLI

Stage = Literal["validate", "test", "predict"]
_OPTIONS: dict[Stage, tuple[str, ...]] = {
    "validate": ("verbose", "weights_only"),
    "test": ("verbose", "weights_only"),
    "predict": ("return_predictions", "weights_only"),
}


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
    cli.say_notes()
    check_guard(cli.trainer)
    asked = cli.settings_of("ckpt_path")
    if asked is None:
        raise UsageError(
            say(
                "--ckpt_path is missing: {stage} needs trained weights; give a .ckpt file, or 'last' or 'best' of the "
                "newest run.",
                "--ckpt_path がありません：{stage} には学習済みの重みが必要です。.ckpt ファイルか、最新の実行を示す "
                "'last' または 'best' を指定してください。",
                stage=stage,
            )
        )
    if stage == "predict":
        check_prediction(cli)
    _, checkpoint = prepare(cli.trainer, cli.model, cli.datamodule, cli.plain_settings(), str(asked), stage)
    assert checkpoint is not None, "one was asked for"
    announce(cli.trainer, checkpoint)
    if checkpoint.trained_on is not None:
        made_as_trained(cli.datamodule, checkpoint.trained_on)
    if cli.trainer.is_global_zero and not (stage == "predict" and asks_own_samples(cli)):
        say_value_notes(cli.datamodule)
    writer = with_writer(cli, checkpoint) if stage == "predict" else None
    kept = keep_answers(cli, checkpoint) if stage == "test" else None
    options = {name: cli.settings_of(name) for name in _OPTIONS[stage]}
    verbose = options.pop("verbose", False)
    if stage != "predict":
        options["verbose"] = False  # Lightning's own table, of 0.09600000083446503
    with stopped_at_once(cli.trainer), restored_from(checkpoint.path):
        getattr(cli.trainer, stage)(cli.model, datamodule=cli.datamodule, ckpt_path=checkpoint.path, **options)
    if writer is not None:
        tell(writer)
    if verbose and cli.trainer.is_global_zero:
        Console(highlight=False).print(score_table(_score(cli, "val" if stage == "validate" else "test", checkpoint)))
    if kept is not None:
        draw_and_tell(kept, checkpoint)


def _score(cli: TrainingCLI, split: Literal["val", "test"], checkpoint: Checkpoint) -> Score:
    """Return what the trainer has just found."""
    trainer, datamodule = cli.trainer, cli.datamodule
    batches = sum(trainer.num_val_batches if split == "val" else trainer.num_test_batches)
    scores = {name: trainer.callback_metrics.get(f"{split}/{name}") for name in ("loss", "accuracy")}
    return Score(
        model=cli.model.network_class().__name__,
        data=datamodule.describe().to_dict(),
        split=split,
        # Fewer than there are where limit_val_batches or limit_test_batches is set.
        samples=min(len(datamodule.samples(split)), int(batches) * datamodule.eval_batch_size * trainer.world_size),
        **{name: None if value is None else float(value) for name, value in scores.items()},
        checkpoint=checkpoint.path,
    )
