"""What is not public in torch's writer for TensorBoard is still there, and does what it is used for."""

from __future__ import annotations

from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from mnist_lab.seams.tensorboard_seam import file_writer


def test_closed_writer_is_opened_again(tmp_path: Path) -> None:
    writer = SummaryWriter(str(tmp_path))
    first = file_writer(writer)
    writer.close()
    again = file_writer(writer)
    assert again is not first
    assert callable(again.add_summary)
    writer.close()
