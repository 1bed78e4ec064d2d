"""A tenth of the random trainings that ``tables.py`` makes a table of."""

from __future__ import annotations

import pytest

from tests.conftest import missing
from tests.modelled_gpu.build import why_not
from tests.modelled_gpu.tables import run_pairs, table, weights_are_equal

pytestmark = [pytest.mark.modelled_gpu, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _modelled_gpu() -> None:
    reason = why_not()
    if reason is not None:
        missing(reason)


def test_thirty_random_trainings_spill_nothing_and_none_is_ended_that_would_have_fitted() -> None:
    pairs = list(run_pairs(30, seed=0))
    assert len(pairs) == 30
    assert [pair for pair in pairs if pair.guarded["spilled"]] == [], table(pairs)
    assert [pair for pair in pairs if pair.is_false_halt] == [], table(pairs)
    assert any(pair.unguarded["spilled"] for pair in pairs)


def test_weights_are_equal_to_the_bit_with_and_without_the_guard() -> None:
    assert weights_are_equal(3, seed=0)
