"""``lightning summary``: the layers of a config's model, their shapes, and how each parameter count comes about."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning


def run(command: str, args: Sequence[str]) -> int:
    """Print the table; no data is loaded.

    Args:
        command: ``summary``.
        args: ``--config`` and overrides, as for ``fit``.

    Returns:
        The exit code.
    """
    arguments = resolve_configs(args)
    quieten_lightning()
    from rich.console import Console

    from mnist_lab.models.summary import render, summarize
    from mnist_lab.training.training_cli import TrainingCLI

    cli = TrainingCLI(command, arguments)
    data = cli.datamodule
    model = summarize(cli.model.shown_network(), cli.model.network_class().__name__, data.input_shape, data.batch_size)
    Console(highlight=False).print(render(model))
    return 0
