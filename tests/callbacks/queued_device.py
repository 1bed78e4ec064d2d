"""A device that works on after a call, and events in its queue; time passes only as told."""

from __future__ import annotations


class QueuedDevice:
    """Does what is launched, one after the other, while the host goes on."""

    def __init__(self) -> None:
        self.host_s = 10.0
        self.free_s = 0.0
        self.waits = 0
        self.broken = False

    def now_s(self) -> float:
        return self.host_s

    def host_works(self, seconds: float) -> None:
        self.host_s += seconds

    def launch(self, work_s: float, *, launching_s: float = 0.0) -> None:
        """Put work in the queue, which itself takes the host's time."""
        self.host_s += launching_s
        self.free_s = max(self.free_s, self.host_s) + work_s

    def event(self, *, enable_timing: bool = True) -> QueuedEvent:
        assert enable_timing
        return QueuedEvent(self)


class QueuedEvent:
    """What ``torch.cuda.Event`` is to the stopwatch."""

    def __init__(self, device: QueuedDevice) -> None:
        self.device = device
        self.passed_s = float("nan")

    def record(self) -> None:
        self.passed_s = max(self.device.host_s, self.device.free_s)

    def query(self) -> bool:
        if self.device.broken:
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        return self.passed_s <= self.device.host_s

    def synchronize(self) -> None:
        self.device.waits += 1
        self.device.host_s = max(self.device.host_s, self.passed_s)

    def elapsed_time(self, end: QueuedEvent) -> float:
        return (end.passed_s - self.passed_s) * 1000
