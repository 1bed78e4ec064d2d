"""``lightning validate``: scores a checkpoint on the validation split."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.cli.short_help import without_help


def run(command: str, args: Sequence[str]) -> int:
    """Do it and return the exit code.

    Args:
        command: ``validate``.
        args: ``--config`` and overrides, ``--ckpt_path`` among them.
    """
    if (given := without_help(command, args)) is None:
        return 0
    arguments = resolve_configs(given)
    quieten_lightning()
    from mnist_lab.training.evaluate import evaluate

    evaluate("validate", arguments)
    return 0
