"""Which of several processes decides on the data, without processes: the real ones are in test_several_processes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mnist_lab.data import ClassificationDataModule, Digits
from mnist_lab.errors import DataUnavailableError
from mnist_lab.training.data_choice import prepare_data
from tests.commands.moody_source import Moody


def trainer(*, starts_the_others: bool, num_nodes: int = 1) -> Any:
    environment = SimpleNamespace(creates_processes_externally=not starts_the_others)
    return SimpleNamespace(world_size=2, num_nodes=num_nodes, strategy=SimpleNamespace(cluster_environment=environment))


def data(*, available: bool) -> ClassificationDataModule:
    return ClassificationDataModule(Moody(rank=0 if available else 1), Digits())


@pytest.fixture(autouse=True)
def _no_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_LAB_FELL_BACK", "")  # so that it is gone afterwards
    monkeypatch.delenv("MNIST_LAB_FELL_BACK")
    monkeypatch.delenv("LOCAL_RANK", raising=False)


@pytest.mark.parametrize("available", [True, False])
def test_process_that_starts_the_others_decides_for_them_each_time_anew(available: bool) -> None:
    for here in (not available, available):
        first = data(available=here)
        prepare_data(trainer(starts_the_others=True), first)
    assert first.fell_back is not available
    other = data(available=True)
    prepare_data(trainer(starts_the_others=False), other)
    assert other.fell_back is not available


def test_process_that_cannot_get_what_the_first_one_has_is_refused() -> None:
    prepare_data(trainer(starts_the_others=True), data(available=True))
    with pytest.raises(DataUnavailableError, match="its mirror does not answer"):
        prepare_data(trainer(starts_the_others=False), data(available=False))


def test_nodes_that_cannot_ask_one_another_have_no_fallback() -> None:
    with pytest.raises(DataUnavailableError, match="its mirror does not answer"):
        prepare_data(trainer(starts_the_others=True, num_nodes=2), data(available=False))
