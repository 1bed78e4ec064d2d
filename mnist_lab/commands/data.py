"""``lightning data``: loads the data and shows it, as tables and as a picture of samples of each class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.cli.short_help import without_help


def run(command: str, args: Sequence[str]) -> int:
    """Load and show the data of a config.

    Args:
        command: ``data``.
        args: ``--config`` and overrides, as for ``fit``; ``--picture`` names the picture.

    Returns:
        The exit code.
    """
    if (given := without_help(command, args)) is None:
        return 0
    arguments = resolve_configs(given)
    quieten_lightning()
    from mnist_lab.reports.data_overview import show_data
    from mnist_lab.training.training_cli import TrainingCLI

    cli = TrainingCLI(command, arguments)
    cli.say_notes()
    show_data(cli.datamodule, Path(cli.settings_of("picture")))
    return 0
