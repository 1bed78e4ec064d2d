"""What is not public in torch's writer for TensorBoard is still there, and does what it is used for."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from torch.utils.tensorboard import SummaryWriter

from mnist_lab.seams.tensorboard_seam import file_writer, writer_threads_say_nothing


def test_closed_writer_is_opened_again(tmp_path: Path) -> None:
    writer = SummaryWriter(str(tmp_path))
    first = file_writer(writer)
    writer.close()
    again = file_writer(writer)
    assert again is not first
    assert callable(again.add_summary)
    writer.close()


def test_writer_s_error_is_raised_once_and_told_by_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[type[BaseException]] = []
    monkeypatch.setattr("threading.excepthook", lambda failure: told.append(failure.exc_type))
    writer = EventFileWriter(str(tmp_path / "logs"))
    shutil.rmtree(tmp_path / "logs")
    with writer_threads_say_nothing():
        writer.add_event(Event(step=1))
        writer._async_writer._worker.join()
        with pytest.raises(FileNotFoundError):
            writer.flush()
        other = threading.Thread(target=lambda: 1 / 0)
        other.start()
        other.join()
    assert told == [ZeroDivisionError]
