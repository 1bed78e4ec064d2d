"""A part of the cases that ``advice.py`` makes a table of: the advised batch size trains, and is near the largest."""

from __future__ import annotations

import pytest

from tests.conftest import missing
from tests.modelled_gpu.advice import advise, table
from tests.modelled_gpu.build import why_not

pytestmark = [pytest.mark.modelled_gpu, pytest.mark.slow]


def test_advised_batch_size_trains_and_is_near_the_largest() -> None:
    reason = why_not()
    if reason is not None:
        missing(reason)
    advice = list(advise(1024, networks=("wide", "convolutional")))
    assert len(advice) == 4
    assert all(one.fits for one in advice), table(advice)
    # 22 MiB are left for what a process may hold beside a training: on so small a card that is felt.
    assert min(one.share for one in advice) >= 0.75, table(advice)
