"""What torch-kitsune, another forecast of memory, says of the trainings that ``forecasts.py`` has kept.

``python -m tests.modelled_gpu.beside_kitsune --trainings 100 --seed 1 --keep FILE``, in an environment that has
torch-kitsune besides; no part of this project needs it.
"""

from __future__ import annotations

import importlib
import statistics
import sys
from collections.abc import Sequence
from typing import Any

from mnist_lab.cli.quiet import quieten_lightning
from tests.modelled_gpu.forecasts import Outcome, run_forecasts
from tests.modelled_gpu.kept_pieces import GO_ON, KeptPieces, options_of
from tests.modelled_gpu.trainings import quieten

MIB = 2**20


def kitsunes(arguments: Sequence[str]) -> int:
    """Return the bytes that torch-kitsune predicts of a training: model, gradients, optimizer, one batch."""
    from mnist_lab.training.training_cli import TrainingCLI

    cli = TrainingCLI("fit", [*arguments, "--trainer.accelerator=cpu", "--trainer.logger=false"], quiet=True)
    cli.datamodule.prepare_data()
    cli.datamodule.setup("fit")
    named = next((one.partition("=")[2] for one in arguments if one.startswith("--optimizer=")), "Adam").lower()
    momentum = any(one.startswith("--optimizer.momentum") for one in arguments)
    predict: Any = importlib.import_module("kitsune.predict")
    told = predict.predict_memory(
        cli.model.network,
        input_shape=cli.datamodule.input_shape,
        batch_size=cli.datamodule.batch_size,
        optimizer=f"{named}_momentum" if momentum else named,
    )
    return int(told.total_bytes)


def row(name: str, errors: Sequence[float]) -> str:
    """Return a line of the table."""
    return f"| {name} | {statistics.median(errors):.1%}, {max(errors):.1%} |"


def main() -> int:
    """Print the table of what has run; return 3 where there is more to run."""
    options, _ = options_of("forecasts", 100, __doc__)
    made_of = {"seed": options.seed, "trainings": options.trainings}
    kept = KeptPieces(options.keep, most_s=-1, table="forecasts", **made_of)  # nothing is trained here
    quieten()
    quieten_lightning()
    outcomes: list[Outcome] = list(run_forecasts(options.trainings, options.seed, kept))
    own = KeptPieces(options.keep, options.most_s, table="kitsune", **made_of)
    theirs = list(own.pieces(range(len(outcomes)), lambda index: kitsunes(outcomes[index].arguments)))
    outcomes = outcomes[: len(theirs)]
    if not outcomes:
        raise SystemExit("nothing to compare with yet: run tests.modelled_gpu.forecasts with the same options first")
    told = [outcome.told for outcome in outcomes]
    reserved = [abs(their / one["reserved_bytes"] - 1) for their, one in zip(theirs, told, strict=True)]
    allocated = [abs(their / one["allocated_bytes"] - 1) for their, one in zip(theirs, told, strict=True)]
    with_data = [
        abs((their + one["by_kind"].get("data", 0)) / one["allocated_bytes"] - 1)
        for their, one in zip(theirs, told, strict=True)
    ]
    lines = [
        f"| error over {len(outcomes)} random trainings: median, worst | real allocator, modelled driver |",
        "|---|---|",
        row("`lightning memory`, of the reserved peak", [abs(outcome.error) for outcome in outcomes]),
        row("torch-kitsune, of the reserved peak", reserved),
        row("torch-kitsune, of the allocated peak", allocated),
        row("the same, with the data on the device added to what it says", with_data),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if len(theirs) == options.trainings else GO_ON


if __name__ == "__main__":
    sys.exit(main())
