"""The folder of a bench, beside the runs of trainings: ``tb_logs/bench-matmul/<date>_<time>``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from mnist_lab.bench.bench_record import BenchRecord, write_bench_record
from mnist_lab.runs.run_folder import dated, reserve_folder


class BenchFolder:
    """Keeps a record; the folder is made once there is something to keep."""

    def __init__(self, log_dir: Path, operation: str) -> None:
        """Name the place.

        Args:
            log_dir: TensorBoard's.
            operation: ``matmul``, ``conv2d`` or ``ladder``.
        """
        self._parent = log_dir / f"bench-{operation}"
        self._folder: Path | None = None

    def keep(self, record: BenchRecord) -> None:
        """Write the record as it is now.

        Raises:
            OSError: It cannot be written.
        """
        if self._folder is None:
            self._folder = reserve_folder(self._parent, dated(datetime.now()))
        write_bench_record(record, self._folder)
