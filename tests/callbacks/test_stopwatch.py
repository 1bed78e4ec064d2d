"""Stopwatches: by the clock, and by events in a device's queue, which is waited for only when the sum is asked for."""

from __future__ import annotations

import pytest
import torch

from mnist_lab.callbacks.stopwatch import ClockStopwatch, DeviceStopwatch, stopwatch_of
from tests.callbacks.queued_device import QueuedDevice


def test_clock_counts_what_lies_between_start_and_stop() -> None:
    device = QueuedDevice()
    watch = ClockStopwatch(device.now_s)
    watch.stop()  # nothing runs
    for _ in range(2):
        watch.start()
        device.host_works(1)
        watch.start()  # goes on
        device.host_works(2)
        assert watch.running
        watch.stop()
        device.host_works(100)
    assert (watch.take_s(), watch.take_s()) == (6, 0)


def test_gaps_of_an_idle_device_are_not_counted() -> None:
    device = QueuedDevice()
    watch = DeviceStopwatch(device.event)
    for _ in range(3):
        watch.start()
        device.launch(2, launching_s=0.5)
        watch.stop()
        device.host_works(50)  # loggers and callbacks, while the device has nothing to do
    assert device.waits == 0
    assert watch.take_s() == pytest.approx(3 * (0.5 + 2))
    assert device.waits == 1
    assert watch.take_s() == 0


def test_busy_device_is_counted_from_its_own_queue() -> None:
    device = QueuedDevice()
    watch = DeviceStopwatch(device.event)
    for _ in range(3):
        watch.start()
        device.launch(20, launching_s=0.5)
        watch.stop()
        device.host_works(1)
    assert watch.take_s() == pytest.approx(0.5 + 3 * 20)
    assert device.host_s == pytest.approx(10.5 + 60)


def test_device_that_failed_is_not_waited_for() -> None:
    device = QueuedDevice()
    watch = DeviceStopwatch(device.event)
    for _ in range(2):
        watch.start()
        device.launch(20)
        watch.stop()
    device.host_works(25)
    assert watch.take_known_s() == pytest.approx(20)
    watch.start()
    watch.stop()
    device.broken = True
    assert watch.take_known_s() == 0
    assert device.waits == 0


@pytest.mark.parametrize(("device", "kind"), [("cpu", ClockStopwatch), ("cuda:0", DeviceStopwatch)])
def test_each_kind_of_device_has_its_own(device: str, kind: type) -> None:
    assert isinstance(stopwatch_of(torch.device(device), QueuedDevice().now_s), kind)
