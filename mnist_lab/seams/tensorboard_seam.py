"""What is not public in torch's writer for TensorBoard and is used all the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def file_writer(writer: Any) -> Any:
    """Return what a SummaryWriter writes with, opened again where Lightning has closed it after a stage.

    HParams' beginning and end of a session have no public method of their own: ``log_hyperparams(params, metrics)``
    would also log the metrics as points of their curves, and at the start of a run there are none.
    """
    return writer._get_file_writer()


@contextmanager
def writer_threads_say_nothing() -> Iterator[None]:
    """Within, a file that TensorBoard's writer cannot write is the main thread's to tell, once.

    The writer keeps the error of its thread, raises it where something is to be written next, and lets Python print the
    thread's traceback as well.
    """
    from tensorboard.summary.writer.event_file_writer import _AsyncWriterThread

    before = threading.excepthook

    def hook(failure: threading.ExceptHookArgs) -> None:
        """Pass on every thread's failure but that of a writer at its file."""
        if not (isinstance(failure.thread, _AsyncWriterThread) and isinstance(failure.exc_value, OSError)):
            before(failure)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before
