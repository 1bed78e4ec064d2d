"""``lightning layers``: a trained network's filters, and what its layers make of a picture."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.cli.short_help import without_help


def run(command: str, args: Sequence[str]) -> int:
    """Do it and return the exit code.

    Args:
        command: ``layers``.
        args: ``--config`` and overrides, ``--ckpt_path``, ``--image`` and ``--pictures`` among them.
    """
    if (given := without_help(command, args)) is None:
        return 0
    arguments = resolve_configs(given)
    quieten_lightning()
    from mnist_lab.training.seen_layers import show_layers

    show_layers(arguments)
    return 0
