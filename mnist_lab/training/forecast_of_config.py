"""A config's forecast: its data loaded, its training rehearsed, and held against the card that is here or asked for."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.callbacks import CudaMemoryGuard
from mnist_lab.gpu.budget import Limits
from mnist_lab.gpu.card import Card, imagined_card, real_card, size_in_bytes
from mnist_lab.gpu.cuda_runtime import TorchCuda
from mnist_lab.training.data_choice import prepare_data
from mnist_lab.training.forecast import Forecaster
from mnist_lab.training.memory_report import Verdict
from mnist_lab.training.training_cli import TrainingCLI

# Whatever the config says of devices: that there may be none here is why a forecast is asked for.
_ON_CPU = ("--trainer.accelerator=cpu", "--trainer.devices=1", "--trainer.strategy=auto", "--trainer.num_nodes=1")


def forecast_config(command: str, args: Sequence[str], gpu: str | None) -> tuple[str, Verdict]:
    """Forecast the training that a config describes.

    Args:
        command: The command whose arguments these are.
        args: ``--config`` and overrides, configs resolved to paths.
        gpu: Size of a card, such as ``6GiB``; None: the card that is here, if there is one.

    Returns:
        The network's name, and the verdict.

    Raises:
        MnistLabError: The size or the config makes no sense, or what it trains cannot be forecast.
    """
    size_bytes = None if gpu is None else size_in_bytes(gpu)
    cli = TrainingCLI(command, [*args, *_ON_CPU], quiet=True)
    cli.say_notes()
    prepare_data(cli.trainer, cli.datamodule)
    cli.datamodule.setup("fit")
    card = card_for(size_bytes, _limits_of(cli))
    forecaster = Forecaster(
        cli.trainer,
        cli.model,
        cli.datamodule,
        steps_per_execution=cli.settings_of("steps_per_execution"),
        precision=cli.settings_of("trainer").get("precision"),
        card=card,
    )
    return cli.model.network_class().__name__, forecaster.verdict(card)


def card_for(size_bytes: int | None, limits: Limits) -> Card | None:
    """Return a card of the size that is asked for, else the one that is here; None where there is none."""
    if size_bytes is not None:
        return imagined_card(size_bytes, limits)
    cuda = TorchCuda()
    return real_card(cuda, 0, limits) if cuda.is_available() else None


def _limits_of(cli: TrainingCLI) -> Limits:
    """Return the bounds of the config's guard; those of the default one where the config has none."""
    for callback in cli.trainer.callbacks:  # type: ignore[attr-defined]
        if isinstance(callback, CudaMemoryGuard):
            return Limits(callback.headroom_mib, callback.limit_mib, callback.fraction)
    return Limits()
