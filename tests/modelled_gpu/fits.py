"""Fits configs on a GPU as the command does; tells what was forecast and what the allocator had reserved.

On the modelled one, or on a real one without ``tests.modelled_gpu.program``:
``python -m tests.modelled_gpu.program tests/modelled_gpu/fits.py '["--model", "FC", "--data.batch_size", "512"]'``
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch

from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.gpu import is_out_of_memory
from mnist_lab.gpu.budget import Limits
from mnist_lab.gpu.card import real_card
from mnist_lab.gpu.cuda_runtime import TorchCuda
from tests.modelled_gpu.trainings import quieten

MIB = 2**20


class ReservedPeak:
    """The most that the allocator has reserved, and that was allocated of it, inside the ``with`` block.

    Whoever resets the allocator's figures meanwhile loses nothing here.
    """

    def __enter__(self) -> ReservedPeak:
        gc.collect()
        torch.cuda.init()  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()
        self.bytes = self.allocated_bytes = 0
        self._reset: Callable[..., None] = torch.cuda.reset_peak_memory_stats
        self._reset()
        torch.cuda.__dict__["reset_peak_memory_stats"] = self._note_and_reset
        return self

    def __exit__(self, *exception: object) -> None:
        torch.cuda.__dict__["reset_peak_memory_stats"] = self._reset
        self.note()

    def note(self) -> None:
        """Take down the peak of now."""
        self.bytes = max(self.bytes, torch.cuda.max_memory_reserved())
        self.allocated_bytes = max(self.allocated_bytes, torch.cuda.max_memory_allocated())

    def _note_and_reset(self, *device: Any) -> None:
        self.note()
        self._reset(*device)


def fit(arguments: Sequence[str]) -> dict[str, Any]:
    """Forecast a training, then train it."""
    from mnist_lab.training.forecast import Forecaster
    from mnist_lab.training.train_once import fit_config
    from mnist_lab.training.training_cli import TrainingCLI

    with tempfile.TemporaryDirectory() as folder:
        more = [
            "--trainer.accelerator=gpu",
            "--trainer.logger=false",
            "--trainer.enable_checkpointing=false",
            f"--trainer.default_root_dir={folder}",
        ]
        cli = TrainingCLI("fit", [*arguments, *more], quiet=True)
        cli.datamodule.prepare_data()
        cli.datamodule.setup("fit")
        card = real_card(TorchCuda(), 0, Limits())
        start = time.perf_counter()
        forecaster = Forecaster(
            cli.trainer,
            cli.model,
            cli.datamodule,
            steps_per_execution=cli.settings_of("steps_per_execution"),
            card=card,
        )
        course = forecaster.of_batch_size(cli.datamodule.batch_size)
        peak = course.peak()
        told: dict[str, Any] = {"forecast_s": time.perf_counter() - start, "forecast_bytes": peak.reserved_bytes}
        told["by_kind"] = peak.by_kind | {"in graphs": peak.free_in_graphs_bytes, "cached": peak.cached_bytes}
        told["assumes"], told["ended"] = course.assumes, "trained"
        with ReservedPeak() as reserved:
            try:
                fit_config(cli, quiet=True)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                told["ended"] = "out of memory"
        told |= {"reserved_bytes": reserved.bytes, "allocated_bytes": reserved.allocated_bytes}
    return told


def main(arguments: list[str]) -> None:
    """Fit what each argument describes, one after the other; print a line for each."""
    quieten()
    quieten_lightning()
    compare: Any = torch.allclose

    # Its memory is the real one's, its answer is not: kernels do nothing. Graphs are to be kept.
    def is_near(*args: Any, **more: Any) -> bool:
        compare(*args, **more)
        return True

    torch.allclose = is_near
    for argument in arguments:
        print(json.dumps(fit(json.loads(argument))), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
