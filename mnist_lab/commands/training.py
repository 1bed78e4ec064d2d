"""``lightning fit|validate|test|predict``."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning


def run(command: str, args: Sequence[str]) -> int:
    """Run one of the trainer's commands and return the exit code.

    Raises:
        KeyboardInterrupt: The user stopped it; Lightning turns that into an exit.
    """
    arguments = resolve_configs(args)
    quieten_lightning()
    from mnist_lab.training.fit import FitCLI
    from mnist_lab.training.training_cli import TrainingCLI

    try:
        FitCLI(arguments) if command == "fit" else TrainingCLI(command, arguments)
    except SystemExit as stop:
        if isinstance(stop.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
    return 0
