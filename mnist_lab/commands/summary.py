"""``lightning summary``: the layers of a config's model, their shapes, and how each parameter count comes about."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.cli.short_help import without_help
from mnist_lab.language import say


def run(command: str, args: Sequence[str]) -> int:
    """Print the table, ``print(model)``, where the two differ, and what is pointed out; no data is loaded.

    Args:
        command: ``summary``.
        args: ``--config`` and overrides, as for ``fit``.

    Returns:
        The exit code.
    """
    if (given := without_help(command, args)) is None:
        return 0
    arguments = resolve_configs(given)
    quieten_lightning()
    from rich.console import Console

    from mnist_lab.models.hints import hints
    from mnist_lab.models.listings import listing_notes
    from mnist_lab.models.losses import loss_name
    from mnist_lab.models.summary import render, summarize
    from mnist_lab.training.training_cli import TrainingCLI

    cli = TrainingCLI(command, arguments)
    cli.say_notes()
    data, model = cli.datamodule, cli.model
    network = model.shown_network()
    table = summarize(network, model.network_class().__name__, data.input_shape, data.batch_size)
    Console(highlight=False).print(render(table))
    print(say("\nprint(model):", "\nprint(model)："))
    print(network)
    print("\n".join(["", *listing_notes(network, data.input_shape)]))
    for hint in hints(network, data.input_shape, loss_name(model.loss)):
        print(say("Hint: {hint}", "ヒント：{hint}", hint=hint))
    return 0
