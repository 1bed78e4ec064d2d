"""A few steps before the first run that counts: a process's first steps are slower than all that follow."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence

from mnist_lab.training.train_once import train_once

_STEPS = 20
_LIMITED = ("train_batches", "val_batches", "test_batches")


class WarmUp:
    """Trains a few steps of each base, once in a process."""

    def __init__(self) -> None:
        """Begin cold."""
        self._warm: set[str] = set()

    def warm_up(self, base: str, arguments: Sequence[str]) -> None:
        """Train a few steps, unless the base is warm.

        Args:
            base: Name of the base.
            arguments: What stands behind ``fit``.
        """
        if base in self._warm:
            return
        self._warm.add(base)
        few = [f"--trainer.limit_{name}={_STEPS}" for name in _LIMITED]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, contextlib.suppress(Exception):
            # What goes wrong here goes wrong in the run as well, and is reported there.
            train_once([*arguments, *few, "--trainer.max_epochs=1", f"--trainer.default_root_dir={folder}"])
