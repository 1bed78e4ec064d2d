"""A system whose counters a test moves: idle time, our own processor time, the run queue."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import psutil
import pytest

from mnist_lab.runs import processor_load


class Times(NamedTuple):
    user: float
    idle: float
    iowait: float


class OfProcess(NamedTuple):
    user: float
    system: float
    children_user: float
    children_system: float


class FakeSystem:
    """Two cores; time passes when a test says so."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.cores: int | None = 2
        self.now_s = 1000.0
        self.idle_s = 500.0
        self.ours_s = 7.0
        self.ended_children_s = 0.0
        self.processes: dict[int | None, Any] = {None: self}
        self.readings = 0
        self.tasks = folder / "task"
        self.library = SimpleNamespace(
            cpu_times=self._cpu_times,
            cpu_count=lambda: self.cores,
            Process=lambda pid=None: self.processes[pid],
            Error=psutil.Error,
        )
        clock = SimpleNamespace(perf_counter=lambda: self.now_s, process_time=lambda: self.ours_s)
        patch.setattr(processor_load, "psutil", self.library)
        patch.setattr(processor_load, "time", clock)
        patch.setattr(processor_load, "multiprocessing", SimpleNamespace(active_children=self._active_children))
        patch.setattr(processor_load, "_THREADS", self.tasks)

    def pass_by(self, seconds: float, *, idle: float = 0.0, ours: float = 0.0) -> None:
        """Let time pass; of both cores' time ``idle`` seconds are nobody's, and ``ours`` are this process's."""
        self.now_s += seconds
        self.idle_s += idle
        self.ours_s += ours

    def thread(self, number: int, waited_ns: int) -> None:
        """Let a thread have waited for so long since it was started."""
        folder = self.tasks / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "schedstat").write_text(f"123456 {waited_ns} 42\n", encoding="ascii")

    def child(self, seconds: float) -> None:
        """Let a child process have computed for so long."""
        self.processes[17] = SimpleNamespace(cpu_times=lambda: OfProcess(seconds, 0.0, 0.0, 0.0))

    def cpu_times(self) -> OfProcess:
        """As of this process; its own time is read from the clock, to the nanosecond."""
        return OfProcess(99.0, 99.0, self.ended_children_s, 0.0)

    def _active_children(self) -> list[Any]:
        return [SimpleNamespace(pid=pid) for pid in self.processes if pid is not None]

    def _cpu_times(self) -> Times:
        self.readings += 1
        return Times(3000.0, self.idle_s - 100.0, 100.0)
