"""``lightning predict``: writes a checkpoint's predictions for the test set to a CSV file."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning


def run(command: str, args: Sequence[str]) -> int:
    """Do it and return the exit code.

    Args:
        command: ``predict``.
        args: ``--config`` and overrides, ``--ckpt_path`` among them.
    """
    arguments = resolve_configs(args)
    quieten_lightning()
    from mnist_lab.training.evaluate import evaluate

    evaluate("predict", arguments)
    return 0
