"""A tenth of the forecasts that ``forecasts.py`` makes a table of: near what the real allocator reserves."""

from __future__ import annotations

import statistics

import pytest

from tests.conftest import missing
from tests.modelled_gpu.build import why_not
from tests.modelled_gpu.forecasts import run_forecasts, table

pytestmark = [pytest.mark.modelled_gpu, pytest.mark.slow]


def test_forecasts_of_ten_random_trainings_are_near_what_is_reserved() -> None:
    reason = why_not()
    if reason is not None:
        missing(reason)
    outcomes = list(run_forecasts(10, seed=0))
    errors = [abs(outcome.error) for outcome in outcomes]
    assert len(errors) == 10
    assert all(outcome.told["ended"] == "trained" for outcome in outcomes)
    assert statistics.median(errors) <= 0.02, table(outcomes)
    assert max(errors) <= 0.1, table(outcomes)
