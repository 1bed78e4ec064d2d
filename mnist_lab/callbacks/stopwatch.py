"""Stopwatches: one by the clock, one by events in the queue of a device that works on after a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch


class Stopwatch(Protocol):
    """Adds up spans of work."""

    @property
    def running(self) -> bool:
        """Whether a span has begun and not ended."""

    def start(self) -> None:
        """Begin a span; one that runs goes on."""

    def stop(self) -> None:
        """End the span, if one runs."""

    def take_s(self) -> float:
        """End the span, if one runs, and return the seconds of all spans since the last call."""

    def take_known_s(self) -> float:
        """Return what is known of them without waiting for a device, which may have failed."""


class ClockStopwatch:
    """For a processor: a call has done its work when it returns."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start at zero.

        Args:
            clock: Returns seconds; only differences count.
        """
        self._clock = clock
        self._started: float | None = None
        self._sum_s = 0.0

    @property
    def running(self) -> bool:
        """Whether a span has begun and not ended."""
        return self._started is not None

    def start(self) -> None:
        """Begin a span; one that runs goes on."""
        if self._started is None:
            self._started = self._clock()

    def stop(self) -> None:
        """End the span, if one runs."""
        if self._started is not None:
            self._sum_s += self._clock() - self._started
            self._started = None

    def take_s(self) -> float:
        """End the span, if one runs, and return the seconds of all spans since the last call."""
        self.stop()
        sum_s, self._sum_s = self._sum_s, 0.0
        return sum_s

    take_known_s = take_s


class DeviceStopwatch:
    """For a GPU: a span lies between two events that the device itself passes, in order with its work.

    The device is not waited for before the sum is asked for. Where it has work waiting, spans follow each other without
    a gap; where it has none, the gap between two spans is not counted, and what launching takes within one is.
    """

    def __init__(self, new_event: Callable[[], Any]) -> None:
        """Start at zero.

        Args:
            new_event: Makes an event with timing, such as ``torch.cuda.Event(enable_timing=True)``.
        """
        self._new_event = new_event
        self._begin: Any = None
        self._spans: list[tuple[Any, Any]] = []

    @property
    def running(self) -> bool:
        """Whether a span has begun and not ended."""
        return self._begin is not None

    def start(self) -> None:
        """Begin a span; one that runs goes on."""
        if self._begin is None:
            self._begin = self._passed()

    def stop(self) -> None:
        """End the span, if one runs."""
        if self._begin is not None:
            self._spans.append((self._begin, self._passed()))
            self._begin = None

    def take_s(self) -> float:
        """End the span, wait for the device, and return the seconds of all spans since the last call."""
        self.stop()
        if self._spans:
            self._spans[-1][1].synchronize()
        return self._take(self._spans)

    def take_known_s(self) -> float:
        """Return the seconds of the spans that the device has behind it; nothing where it no longer answers."""
        self._begin = None
        try:
            return self._take([span for span in self._spans if span[1].query()])
        except RuntimeError:  # what a device has failed with is raised by every later call
            return 0.0

    def _take(self, spans: list[tuple[Any, Any]]) -> float:
        self._spans = []
        return float(sum(begin.elapsed_time(end) for begin, end in spans)) / 1000  # events tell milliseconds

    def _passed(self) -> Any:
        event = self._new_event()
        event.record()
        return event


def stopwatch_of(device: torch.device, clock: Callable[[], float]) -> Stopwatch:
    """Return the stopwatch for work on a device.

    Args:
        device: That trains.
        clock: For all but GPUs.
    """
    if device.type == "cuda":
        return DeviceStopwatch(lambda: torch.cuda.Event(enable_timing=True))  # type: ignore[no-untyped-call]
    if device.type == "mps":
        return DeviceStopwatch(lambda: torch.mps.event.Event(enable_timing=True))
    return ClockStopwatch(clock)
