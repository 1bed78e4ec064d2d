"""What is not public in torch's writer for TensorBoard and is used all the same."""

from __future__ import annotations

from typing import Any


def file_writer(writer: Any) -> Any:
    """Return what a SummaryWriter writes with, opened again where Lightning has closed it after a stage.

    HParams' beginning and end of a session have no public method of their own: ``log_hyperparams(params, metrics)``
    would also log the metrics as points of their curves, and at the start of a run there are none.
    """
    return writer._get_file_writer()
