"""``lightning fit``: trains, validates each epoch, tests the best checkpoint, and says what came out."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning


def run(command: str, args: Sequence[str]) -> int:
    """Train and return the exit code.

    Args:
        command: ``fit``.
        args: ``--config`` and overrides.
    """
    arguments = resolve_configs(args)
    quieten_lightning()
    from mnist_lab.training.train_once import fit_config
    from mnist_lab.training.training_cli import TrainingCLI

    fit_config(TrainingCLI(command, arguments))
    return 0
