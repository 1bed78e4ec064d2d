"""``lightning fit``: trains, validates each epoch, tests the best checkpoint, and says what came out."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.cli.command_line import command_line, without_option
from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.cli.short_help import without_help
from mnist_lab.language import say


def run(command: str, args: Sequence[str]) -> int:
    """Train and return the exit code.

    Args:
        command: ``fit``.
        args: ``--config`` and overrides.

    Raises:
        MnistLabError: Something the user can mend.
        KeyboardInterrupt: The user or the system stopped it; its note names the command that goes on, if there is one.
    """
    if (given := without_help(command, args)) is None:
        return 0
    arguments = resolve_configs(given)
    quieten_lightning()
    from mnist_lab.training.checkpoints import last_checkpoint
    from mnist_lab.training.train_once import fit_config
    from mnist_lab.training.training_cli import TrainingCLI

    cli = TrainingCLI(command, arguments)
    cli.say_notes()
    try:
        fit_config(cli)
    except KeyboardInterrupt as stop:
        if last_checkpoint(cli.trainer) is not None:
            again = command_line("lightning", command, *without_option(args, "--ckpt_path"), "--ckpt_path", "last")
            stop.add_note(say("This goes on: {command}", "続きから学習するには：{command}", command=again))
        else:
            stop.add_note(
                say(
                    "No checkpoint of this run was saved yet; the same command starts it again.",
                    "この学習のチェックポイントはまだ保存されていません。同じコマンドでもう一度始められます。",
                )
            )
        raise
    return 0
