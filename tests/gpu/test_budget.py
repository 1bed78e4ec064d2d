"""The arithmetic of the budget."""

from __future__ import annotations

import pytest

from mnist_lab.gpu.budget import Limits, Readings, compute_budget, default_headroom_bytes
from mnist_lab.gpu.cuda_runtime import MIB

GIB = 1024 * MIB


def readings(free: int = 6 * GIB, reserved: int = 0, can_spill: bool | None = False) -> Readings:
    return Readings(free, 8 * GIB, reserved, can_spill)


def test_budget_is_free_plus_reserved_less_headroom() -> None:
    budget = compute_budget(readings(reserved=GIB), Limits(headroom_mib=100))
    assert budget.limit_bytes == 7 * GIB - 100 * MIB
    assert budget.fraction == budget.limit_bytes / (8 * GIB)


@pytest.mark.parametrize(
    ("limits", "limit_bytes", "decided_by"),
    [
        (Limits(headroom_mib=0), 6 * GIB, "free dedicated memory less headroom"),
        (Limits(headroom_mib=0, limit_mib=2048), 2 * GIB, "limit_mib"),
        (Limits(headroom_mib=0, limit_mib=20480), 6 * GIB, "free dedicated memory less headroom"),
        (Limits(headroom_mib=0, fraction=0.5), 4 * GIB, "fraction"),
        (Limits(headroom_mib=0, limit_mib=1024, fraction=0.5), GIB, "limit_mib"),
    ],
)
def test_strictest_bound_decides(limits: Limits, limit_bytes: int, decided_by: str) -> None:
    budget = compute_budget(readings(), limits)
    assert (budget.limit_bytes, budget.decided_by) == (limit_bytes, decided_by)


def test_fraction_of_one_set_before_is_no_bound() -> None:
    assert compute_budget(readings(), Limits(), {"elsewhere": 1.0}).decided_by != "elsewhere"


@pytest.mark.parametrize("total_gib", [2, 4, 8, 24, 80])
def test_headroom_is_larger_where_the_driver_can_spill(total_gib: int) -> None:
    spilling, failing = (default_headroom_bytes(total_gib * GIB, can) for can in (True, False))
    assert spilling > failing
    assert spilling <= total_gib * GIB // 4


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"headroom_mib": -1}, "headroom_mib is -1; allowed: 0 or more"),
        ({"limit_mib": 0}, "limit_mib is 0; allowed: more than 0"),
        ({"fraction": 0.0}, "fraction is 0.0; allowed: above 0"),
        ({"fraction": 1.5}, "fraction is 1.5; allowed"),
        ({"fraction": float("nan")}, "fraction is nan; allowed"),
    ],
)
def test_bounds_outside_what_is_allowed_are_named(arguments: dict[str, float], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Limits(**arguments).check()  # type: ignore[arg-type]
