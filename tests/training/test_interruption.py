"""Ctrl-C comes out of a training as the keyboard, whatever Lightning makes of it."""

from __future__ import annotations

import pytest

from mnist_lab.training.interruption import keyboard_interrupts


def leave_as_lightning_does() -> None:
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        raise SystemExit(1)  # noqa: B904 - as Lightning does


def test_exit_that_the_keyboard_caused_is_the_keyboard() -> None:
    with pytest.raises(KeyboardInterrupt), keyboard_interrupts():
        leave_as_lightning_does()


def test_other_exits_stay_what_they_are() -> None:
    with pytest.raises(SystemExit), keyboard_interrupts():
        raise SystemExit(2)
