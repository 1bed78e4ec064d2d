"""Memory that the allocator holds and the driver does not count."""

from __future__ import annotations

import pytest

from mnist_lab.gpu.cuda_runtime import MIB
from mnist_lab.gpu.residency import Held, cannot_be_others, missing_bytes


def held(reserved_mib: int, free_mib: int) -> Held:
    return Held(reserved_mib * MIB, free_mib * MIB)


@pytest.mark.parametrize(
    ("now", "missing_mib"),
    [
        (held(600, 500), 0),  # all of 500 MiB came out of the GPU
        (held(600, 564), 0),  # within the tolerance
        (held(600, 565), 65),
        (held(600, 1000), 500),
        (held(600, 200), 0),  # others took some as well
        (held(50, 1050), 0),  # given back
    ],
)
def test_what_the_driver_does_not_count_is_missing(now: Held, missing_mib: int) -> None:
    assert missing_bytes(held(100, 1000), now) == missing_mib * MIB


@pytest.mark.parametrize(("reserved_mib", "no_others"), [(899, False), (901, True)])
def test_others_cannot_have_made_room_for_more_than_there_was(reserved_mib: int, no_others: bool) -> None:
    assert cannot_be_others(held(0, 1000), held(reserved_mib, 1000), headroom_bytes=100 * MIB) is no_others
