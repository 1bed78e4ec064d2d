"""The budget: how many bytes the allocator may ask the driver for, so that nothing spills."""

from __future__ import annotations

from typing import NamedTuple

from mnist_lab.gpu.cuda_runtime import MIB
from mnist_lab.language import say


class Limits(NamedTuple):
    """What the user asks for; each can only make the budget stricter."""

    headroom_mib: int | None = None
    """MiB of dedicated memory to leave free; None: :func:`default_headroom_bytes`."""
    limit_mib: int | None = None
    """Most MiB that the allocator may hold."""
    fraction: float | None = None
    """Largest share of the device's dedicated memory, above 0 and up to 1."""

    def check(self) -> Limits:
        """Return self.

        Raises:
            ValueError: a value is outside what is allowed.
        """
        if self.headroom_mib is not None and self.headroom_mib < 0:
            raise ValueError(
                say(
                    "headroom_mib is {value}; allowed: 0 or more MiB, or null for the default",
                    "headroom_mib の {value} は使えません。0 以上の MiB か、既定値を使う null を指定してください",
                    value=self.headroom_mib,
                )
            )
        if self.limit_mib is not None and self.limit_mib <= 0:
            raise ValueError(
                say(
                    "limit_mib is {value}; allowed: more than 0 MiB, or null for none",
                    "limit_mib の {value} は使えません。0 より大きい MiB か、上限なしの null を指定してください",
                    value=self.limit_mib,
                )
            )
        if self.fraction is not None and not 0 < self.fraction <= 1:
            raise ValueError(
                say(
                    "fraction is {value}; allowed: above 0 and up to 1, or null",
                    "fraction の {value} は使えません。0 より大きく 1 以下の値か null を指定してください",
                    value=self.fraction,
                )
            )
        return self


class Readings(NamedTuple):
    """What is measured on one device before a budget is computed, in bytes."""

    free_bytes: int
    """Dedicated memory that the driver says is free; on an integrated device, of the system's memory."""
    total_bytes: int
    reserved_bytes: int
    """Held by this process's allocator already."""
    can_spill: bool | None
    """As :attr:`mnist_lab.gpu.driver.Driver.can_spill`; None: an integrated device."""


class Budget(NamedTuple):
    """The limit for one device."""

    limit_bytes: int
    """Most bytes that the allocator may hold."""
    headroom_bytes: int
    """Dedicated bytes left free for what the allocator does not count."""
    total_bytes: int
    fraction: float
    """``limit_bytes`` as the share of the device that the allocator is told."""
    decided_by: str
    """Which of the bounds was the strictest."""


def default_headroom_bytes(total_bytes: int, can_spill: bool | None) -> int:
    """Return the bytes to leave free when the user names none.

    What must fit in it: kernels that CUDA loads late, handles and workspaces outside the allocator, NCCL's buffers,
    the allocator's rounding (up to 20 MiB a segment), and what the desktop takes meanwhile. A driver that can spill
    does so *close to* the limit, not only past it, so it gets more: a sixteenth, at least 512 MiB, against a
    thirty-second, at least 256 MiB. An integrated device shares its memory with the whole system: an eighth, at least
    1 GiB. Never more than a quarter of the device. The figures are this project's choice, not NVIDIA's.
    """
    share, least_mib = {True: (16, 512), False: (32, 256), None: (8, 1024)}[can_spill]
    return min(max(total_bytes // share, least_mib * MIB), total_bytes // 4)


def compute_budget(readings: Readings, limits: Limits, own_fractions: dict[str, float] | None = None) -> Budget:
    """Compute ``free + reserved - headroom``, and let every given bound make it stricter.

    Args:
        readings: what was measured.
        limits: what the user asks of the guard.
        own_fractions: what the user told PyTorch himself, by where he said it; 1.0 means no bound.

    Returns:
        The budget, never below 0: with less than the headroom free, the first request is refused.
    """
    if limits.headroom_mib is None:
        headroom_bytes = default_headroom_bytes(readings.total_bytes, readings.can_spill)
    else:
        headroom_bytes = limits.headroom_mib * MIB
    memory = "system memory" if readings.can_spill is None else "dedicated memory"
    bounds = {f"free {memory} less headroom": readings.free_bytes + readings.reserved_bytes - headroom_bytes}
    if limits.limit_mib is not None:
        bounds["limit_mib"] = limits.limit_mib * MIB
    if limits.fraction is not None:
        bounds["fraction"] = int(limits.fraction * readings.total_bytes)
    for where, own_fraction in (own_fractions or {}).items():
        if own_fraction < 1:
            bounds[where] = int(own_fraction * readings.total_bytes)
    decided_by = min(bounds, key=lambda name: bounds[name])
    limit_bytes = min(max(bounds[decided_by], 0), readings.total_bytes)
    return Budget(
        limit_bytes=limit_bytes,
        headroom_bytes=headroom_bytes,
        total_bytes=readings.total_bytes,
        fraction=limit_bytes / readings.total_bytes if readings.total_bytes else 0.0,
        decided_by=decided_by,
    )
