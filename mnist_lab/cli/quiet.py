"""Silences what Lightning says that a user of this program cannot act on; its other warnings stay."""

from __future__ import annotations

import logging
import warnings

from mnist_lab.cli.stop_signals import stop_signals
from mnist_lab.seams.lightning_utilities_seam import import_lightning

# Beginnings of messages, and why each is no news here.
_NO_NEWS = (
    # Lightning 2.6's own code against torch 2.15.
    r".*isinstance\(treespec, LeafSpec\).* is deprecated",
    # The command line's optimizer is meant to take the place of the model's default.
    r".*configure_optimizers.* will be overridden by",
    # A resumed run gets a folder of its own.
    r".*The dirpath has changed from",
    # On digits an epoch is shorter than the logging interval; the epoch's own scores are logged all the same.
    r".*The number of training batches .* is smaller than the logging interval",
    # Scoring a checkpoint needs none of the callbacks that trained it.
    r".*callbacks used to create the checkpoint need to be provided",
    # A training without validation is told at its start that it has no best epoch.
    r".*could not find the monitored key in the returned metrics.*Did you call `log\('val/accuracy'",
    # The scores are summed over all processes before they are logged.
    r".*It is recommended to use `self\.log\(.*sync_dist=True",
)


def quieten_lightning() -> None:
    """Keep Lightning's notices (devices, seeds, tips) and the warnings listed here from the terminal."""
    with stop_signals.ending_at_once():
        import_lightning()  # it sets the levels that are changed here
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    ignore_no_news()


def ignore_no_news() -> None:
    """Add the warnings listed here to those that are ignored."""
    for message in _NO_NEWS:
        warnings.filterwarnings("ignore", message=message)
